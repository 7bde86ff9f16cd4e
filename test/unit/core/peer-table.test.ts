// Who counts as there, what is believed, and what is heard twice.
import { describe, expect, test } from 'bun:test';
import { PeerTable } from '#core/peer-table.ts';
import { ReplayWindow } from '#core/replay-window.ts';
import type { Datagram } from '#wire/datagram.ts';
import type { Hello } from '#wire/hello.ts';

const at = { interface: 'eth0', source: '192.0.2.2' };
const nothing = new Uint8Array();

function datagram(more: Partial<Datagram> = {}): Datagram {
  const base = { node: 'edge-2', instance: 'b', incarnation: 100, counter: 1, type: 1 };
  return { ...base, body: nothing, signed: null, signature: null, ...more };
}

function hello(more: Partial<Hello> = {}): Hello {
  return {
    version: '1',
    state: 'ready',
    generation: 1,
    configHash: '',
    labels: {},
    vips: 0,
    intervalMs: 1000,
    wallMs: 1_795_400_000_123,
    via: 'eth9',
    mac: '02:00:00:00:00:02',
    addresses: ['192.0.2.2'],
    led: new Set(),
    eligible: new Set(),
    macs: [],
    digest: 0,
    records: 0,
    exclusions: 0,
    heard: [],
    orders: [],
    asks: [],
    answers: [],
    ...more,
  };
}

function heard(table: PeerTable, nowMs: number, more: Partial<Datagram> = {}, told: Partial<Hello> = {}): boolean {
  const one = datagram(more);
  if (!table.accepts(one, at, 'edge-1', nowMs)) return false;
  table.hear(one, hello(told), at, nowMs);
  return true;
}

const names = (table: PeerTable, nowMs: number) => table.live(nowMs).map(({ node }) => node);
const self = { node: 'edge-1', instance: 'a', incarnation: 1 };

describe('what ranks a box', () => {
  const choices = (table: PeerTable, nowMs: number) =>
    table.peers(self, nowMs).flatMap((peer) => peer.choices.map(({ eligible }) => [...eligible].join()));
  const able = { eligible: new Set([128, 129]), configHash: 'x' };

  test('what it could lead stays while it is lost, has stopped, is drained, has no carrier, or starts anew', () => {
    const table = new PeerTable('a');
    heard(table, 0, {}, able);
    expect(choices(table, 0)).toEqual(['128,129']);
    expect(table.peers(self, 60_000)).toMatchObject([{ state: 'lost', links: [] }]);
    expect(choices(table, 60_000)).toEqual(['128,129']);
    const none = { eligible: new Set<number>(), configHash: 'x' };
    heard(table, 61_000, { counter: 2 }, { ...none, state: 'draining' });
    heard(table, 62_000, { counter: 3 }, none);
    heard(table, 63_000, { counter: 4 }, { ...none, state: 'leaving' });
    expect(choices(table, 63_000)).toEqual(['128,129']);
    heard(table, 64_000, { instance: 'c', incarnation: 200 }, { ...none, configHash: 'y', state: 'joining' });
    expect(choices(table, 64_000)).toEqual(['128,129']);
    heard(table, 65_000, { instance: 'c', incarnation: 200, counter: 2 }, { ...able, eligible: new Set([128]) });
    expect(choices(table, 65_000)).toEqual(['128']);
  });

  test('a box that declares something else by which it can lead nothing is ranked no more', () => {
    const table = new PeerTable('a');
    heard(table, 0, {}, able);
    heard(table, 1000, { counter: 2 }, { eligible: new Set(), configHash: 'y' });
    expect(choices(table, 1000)).toEqual([]);
  });

  test('a box that could never lead anything yet is not ranked', () => {
    const table = new PeerTable('a');
    heard(table, 0, {}, { ...able, state: 'joining' });
    expect(choices(table, 0)).toEqual([]);
  });
});

