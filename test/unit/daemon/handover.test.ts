import { beforeEach, describe, expect, test } from 'bun:test';
import { HandoverDesk } from '#daemon/handover.ts';
import { DaemonStore } from '#daemon/store.ts';
import { VrrpElection } from '#election/vrrp-election.ts';
import { parseAddress } from '#model/address.ts';
import type { GroupReport } from '#model/election.ts';
import type { Handover, HandoverAnswer, HandoverAsk, HandoverOrder, Peer } from '#model/peers.ts';
import type { ElectionWorld, Handovers } from '#ports/election.ts';

const group = 130;
const what: Handover = { interface: 'eth0', group };
const vip = parseAddress('192.0.2.10') ?? { family: 'IPv4' as const, value: 0n };

function box(node: string, last: number, eligible: readonly number[] = [group]): Peer {
  const address = `192.0.2.${last}`;
  const mac = `02:00:00:00:00:0${last}`;
  return {
    ...{ node, instance: '1', state: 'ready', version: '1', generation: 1, configHash: '', labels: {}, vips: 0 },
    ...{ address, heardMs: 0, clockAheadMs: null, macs: [mac] },
    links: [
      {
        ...{ interface: 'eth0', remote: 'eth0', mac, addresses: [address] },
        ...{ led: new Set<number>(), eligible: new Set(eligible), hearsUs: true, heardMs: 0 },
      },
    ],
    choices: [{ interface: 'eth0', eligible: new Set(eligible) }],
  };
}

/** A box named `a` whose worker and peers the test plays. */
class Stage {
  readonly orders: string[] = [];
  readonly told: string[] = [];
  nowMs = 1000;
  peers: Peer[] = [box('b', 2), box('c', 3)];
  ranking: readonly string[] = ['a', 'b', 'c'];
  listener: Parameters<Handovers['watch']>[0] | null = null;
  readonly election: VrrpElection;
  readonly desk: HandoverDesk;

  constructor() {
    const store = new DaemonStore('a');
    const row = { address: vip, interface: 'eth0', group };
    const snapshot = { desired: { candidacies: [row] } };
    // Only what the desk looks at.
    store.set({ snapshot: snapshot as never });
    this.election = new VrrpElection(
      () => {},
      () => {},
    );
    const world = { candidacies: [{ ...row, refusal: null }], interfaces: [{ name: 'eth0', addresses: [] }] };
    this.election.apply({
      ...world,
      vrrp: { priority: 'auto' },
      pinned: new Set(),
      boxesOn: () => [],
      priorityOf: () => 254,
    } as unknown as ElectionWorld);
    const order = this.election.order.bind(this.election);
    this.election.order = (name, id, act, more) => {
      const { from, provisionalMs } = more ?? {};
      this.orders.push(`${act} ${id} on ${name}${from ? ` from ${from}` : ''}${provisionalMs ? ' provisionally' : ''}`);
      order(name, id, act, more);
    };
    this.desk = new HandoverDesk({
      election: this.election,
      handovers: {
        order: (_, to, provisionalMs) => this.told.push(`order ${to}${provisionalMs > 0 ? ` ${provisionalMs}` : ''}`),
        ask: (_, to) => this.told.push(`ask ${to}`),
        answer: (_, { isDone, text }) => this.told.push(`${isDone ? 'done' : 'refuse'}: ${text}`),
        watch: (listener) => {
          this.listener = listener;
        },
      },
      peers: () => this.peers,
      store: () => store,
      ranked: () => this.ranking,
      log: { write: () => {} },
      nowMs: () => this.nowMs,
    });
  }

  /** The worker reports. */
  reports(report: Partial<GroupReport>): void {
    const idle = { group, phase: 'backup', term: 1, sinceMs: 0, priority: 254, leader: null } as const;
    const full: GroupReport = { ...idle, provisionalUntilMs: 0, refused: '', ...report };
    this.election.hear('eth0', { kind: 'groups', groups: [full] });
  }
}

let stage = new Stage();
beforeEach(() => {
  stage = new Stage();
});
const leader = (last: number) => ({ address: `192.0.2.${last}`, priority: 200 });

