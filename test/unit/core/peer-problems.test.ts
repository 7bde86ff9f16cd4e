// What is said about differences between boxes.
import { expect, test } from 'bun:test';
import { Lasting } from '#core/lasting.ts';
import { peerProblems } from '#core/peer-problems.ts';
import { emptySet, recordSet } from '#core/record-set.ts';
import type { Peer, PeerFindings } from '#model/peers.ts';
import type { PeerRecord } from '#model/records.ts';
import { address } from '../../support/objects.ts';

const peer: Peer = {
  node: 'edge-2',
  instance: 'b',
  state: 'ready',
  version: '1',
  generation: 16,
  configHash: 'x',
  labels: {},
  vips: 0,
  address: '192.0.2.2',
  heardMs: 0,
  clockAheadMs: null,
  macs: [],
  links: [],
  choices: [],
};
const nothing: PeerFindings = { own: emptySet, held: [], doubles: [], unheard: [], faults: [], unsigned: [] };
const situation = { self: 'edge-1', generation: 17, configHash: 'x', peers: [peer], findings: nothing };

function set(...rows: readonly (readonly [service: string, ip: string, sinceMs?: number])[]) {
  const records = rows.map(([service, ip, sinceMs = 1]): Omit<PeerRecord, 'by'> => {
    return { service, address: address(ip), sinceMs, node: 'n', pool: 'p', origin: 'auto', mark: '' };
  });
  return recordSet(records, []);
}

const texts = (more: Partial<typeof situation>) =>
  peerProblems({ ...situation, ...more }).map(({ code, message }) => `${code}: ${message}`);
const held = (theirs: ReturnType<typeof set>, isCurrent = true): PeerFindings['held'] => [
  { node: 'edge-2', set: theirs, isCurrent },
];

test('boxes that hold and declare the same are no problem', () => {
  const own = set(['a/1', '10.0.0.1']);
  expect(texts({ findings: { ...nothing, own, held: held(set(['a/1', '10.0.0.1'])) } })).toEqual([]);
});

test('a split names service, addresses and node, three of them at most', () => {
  const own = set(
    ['a/1', '10.0.0.1'],
    ['a/2', '10.0.0.2'],
    ['a/3', '10.0.0.3'],
    ['a/4', '10.0.0.4'],
    ['a/5', '10.0.0.5'],
  );
  const [one] = texts({
    findings: { ...nothing, own: set(['a/1', '10.0.0.1']), held: held(set(['a/1', '10.0.0.9'])) },
  });
  expect(one).toBe(
    'ALLOC-SPLIT: "edge-2" and this node hold different addresses: a/1 has 10.0.0.9 there and 10.0.0.1 here',
  );
  const [many] = texts({ findings: { ...nothing, own, held: held(set(['a/1', '10.0.0.1'])) } });
  expect(many).toContain('has none there and');
  expect(many).toEndWith('and 1 more');
});

test('equal addresses that were given at different times are told as such; unknown records as unknown', () => {
  const own = set(['a/1', '10.0.0.1', 1]);
  const [since] = texts({ findings: { ...nothing, own, held: held(set(['a/1', '10.0.0.1', 2])) } });
  expect(since).toContain('a/1 has 10.0.0.1 on both, since different times');
  const [unknown] = texts({ findings: { ...nothing, own, held: held(own, false) } });
  expect(unknown).toContain('its records are not known');
});

test('another configuration is told with both generations, not of boxes that are lost or have just come', () => {
  const other = (state: Peer['state']) => texts({ peers: [{ ...peer, configHash: 'y', state }] });
  expect(other('ready')).toEqual([
    'CONF: "edge-2" runs another configuration (its generation 16) than "edge-1" (generation 17)',
  ]);
  expect(other('joining')).toEqual([]);
  expect(other('lost').filter((text) => text.startsWith('CONF'))).toEqual([]);
});

test('names that two boxes have, peers that are not heard, strangers and faults are told', () => {
  const findings: PeerFindings = {
    ...nothing,
    doubles: [{ node: 'edge-2', interface: 'eth0', source: '192.0.2.9' }],
    unheard: ['192.0.2.7'],
    faults: ['Cannot say hello'],
    unsigned: ['192.0.2.66'],
  };
  expect(
    peerProblems({ ...situation, findings }).map(({ code, object, severity }) => `${code} ${object} ${severity}`),
  ).toEqual([
    'NAME node/edge-2 critical',
    'PEER peer/192.0.2.7 warning',
    'PEER hello critical',
    'PEER peer/192.0.2.66 warning',
  ]);
});

test('what passes within five seconds is not told; what is gone begins anew', () => {
  const lasting = new Lasting(5000);
  const at = (nowMs: number, ...items: readonly string[]) => lasting.filter(items, (item) => item, nowMs);
  expect([at(0, 'a'), at(4999, 'a', 'b'), at(5000, 'a', 'b'), at(9999, 'b')]).toEqual([[], [], ['a'], ['b']]);
  expect([lasting.isPending(9999), at(10_000, 'a', 'b'), lasting.isPending(10_000)]).toEqual([false, ['b'], true]);
});

test('a box that is not heard any more is missed, one that has said good-bye is not', () => {
  const of = (state: Peer['state']) => texts({ peers: [{ ...peer, state }] });
  expect(of('lost')).toEqual(['PEER: "edge-2" is not heard any more: when this box fails, it cannot take over']);
  expect([...of('stopped'), ...of('ready')]).toEqual([]);
});

test('a key file that cannot be used is told with what to do about it, not about cables', () => {
  const [problem] = peerProblems({
    ...situation,
    findings: { ...nothing, faults: ['Cannot read hello.keyFile "/x"'] },
  });
  expect(problem).toMatchObject({ code: 'PEER', severity: 'critical' });
  expect(problem?.hint).toStartWith('correct the file');
});

test('a clock that is two seconds off or more is told, and by how much, as nothing that hurts an election', () => {
  const of = (clockAheadMs: number | null) => peerProblems({ ...situation, peers: [{ ...peer, clockAheadMs }] });
  expect([null, 0, 1999, -1999].flatMap(of)).toEqual([]);
  expect(of(60_400)).toMatchObject([
    { code: 'SKEW', severity: 'info', object: 'node/edge-2', message: expect.stringContaining('60 s ahead of') },
  ]);
  expect(of(-2000)[0]?.message).toContain('2 s behind');
});