describe('PeerTable', () => {
  test('a box is there for three of its own intervals, and listed as lost after them', () => {
    const table = new PeerTable('a');
    heard(table, 0, {}, { intervalMs: 2000 });
    expect(names(table, 6200)).toEqual(['edge-2']);
    expect(names(table, 6300)).toEqual([]);
    expect(table.peers(self, 6300)).toMatchObject([{ node: 'edge-2', state: 'lost', links: [], vips: 0 }]);
    heard(table, 9000, { counter: 2 });
    expect(names(table, 9000)).toEqual(['edge-2']);
  });

  test('one that says good-bye is gone at once', () => {
    const table = new PeerTable('a');
    heard(table, 0);
    heard(table, 10, { counter: 2 }, { state: 'leaving' });
    expect(names(table, 10)).toEqual([]);
    expect(table.peers(self, 60_000)).toMatchObject([{ node: 'edge-2', state: 'stopped', vips: 0 }]);
  });

  test('what was heard before, and our own, is not heard', () => {
    const table = new PeerTable('a');
    expect(heard(table, 0)).toBe(true);
    expect(heard(table, 1)).toBe(false);
    expect(heard(table, 1, { counter: 3 })).toBe(true);
    expect(heard(table, 1, { counter: 2 })).toBe(true);
    expect(heard(table, 1, { counter: 2 })).toBe(false);
    expect(table.accepts(datagram({ instance: 'a' }), at, 'edge-1', 1)).toBe(false);
  });

  test('a box that starts anew is the same box, and that is no second one of its name', () => {
    const table = new PeerTable('a');
    heard(table, 0);
    expect(heard(table, 100, { instance: 'b2', incarnation: 101 })).toBe(true);
    expect(table.live(100)).toMatchObject([{ node: 'edge-2', instance: 'b2' }]);
    expect(table.doubles(100)).toEqual([]);
  });

  test('a former start is not believed: a recording of it brings no box back; two of one name are told for a while', () => {
    const table = new PeerTable('a');
    heard(table, 0, { incarnation: 200, instance: 'new' });
    expect(heard(table, 10, { incarnation: 100, instance: 'old', counter: 99 })).toBe(false);
    expect(table.doubles(10)).toMatchObject([{ node: 'edge-2', instance: 'old' }]);
    expect(table.doubles(20_000)).toEqual([]);
  });

  test('a box whose clock went back hears from which number on it is believed', () => {
    const table = new PeerTable('a');
    heard(table, 0, { incarnation: 200 });
    expect(heard(table, 60_000, { incarnation: 100, instance: 'later' })).toBe(false);
    expect(table.heardOn('eth0', 60_000)).toContainEqual(['edge-2', '', 200]);
    expect(heard(table, 60_100, { incarnation: 201, instance: 'later' })).toBe(true);
    expect(table.heardOn('eth0', 60_100)).toEqual([['edge-2', 'later', 201]]);
  });

  test('our own name from elsewhere is told and not believed', () => {
    const table = new PeerTable('a');
    expect(heard(table, 0, { node: 'edge-1' })).toBe(false);
    expect(table.doubles(0)).toMatchObject([{ node: 'edge-1', source: '192.0.2.2' }]);
    expect(table.peers(self, 0)).toEqual([]);
  });

  test('whether the other side hears us is known', () => {
    const table = new PeerTable('a');
    heard(table, 0);
    expect(table.peers(self, 0)[0]?.links[0]?.hearsUs).toBe(false);
    heard(table, 1, { counter: 2 }, { heard: [['edge-1', 'a', 1]] });
    expect(table.peers(self, 1)[0]?.links[0]?.hearsUs).toBe(true);
  });

  test('however many say hello, 64 are known', () => {
    const table = new PeerTable('a');
    for (let i = 0; i < 200; i++) heard(table, i, { node: `n${i}`, instance: `i${i}` });
    const known = table.peers(self, 200);
    expect(known).toHaveLength(64);
    expect(known.map(({ node }) => node)).toContain('n199');
  });
});

describe('signed hellos', () => {
  const signature = new Uint8Array(32);
  const sign = (more: Partial<Datagram> = {}) => ({ signature, ...more });
  const namesUs = { heard: [['edge-1', 'a', 1] as const] };

  test('a box is believed once it names our start; until then it is named itself, and nothing else', () => {
    const table = new PeerTable('a');
    heard(table, 0, sign(), { eligible: new Set([128]) });
    expect(names(table, 0)).toEqual([]);
    expect(table.peers(self, 0)).toEqual([]);
    expect(table.isDoubtful(0)).toBe(true);
    expect(table.heardOn('eth0', 0)).toEqual([['edge-2', 'b', 100]]);
    // That of another start, of another box, proves nothing.
    heard(table, 1, sign({ counter: 2 }), {
      heard: [
        ['edge-1', 'x', 1],
        ['edge-1', '', 1],
      ],
    });
    expect(names(table, 1)).toEqual([]);
    heard(table, 2, sign({ counter: 3 }), { ...namesUs, eligible: new Set([128]) });
    expect(names(table, 2)).toEqual(['edge-2']);
    expect(table.isDoubtful(2)).toBe(false);
    expect(table.peers(self, 2)).toMatchObject([{ choices: [{ interface: 'eth0' }] }]);
    // From then on it need not repeat that.
    heard(table, 3, sign({ counter: 4 }));
    expect(names(table, 3)).toEqual(['edge-2']);
  });

  test('what was said before the proof counts no more, though it was not heard yet', () => {
    const table = new PeerTable('a');
    heard(table, 0, sign({ counter: 50 }), namesUs);
    expect(heard(table, 1, sign({ counter: 49 }))).toBe(false);
    expect(heard(table, 1, sign({ counter: 51 }))).toBe(true);
  });

  test('a recording that stays unproven does not keep a box out that counts from less: that one is told', () => {
    const table = new PeerTable('a');
    heard(table, 0, sign({ instance: 'recorded', incarnation: 500 }));
    expect(heard(table, 10, sign({ incarnation: 300 }))).toBe(false);
    expect(table.heardOn('eth0', 10)).toContainEqual(['edge-2', '', 500]);
    // By its own name, too: it believes only whoever has heard this start of it.
    expect(table.heardOn('eth0', 10)).toContainEqual(['edge-2', 'b', 0]);
  });

  test('of more boxes than a hello has room for each is named in turn', () => {
    const table = new PeerTable('a');
    for (let i = 0; i < 30; i++) heard(table, 0, sign({ node: `n${i}`, instance: `i${i}` }));
    const named = new Set<string>();
    for (let turn = 0; turn < 4; turn++) for (const [node] of table.heardOn('eth0', 0).slice(0, 8)) named.add(node);
    expect(named.size).toBe(30);
  });
});

test('a window takes each number once, 1,024 back', () => {
  const window = new ReplayWindow();
  const taken = [1, 2, 2, 2000, 977, 976, 977, 1999, 2000, 5000, 3977, 3976].map((n) => window.accepts(n));
  expect(taken).toEqual([true, true, false, true, true, false, false, true, false, true, true, false]);
});

test('a hello that waits in another socket behind hundreds of datagrams with records is no replay', () => {
  const window = new ReplayWindow();
  for (let n = 2; n < 600; n++) window.accepts(n);
  expect(window.accepts(1)).toBe(true);
});