describe('failover', () => {
  test('the leader orders the box that is next in rank, and tells where the group went', async () => {
    stage.reports({ phase: 'active' });
    const outcome = stage.desk.failover(vip, null);
    expect(stage.told).toEqual(['order b']);
    expect(stage.orders).toEqual([`give ${group} on eth0`]);
    stage.reports({ phase: 'leaving' });
    stage.reports({ phase: 'backup', leader: leader(2) });
    expect(await outcome).toMatchObject({ ok: true, message: '192.0.2.10: group 130 on eth0 went to b' });
  });

  test('goes to the box that was named, if that one can answer', async () => {
    stage.reports({ phase: 'active' });
    const outcome = stage.desk.failover(vip, 'c');
    expect(stage.told).toEqual(['order c']);
    stage.reports({ phase: 'backup', leader: leader(3) });
    expect((await outcome).ok).toBe(true);
    stage.peers = [box('b', 2), box('c', 3, [])];
    stage.reports({ phase: 'active' });
    expect(await stage.desk.failover(vip, 'c')).toMatchObject({ ok: false, code: 'LL-ACT-005' });
    expect(await stage.desk.failover(vip, 'nobody')).toMatchObject({ ok: false, code: 'LL-ACT-003' });
  });

  test('that nobody follows ends with this box still leading, and says so', async () => {
    stage.reports({ phase: 'active' });
    const outcome = stage.desk.failover(vip, 'b');
    stage.reports({ phase: 'leaving' });
    stage.reports({ phase: 'active' });
    expect(await outcome).toMatchObject({ ok: false, code: 'LL-ACT-006' });
  });

  test('another box asks the leader, and hears what came of it', async () => {
    stage.reports({ leader: leader(2) });
    const outcome = stage.desk.failover(vip, 'c');
    expect(stage.told).toEqual(['ask c']);
    stage.reports({ leader: leader(3) });
    stage.listener?.onAnswer({ from: 'b', serial: 1, isDone: true, text: 'group 130 on eth0 went to c' });
    expect(await outcome).toMatchObject({ ok: true, message: '192.0.2.10: group 130 on eth0 went to c' });
  });

  test('a refusal of the leader is passed on', async () => {
    stage.reports({ leader: leader(2) });
    const outcome = stage.desk.failover(vip, null);
    const refusal: HandoverAnswer = { from: 'b', serial: 1, isDone: false, text: 'nobody else can' };
    stage.listener?.onAnswer(refusal);
    expect(await outcome).toMatchObject({ ok: false, message: 'b refused: nobody else can' });
  });

  test('whoever is asked answers what came of it, also where this box still takes another one for the leader', async () => {
    // b gave it to c a moment ago, and a follows the better of two leaders for an interval or three.
    stage.reports({ leader: leader(2) });
    const outcome = stage.desk.failover(vip, 'b');
    expect(stage.told).toEqual(['ask b']);
    stage.listener?.onAnswer({ from: 'c', serial: 1, isDone: true, text: 'group 130 on eth0 went to b' });
    expect(await outcome).toMatchObject({ ok: true, message: '192.0.2.10: group 130 on eth0 went to b' });
  });

  test('without another box of ours the group is let go, and taken again when nobody comes', async () => {
    stage.peers = [];
    stage.reports({ phase: 'active' });
    const outcome = stage.desk.failover(vip, null);
    expect(stage.orders).toEqual([`release ${group} on eth0`]);
    stage.reports({ phase: 'initialize' });
    stage.reports({ phase: 'backup', leader: leader(9) });
    expect(await outcome).toMatchObject({ ok: true, message: '192.0.2.10: group 130 on eth0 went to 192.0.2.9' });
  });

  test('an address that is not announced here, and a group that nobody leads, are told apart', async () => {
    const other = parseAddress('192.0.2.11') ?? vip;
    expect(await stage.desk.failover(other, null)).toMatchObject({ ok: false, code: 'LL-ACT-002' });
    stage.reports({ phase: 'backup' });
    expect(await stage.desk.failover(vip, null)).toMatchObject({ ok: false, code: 'LL-ACT-004' });
  });
});

describe('what other boxes say', () => {
  test('an order is taken from the leader that is heard', () => {
    stage.reports({ leader: leader(2) });
    const order: HandoverOrder = { ...what, from: 'b', provisionalMs: 0 };
    stage.listener?.onOrder(order);
    expect(stage.orders).toEqual([`take ${group} on eth0 from 192.0.2.2`]);
  });

  test('an order comes from the box that says it, also where another one is still taken for the leader', () => {
    stage.reports({ leader: leader(2) });
    stage.listener?.onOrder({ ...what, from: 'c', provisionalMs: 0 });
    expect(stage.orders).toEqual([`take ${group} on eth0 from 192.0.2.3`]);
  });

  test('an order for a group that this box takes no part in, and a refusal that nobody waits for, leave nothing', () => {
    stage.reports({ leader: leader(2) });
    for (let i = 0; i < 100; i++)
      stage.listener?.onOrder({ interface: 'eth0', group: 1_000_000 + i, from: 'b', provisionalMs: 0 });
    stage.listener?.onOrder({ interface: 'eth9', group, from: 'b', provisionalMs: 0 });
    expect(stage.orders).toEqual([]);
    stage.listener?.onAnswer({ from: 'b', serial: 1, isDone: false, text: 'said before it was asked' });
    const outcome = stage.desk.failover(vip, 'c');
    stage.listener?.onAnswer({ from: 'b', serial: 1, isDone: true, text: 'group 130 on eth0 went to c' });
    return outcome.then(({ ok }) => expect(ok).toBe(true));
  });

  test('an ask is for the leader; it is followed, or refused with the reason', async () => {
    const ask: HandoverAsk = { ...what, from: 'b', to: 'c', serial: 7 };
    stage.reports({ leader: leader(2) });
    stage.listener?.onAsk(ask);
    expect(stage.told).toEqual([]);
    stage.reports({ phase: 'active' });
    stage.listener?.onAsk(ask);
    expect(stage.told).toEqual(['order c']);
    stage.reports({ phase: 'backup', leader: leader(3) });
    stage.reports({ phase: 'active' });
    stage.listener?.onAsk({ ...ask, to: 'd' });
    await Bun.sleep(0);
    expect(stage.told[1]).toStartWith('refuse: That node cannot answer for the address now');
    expect(stage.told[2]).toBe('done: group 130 on eth0 went to c');
    stage.listener?.onAsk({ ...ask, to: 'a' });
    await Bun.sleep(0);
    expect(stage.told.at(-1)).toBe('done: a leads group 130 on eth0 already');
  });
});

