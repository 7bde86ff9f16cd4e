// Boxes that say hello on a LAN in memory: who is known, what they come to hold, and what becomes of lost datagrams.
import { afterEach, describe, expect, test } from 'bun:test';
import { chmodSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { HelloService } from '#election/hello-service.ts';
import { defaultNodeConfig } from '#model/node-config.ts';
import { type HandoverAnswer, type HandoverAsk, type HandoverOrder, isThere, type PeerFacts } from '#model/peers.ts';
import type { Allocation } from '#model/snapshot.ts';
import { emitDatagram } from '#wire/datagram.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { FakeLog } from '../../support/fake-world.ts';
import { HelloNetwork } from '../../support/hello-network.ts';
import { address, allocation, networkInterface } from '../../support/objects.ts';
import { scratchDirectory } from '../../support/scratch-directory.ts';
import { seeded } from '../../support/seeded.ts';

const clock = () => new FakeClock();

class TestBox {
  readonly service: HelloService;
  readonly log = new FakeLog();
  changes = 0;
  facts: PeerFacts;

  constructor(n: number, net: HelloNetwork, time: FakeClock, more: Partial<PeerFacts> = {}) {
    const ip = `192.0.2.${n}`;
    const link = networkInterface('eth0', {
      mac: `02:00:00:00:00:0${n}`,
      addresses: [
        { family: 'IPv4', address: ip, prefixLength: 24 },
        { family: 'IPv6', address: `fe80::${n}`, prefixLength: 64 },
      ],
    });
    this.facts = {
      node: `edge-${n}`,
      labels: {},
      generation: 1,
      configHash: 'same',
      state: 'ready',
      vips: 0,
      settings: defaultNodeConfig('x').election,
      links: [{ link, led: new Set(), eligible: new Set([128, 129]) }],
      macs: [link.mac],
      allocations: [],
      exclusions: [],
      ...more,
    };
    const random = seeded(n);
    this.service = new HelloService({
      clock: time,
      log: this.log,
      open: net.opener({ IPv4: ip, IPv6: `fe80::${n}` }),
      random: () => Math.floor(random() * 2 ** 32),
      onChange: () => void this.changes++,
    });
  }

  tell(more: Partial<PeerFacts> = {}): this {
    this.facts = { ...this.facts, ...more };
    this.service.apply(this.facts);
    return this;
  }

  /** Names of boxes that are heard. */
  heard(): readonly string[] {
    return this.service
      .peers()
      .filter(isThere)
      .map(({ node }) => node);
  }

  records(): readonly string[] {
    return this.service
      .records()
      .records.map(({ service, sinceMs }) => `${service} ${sinceMs}`)
      .sort();
  }
}

function many(n: number, sinceMs = 1000): readonly Allocation[] {
  return Array.from({ length: n }, (_, i) =>
    allocation(`apps/service-${i}`, `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`, { sinceMs: sinceMs + i }),
  );
}

describe('hello', () => {
  const folders: string[] = [];
  afterEach(() => {
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
  });

  function setUp(...counts: readonly number[]) {
    const time = clock();
    const net = new HelloNetwork();
    return { time, net, boxes: counts.map((count, i) => new TestBox(i + 1, net, time, { allocations: many(count) })) };
  }

  test('boxes know each other after a moment, and miss one after three intervals', async () => {
    const { time, net, boxes } = setUp(0, 0, 0);
    for (const box of boxes) box.tell();
    await time.advance(300);
    expect(boxes.map((box) => box.heard())).toEqual([
      ['edge-2', 'edge-3'],
      ['edge-1', 'edge-3'],
      ['edge-1', 'edge-2'],
    ]);
    expect(boxes[0]?.service.peers()[0]).toMatchObject({
      address: '192.0.2.2',
      macs: ['02:00:00:00:00:02'],
      links: [{ interface: 'eth0', remote: 'eth0', mac: '02:00:00:00:00:02', hearsUs: true }],
    });
    net.loses = (_, from) => from === '192.0.2.3' || from === 'fe80::3';
    await time.advance(2500);
    expect(boxes[0]?.heard()).toContain('edge-3');
    await time.advance(1500);
    expect(boxes[0]?.heard()).toEqual(['edge-2']);
  });

  test('at rest a box sends one hello per second and family, and tells of no change', async () => {
    const { time, net, boxes } = setUp(5, 5);
    for (const box of boxes) box.tell();
    await time.advance(5000);
    const [sent, changes] = [net.sent, boxes.map((box) => box.changes)];
    await time.advance(10_000);
    expect(net.sent - sent).toBeLessThanOrEqual(2 * 2 * 11);
    expect(boxes.map((box) => box.changes)).toEqual(changes);
  });

  test('a box that starts alone goes on after 0.4 s; among others once it knows what they hold', async () => {
    const { time, boxes } = setUp(300, 0);
    const [old, fresh] = boxes as [TestBox, TestBox];
    const joins = async (box: TestBox) => {
      const start = time.monotonicMs();
      let end = 0;
      void box.service.join(box.facts).then(() => {
        end = time.monotonicMs();
      });
      for (let i = 0; i < 600 && end === 0; i++) await time.advance(10);
      return end - start;
    };
    const alone = await joins(old);
    expect(alone).toBeGreaterThanOrEqual(400);
    expect(alone).toBeLessThan(450);
    old.tell();
    await time.advance(3000);
    const among = await joins(fresh);
    expect(among).toBeLessThan(400);
    expect(fresh.records()).toHaveLength(300);
  });

  test('whoever does not tell what it holds is waited for 5 s at most', async () => {
    const { time, net, boxes } = setUp(300, 0);
    const [old, fresh] = boxes as [TestBox, TestBox];
    old.tell();
    await time.advance(1000);
    // Hellos pass, everything larger is lost.
    net.onSend = (bytes) => {
      net.loses = () => bytes[4] !== 1;
    };
    let end = 0;
    void fresh.service.join(fresh.facts).then(() => {
      end = time.monotonicMs();
    });
    await time.advance(4800);
    expect(end).toBe(0);
    await time.advance(500);
    expect(end).toBeGreaterThan(0);
    expect(fresh.service.findings().held).toMatchObject([{ node: 'edge-1', isCurrent: false }]);
  });

  test('10,000 records arrive, also when every fifth datagram is lost, and a change brings only its bucket', async () => {
    const { time, net, boxes } = setUp(10_000, 0);
    const [full, empty] = boxes as [TestBox, TestBox];
    const lost = seeded(7);
    net.loses = () => lost() < 0.2;
    full.tell();
    empty.tell();
    for (let i = 0; i < 100 && empty.service.records().records.length < 10_000; i++) await time.advance(500);
    expect(empty.records()).toHaveLength(10_000);
    net.loses = () => false;
    await time.advance(3000);
    const before = net.sent;
    full.tell({
      allocations: [...full.facts.allocations.slice(1), allocation('apps/new', '10.9.9.9', { sinceMs: 7 })],
    });
    await time.advance(1000);
    expect(empty.records()).toContain('apps/new 7');
    expect(empty.records()).not.toContain('apps/service-0 1000');
    // Hellos of both, a want or two, and two buckets of forty records.
    expect(net.sent - before).toBeLessThan(40);
  }, 60_000);

  test('what a box holds already is not fetched: equal digests are enough', async () => {
    const { time, net, boxes } = setUp(2000, 2000, 2000);
    const records = many(2000).map((one) => ({ ...one, node: 'edge-1' }));
    const types: number[] = [];
    net.onSend = (bytes) => void types.push(bytes[4] ?? 0);
    for (const box of boxes) box.tell({ allocations: records });
    await time.advance(3000);
    expect(new Set(types)).toEqual(new Set([1]));
    expect(boxes.map((box) => box.service.records().records.length)).toEqual([2000, 2000, 2000]);
    expect(boxes[0]?.service.findings().held.every(({ isCurrent }) => isCurrent)).toBe(true);
  });

  test('what a box held is forgotten when it is lost, and its exclusions with it', async () => {
    const { time, boxes } = setUp(3, 0);
    const [first, second] = boxes as [TestBox, TestBox];
    first.tell({
      exclusions: [{ address: address('10.0.0.9'), kind: 'own', interface: 'eth0', mac: '', sinceMs: 0 }],
    });
    second.tell();
    await time.advance(2000);
    expect(second.records()).toHaveLength(3);
    expect(second.service.records().exclusions).toMatchObject([{ by: 'edge-1', kind: 'own' }]);
    first.service.apply(null);
    await time.advance(200);
    expect([second.heard(), second.records(), second.service.records().exclusions]).toEqual([[], [], []]);
  });

  test('orders, asks and answers are told once to whom they are for', async () => {
    const { time, boxes } = setUp(0, 0, 0);
    const told = boxes.map(() => ({
      orders: [] as HandoverOrder[],
      asks: [] as HandoverAsk[],
      no: [] as HandoverAnswer[],
    }));
    for (const [i, box] of boxes.entries()) {
      box.tell();
      box.service.watch({
        onOrder: (order) => void told[i]?.orders.push(order),
        onAsk: (ask) => void told[i]?.asks.push(ask),
        onAnswer: (answer) => void told[i]?.no.push(answer),
      });
    }
    await time.advance(1000);
    const serial = boxes[0]?.service.ask({ interface: 'eth0', group: 130 }, 'edge-3') ?? 0;
    await time.advance(100);
    expect(told[1]?.asks).toEqual([{ from: 'edge-1', interface: 'eth0', group: 130, to: 'edge-3', serial }]);
    boxes[1]?.service.order({ interface: 'eth0', group: 130 }, 'edge-3', 7000);
    boxes[1]?.service.answer(told[1]?.asks[0] as HandoverAsk, { isDone: false, text: 'it is drained' });
    await time.advance(3000);
    const order = { from: 'edge-2', interface: 'eth0', group: 130, provisionalMs: 7000 };
    expect(told.map(({ orders }) => orders)).toEqual([[], [], [order]]);
    expect(told[0]?.no).toEqual([{ from: 'edge-2', serial, isDone: false, text: 'it is drained' }]);
    expect(told.map(({ asks }) => asks.length)).toEqual([0, 1, 1]);
  });

  test('with a key nobody else is believed: no signature, another key, a changed byte, a recording', async () => {
    const { time, net, boxes } = setUp(0, 0, 0);
    const folder = scratchDirectory();
    folders.push(folder);
    const key = (name: string, text: string) => {
      const path = join(folder, name);
      writeFileSync(path, text);
      chmodSync(path, 0o600);
      return { ...defaultNodeConfig('x').election, hello: { intervalMs: 1000, keyFile: path } };
    };
    const good = key('good', 'a key that is long enough');
    const [first, second, third] = boxes as [TestBox, TestBox, TestBox];
    const recorded: Uint8Array[] = [];
    net.onSend = (bytes, from) => {
      if (from === '192.0.2.2') recorded.push(bytes);
    };
    first.tell({ settings: good });
    second.tell({ settings: good });
    third.tell({ settings: key('bad', 'a key that is another one') });
    await time.advance(2000);
    expect(first.heard()).toEqual(['edge-2']);
    expect(first.service.findings().unsigned).toContain('192.0.2.3');
    third.tell({ settings: defaultNodeConfig('x').election });
    await time.advance(2000);
    expect(first.heard()).toEqual(['edge-2']);
    second.service.apply(null);
    await time.advance(100);
    expect(first.heard()).toEqual([]);
    for (const bytes of recorded.slice(0, -2)) {
      net.inject(bytes, '192.0.2.2', '192.0.2.1');
      const changed = bytes.slice();
      changed[23] = (changed[23] ?? 0) + 77;
      net.inject(changed, '192.0.2.2', '192.0.2.1');
    }
    await time.advance(100);
    expect(first.heard()).toEqual([]);
  });

  test('a key that was replaced in its file is used from the next round on; one that cannot be read is not', async () => {
    const { time, boxes } = setUp(0, 0);
    const folder = scratchDirectory();
    folders.push(folder);
    const path = join(folder, 'key');
    const write = (text: string) => writeFileSync(path, text, { mode: 0o600 });
    write('the first key, long enough');
    const settings = { ...defaultNodeConfig('x').election, hello: { intervalMs: 1000, keyFile: path } };
    const heard = async (...told: TestBox[]) => {
      for (const box of told) box.tell({ settings });
      await time.advance(5000);
      return boxes.map((box) => box.heard().length);
    };
    const [first, second] = boxes as [TestBox, TestBox];
    expect(await heard(first, second)).toEqual([1, 1]);
    write('another key, that is longer');
    expect(await heard(first)).toEqual([0, 0]);
    expect(await heard(second)).toEqual([1, 1]);
    write('short');
    expect(await heard(first, second)).toEqual([1, 1]);
    expect(first.log.lines.map(({ message }) => message).join()).toContain('stays in use');
  });

  test('whatever a stranger claims to have heard of a box, that one goes on to be heard', async () => {
    const { time, net, boxes } = setUp(0, 0);
    const sender = { node: 'stranger', instance: '00000000000000aa', incarnation: 1 };
    for (const box of boxes) box.tell();
    await time.advance(2000);
    for (const [i, incarnation] of [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER - 1].entries()) {
      const said = { s: 'ready', i: 'eth0', m: '02:00:00:00:00:99', x: [['edge-1', '', incarnation]] };
      const body = new TextEncoder().encode(JSON.stringify(said));
      net.inject(emitDatagram(sender, { type: 1, counter: i + 1 }, body, null), '192.0.2.99', '192.0.2.1');
    }
    await time.advance(5000);
    expect(boxes[1]?.heard()).toEqual(['edge-1']);
  });

  test('a hello that the system does not let out is told, and so is the end of that', async () => {
    const { time, net, boxes } = setUp(0, 0);
    const [first] = boxes as [TestBox];
    net.refuses = (from) => from === '192.0.2.1';
    first.tell();
    await time.advance(2000);
    const fault = 'Cannot say hello on "eth0" (IPv4): the system does not send it (firewall, route)';
    expect(first.service.findings().faults).toEqual([fault]);
    expect(first.log.lines.map(({ message }) => message)).toEqual([fault]);
    net.refuses = () => false;
    await time.advance(2000);
    expect(first.service.findings().faults).toEqual([]);
  });

  test('without a readable key nothing is said, and nobody is believed', async () => {
    const { time, net, boxes } = setUp(0, 0);
    const missing = { ...defaultNodeConfig('x').election, hello: { intervalMs: 1000, keyFile: '/nowhere/key' } };
    for (const box of boxes) box.tell({ settings: missing });
    await time.advance(2000);
    expect(net.sent).toBe(0);
    expect(boxes[0]?.service.findings().faults[0]).toContain('/nowhere/key');
  });

  test('with unicast peers nothing goes to the group, and a peer that is not heard is told', async () => {
    const { time, net, boxes } = setUp(0, 0);
    const base = defaultNodeConfig('x').election;
    const to = (...peers: string[]) => ({ settings: { ...base, vrrp: { ...base.vrrp, peers } } });
    boxes[0]?.tell(to('192.0.2.2', '192.0.2.9'));
    boxes[1]?.tell(to('192.0.2.1'));
    await time.advance(2000);
    expect(boxes.map((box) => box.heard())).toEqual([['edge-2'], ['edge-1']]);
    expect(boxes[0]?.service.findings().unheard).toEqual(['192.0.2.9']);
    expect(net.sent).toBeGreaterThan(0);
  });

  test('nothing at all is sent or listened for until it is asked for', async () => {
    const { time, net, boxes } = setUp(0, 0);
    await time.advance(5000);
    boxes[0]?.service.apply(null);
    await time.advance(5000);
    expect([net.sent, boxes[0]?.changes]).toEqual([0, 0]);
  });
});