describe('groups that were taken because nobody else was there', () => {
  test('go to their first choice when it comes in time, and to nobody else', () => {
    stage.ranking = ['c', 'a', 'b'];
    stage.peers = [box('b', 2)];
    stage.reports({ phase: 'active', provisionalUntilMs: 30_000 });
    stage.desk.settle();
    expect(stage.told).toEqual([]);
    stage.peers = [box('b', 2), box('c', 3)];
    stage.nowMs = 2000;
    stage.desk.settle();
    // With the time that is left: a third box may still be on its way.
    expect(stage.told).toEqual(['order c 28000']);
  });

  test('are given a few at a time, so that the orders fit a hello, and all in the end', async () => {
    const groups = Array.from({ length: 64 }, (_, i) => 130 + i);
    stage.ranking = ['b'];
    stage.peers = [box('b', 2, groups)];
    const state = new Map(groups.map((id) => [id, 'active' as GroupReport['phase']]));
    const idle = { term: 1, sinceMs: 0, priority: 254, leader: null, provisionalUntilMs: 30_000, refused: '' };
    const report = () =>
      stage.election.hear('eth0', {
        kind: 'groups',
        groups: groups.map((id) => ({ ...idle, group: id, phase: state.get(id) ?? 'backup' })),
      });
    report();
    stage.desk.settle();
    for (let ordered = 0; ordered < 64; ) {
      expect(stage.told.length - ordered).toBeWithin(1, 9);
      ordered = stage.told.length;
      for (const order of stage.orders) state.set(Number(order.split(' ')[1]), 'backup');
      report();
      await Bun.sleep(0);
    }
    expect(stage.orders).toEqual(groups.map((id) => `give ${id} on eth0`));
  });

  test('are provisional at the box that got them, but not where people moved them', async () => {
    stage.reports({ leader: leader(2) });
    stage.listener?.onOrder({ ...what, from: 'b', provisionalMs: 28_000 });
    stage.listener?.onOrder({ ...what, from: 'b', provisionalMs: 0 });
    const take = `take ${group} on eth0 from 192.0.2.2`;
    expect(stage.orders).toEqual([`${take} provisionally`, take]);
    stage.reports({ phase: 'active', provisionalUntilMs: 30_000 });
    void stage.desk.failover(vip, 'c');
    expect(stage.told).toEqual(['order c']);
  });

  test('are offered again when their first choice did not take them', async () => {
    stage.ranking = ['c', 'a', 'b'];
    stage.reports({ phase: 'active', provisionalUntilMs: 30_000 });
    stage.desk.settle();
    stage.reports({ phase: 'leaving', provisionalUntilMs: 30_000 });
    stage.reports({ phase: 'active', provisionalUntilMs: 30_000 });
    await Bun.sleep(0);
    expect(stage.told).toEqual(['order c 29000', 'order c 29000']);
  });

  test('stay where they are when a box is lost: its end moves only what it led', () => {
    stage.ranking = ['c', 'a', 'b'];
    stage.peers = [{ ...box('b', 2), state: 'lost' }, box('c', 3)];
    stage.reports({ phase: 'active', provisionalUntilMs: 30_000 });
    stage.desk.settle();
    // Back again, but not ready, and then not yet ranked.
    stage.peers = [{ ...box('b', 2), state: 'joining' }, box('c', 3)];
    stage.desk.settle();
    stage.ranking = ['c', 'a'];
    stage.peers = [box('b', 2), box('c', 3)];
    stage.desk.settle();
    expect(stage.told).toEqual([]);
    stage.ranking = ['c', 'a', 'b'];
    stage.desk.settle();
    expect(stage.told).toEqual(['order c 29000']);
  });

  test('stay once they have settled', () => {
    stage.ranking = ['c', 'a', 'b'];
    stage.reports({ phase: 'active', provisionalUntilMs: 30_000 });
    stage.nowMs = 30_001;
    stage.desk.settle();
    stage.reports({ phase: 'active', provisionalUntilMs: 0 });
    stage.nowMs = 1000;
    stage.desk.settle();
    expect(stage.told).toEqual([]);
  });
});
