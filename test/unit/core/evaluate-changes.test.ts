// A round that decides only what changed gives what a round gives that decides everything.
import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { evaluate } from '#core/evaluate.ts';
import { mergeRecords } from '#core/merge-records.ts';
import { ownRecords } from '#core/own-records.ts';
import { shareMark } from '#core/share-mark.ts';
import type { Quarantined } from '#model/claims.ts';
import type { PeerRecord } from '#model/records.ts';
import type { Interface, Policy, Pool, Service } from '#model/resources.ts';
import { type Desired, type Leadership, ledKey, type Memory, type Observed } from '#model/snapshot.ts';
import { address, inputs, memory, networkInterface, nodeConfig, policy, pool, service } from '../../support/objects.ts';
import { observed } from '../../support/world.ts';

const seed = 20_261_123;
const few = { virtualRouterId: 100, groups: 3 };
const keys = ['a/1', 'a/2', 'a/3', 'a/4', 'a/5', 'a/6', 'a/7', 'b/1', 'b/2', 'b/3'];
const wishes = ['10.0.2.1', '10.0.2.2', '10.0.0.3', 'fd00::1', '192.0.2.1', 'banana'];

const some = <T>(values: readonly T[], freq = 1) => fc.option(fc.constantFrom(...values), { nil: undefined, freq });

const annotationsArbitrary = fc
  .record({
    'lbipam.cilium.io/sharing-key': some(['k', 'k', 'k', 'l'], 3),
    'lbipam.cilium.io/sharing-cross-namespace': some(['*', '*', 'a', 'b']),
    'lbipam.cilium.io/sharing-permit-different-pods': some(['true', 'perhaps'], 2),
    'metallb.io/address-pool': fc.constantFrom(undefined, undefined, undefined, 'blue', 'green'),
    'lanlord.dev/group': some(['51', '101', '110', 'x'], 6),
  })
  .map(
    (all) => Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as Service['labels'],
  );

const serviceArbitrary: fc.Arbitrary<Service> = fc
  .record({
    key: fc.constantFrom(...keys),
    createdMs: fc.nat({ max: 2 }),
    color: fc.constantFrom('x', 'y'),
    annotations: annotationsArbitrary,
    wish: fc.option(fc.subarray(wishes, { minLength: 1, maxLength: 2 }), { freq: 1 }),
    port: fc.integer({ min: 80, max: 87 }),
    externalTrafficPolicy: fc.constantFrom(
      'Cluster' as const,
      'Cluster' as const,
      'Cluster' as const,
      'Local' as const,
    ),
    ipFamilyPolicy: fc.constantFrom('SingleStack' as const, 'PreferDualStack' as const, 'RequireDualStack' as const),
    type: fc.constantFrom(...Array<string>(7).fill('LoadBalancer'), 'ClusterIP'),
    loadBalancerClass: fc.constantFrom(undefined, undefined, undefined, 'io.cilium/l2-announcer', 'other'),
    externalIPs: fc.subarray(['10.0.0.1', '198.51.100.7', 'nonsense'], { maxLength: 2 }),
    ingress: fc.subarray(['10.0.0.1', '10.0.1.2', '203.0.113.9'], { maxLength: 2 }),
    satisfied: fc.boolean(),
  })
  .map(({ key, color, wish, port, annotations, loadBalancerClass, ingress, satisfied, ...more }) =>
    service(key, {
      ...more,
      ...(loadBalancerClass === undefined ? {} : { loadBalancerClass }),
      labels: { color },
      ports: [{ port, protocol: 'TCP' }],
      selector: { app: 'one' },
      annotations: wish === null ? annotations : { ...annotations, 'lbipam.cilium.io/ips': wish.join(',') },
      status: {
        ingress: ingress.map((ip) => ({ ip, hostname: '' })),
        conditions: satisfied
          ? [{ type: 'cilium.io/IPAMRequestSatisfied', status: 'True', reason: 'satisfied', message: '' }]
          : [],
      },
    }),
  );

const poolArbitrary: fc.Arbitrary<Pool> = fc
  .record({
    name: fc.constantFrom('blue', 'red'),
    blocks: fc.subarray(['10.0.0.0/30', '10.0.0.2/31', '10.0.1.0/29', 'fd00::/126', '10.0.0.0/99'], {
      minLength: 1,
      maxLength: 3,
    }),
    createdMs: fc.nat({ max: 2 }),
    disabled: fc.oneof({ weight: 6, arbitrary: fc.constant(false) }, fc.constant(true)),
    allowFirstLastIPs: fc.boolean(),
    color: some(['x', 'y']),
    reuse: some(['oldest', 'lowest']),
  })
  .map(({ name, blocks, color, reuse, ...more }) =>
    pool(name, '', {
      ...more,
      blocks: blocks.map((cidr) => ({ cidr })),
      annotations: reuse === undefined ? {} : { 'lanlord.dev/reuse': reuse },
      ...(color === undefined ? {} : { serviceSelector: { matchLabels: { color } } }),
    }),
  );

const policyArbitrary: fc.Arbitrary<Policy> = fc
  .record({
    name: fc.constantFrom('one', 'two'),
    externalIPs: fc.boolean(),
    loadBalancerIPs: fc.boolean(),
    interfaces: fc.constantFrom([], ['^eth'], ['eth1'], ['*']),
    color: some(['x', 'y', 'not a label!']),
    hostname: some(['node-1', 'node-2']),
    block: some(['110+4', '100', 'x'], 3),
  })
  .map(({ name, color, hostname, block, ...more }) =>
    policy(name, {
      ...more,
      ...(color === undefined ? {} : { serviceSelector: { matchLabels: { color } } }),
      ...(hostname === undefined ? {} : { nodeSelector: { matchLabels: { 'kubernetes.io/hostname': hostname } } }),
      annotations: block === undefined ? {} : { 'lanlord.dev/virtual-router-id': block },
    }),
  );

const keysOf = (...ids: readonly number[]) => new Set(ids.flatMap((id) => [ledKey('eth0', id), ledKey('eth1', id)]));
/** With three common ids, 100 to 102, most groups have several addresses. */
const vrrp = {
  ...nodeConfig(),
  election: { ...nodeConfig().election, mode: 'vrrp' as const, vrrp: { ...nodeConfig().election.vrrp, ...few } },
};
const groupLeaderships: readonly Leadership[] = [
  { kind: 'groups', active: new Set(), leaders: new Map() },
  { kind: 'groups', active: keysOf(100), leaders: new Map([[ledKey('eth0', 101), 'edge-2']]) },
  { kind: 'groups', active: keysOf(100, 102, 356, 110), leaders: new Map([[ledKey('eth0', 101), 'edge-3']]) },
];
const soloLeaderships: readonly Leadership[] = [
  { kind: 'all' },
  { kind: 'none' },
  { kind: 'some', addresses: new Set(['10.0.0.1', '10.0.1.2']), services: new Set(['a/1']) },
];
const ethernet = (up: boolean, carrier = true): readonly Interface[] => [
  networkInterface('eth0', { up, carrier, addresses: [{ family: 'IPv4', address: '10.0.0.2', prefixLength: 24 }] }),
  networkInterface('eth1', { index: 3 }),
];
const quarantines: readonly (readonly Quarantined[])[] = [
  [],
  [{ address: address('10.0.0.1'), mac: '02:00:00:00:00:99', interface: 'eth0', sinceMs: 5 }],
];

const recordArbitrary: fc.Arbitrary<PeerRecord> = fc.record({
  service: fc.constantFrom(...keys, 'z/unknown'),
  address: fc
    .constantFrom('10.0.0.0', '10.0.0.1', '10.0.0.2', '10.0.1.1', '10.0.2.0', '10.0.2.1', 'fd00::1')
    .map(address),
  sinceMs: fc.constantFrom(-5, 0, 1, 2, 3, 9, 1000),
  node: fc.constantFrom('node-0', 'node-1', 'node-2'),
  pool: fc.constantFrom('green', 'blue', ''),
  origin: fc.constantFrom('auto' as const, 'requested' as const),
  mark: fc.constantFrom('', '', shareMark('["k"]'), shareMark('["k",1]'), shareMark('["l"]')),
  by: fc.constantFrom('node-2', 'node-3'),
});

/** Says what this box holds itself, as other boxes do once they have adopted it. */
function agree(world: Scene): void {
  const records = ownRecords(world.memory.allocations, 'node-1');
  world.peers = mergeRecords(records.map((record) => ({ ...record, by: 'node-2' })));
}

/** Changes the world in place. */
type Edit = (world: Scene) => void;

interface Scene {
  readonly pools: Map<string, Pool>;
  readonly policies: Map<string, Policy>;
  readonly services: Map<string, Service>;
  more: Partial<Observed>;
  memory: Memory;
  readonly leaderships: readonly Leadership[];
  /** Null: alone by decree. */
  peers: readonly PeerRecord[] | null;
  answered: ReadonlySet<string>;
}

function restart(world: Scene): void {
  world.memory = structuredClone(world.memory);
}

const editArbitrary: fc.Arbitrary<Edit> = fc.oneof(
  {
    weight: 1,
    arbitrary: poolArbitrary.map(
      (one): Edit =>
        ({ pools }) =>
          void pools.set(one.name, one),
    ),
  },
  {
    weight: 1,
    arbitrary: policyArbitrary.map(
      (one): Edit =>
        ({ policies }) =>
          void policies.set(one.name, one),
    ),
  },
  {
    weight: 25,
    arbitrary: serviceArbitrary.map(
      (one): Edit =>
        ({ services }) =>
          void services.set(`${one.namespace}/${one.name}`, one),
    ),
  },
  {
    weight: 5,
    arbitrary: fc.constantFrom(...keys).map(
      (key): Edit =>
        ({ services }) =>
          void services.delete(key),
    ),
  },
  {
    weight: 3,
    // A reload: every service is another object, at another place of the file.
    arbitrary: fc.nat({ max: 9 }).map(
      (line): Edit =>
        ({ services }) => {
          for (const [key, one] of services) {
            services.set(key, { ...structuredClone(one), position: { file: 'a.yaml', line, column: 1 } });
          }
        },
    ),
  },
  { weight: 1, arbitrary: fc.constant<Edit>(restart) },
  {
    weight: 2,
    arbitrary: fc
      .record({
        interfaces: fc.constantFrom(ethernet(true), ethernet(false), ethernet(true, false)),
        quarantine: fc.constantFrom(...quarantines),
        drained: fc.boolean(),
      })
      .map(
        (more): Edit =>
          (world) =>
            void Object.assign(world.more, more),
      ),
  },
  {
    weight: 4,
    arbitrary: fc.nat({ max: 2 }).map(
      (which): Edit =>
        (world) =>
          void Object.assign(world.more, { leadership: world.leaderships[which] }),
    ),
  },
  { weight: 2, arbitrary: fc.constant<Edit>(() => undefined) },
);

const peerEditArbitrary: fc.Arbitrary<Edit> = fc.oneof(
  { weight: 5, arbitrary: editArbitrary },
  { weight: 2, arbitrary: fc.constant<Edit>(agree) },
  {
    weight: 1,
    arbitrary: fc.array(recordArbitrary, { maxLength: 3 }).map(
      (records): Edit =>
        (world) => {
          world.peers = mergeRecords(world.peers ?? [], records);
        },
    ),
  },
  {
    weight: 1,
    arbitrary: fc.nat({ max: 20 }).map(
      (n): Edit =>
        (world) => {
          world.peers = (world.peers ?? []).filter((_, i) => i % 5 !== n % 5);
        },
    ),
  },
  {
    weight: 1,
    arbitrary: fc.subarray(['10.0.0.1', '10.0.1.1', '10.0.2.1']).map(
      (answered): Edit =>
        (world) => {
          world.answered = new Set(answered);
        },
    ),
  },
);

/** Some edits at once, round after round. */
const roundsOf = (edit: fc.Arbitrary<Edit>) =>
  fc.array(fc.array(edit, { minLength: 1, maxLength: 3 }), { minLength: 2, maxLength: 30, size: 'max' });

/** Pools and policies that are there from the start, so that most rounds have something to give. */
function scene(mode: 'solo' | 'vrrp'): Scene {
  const isSolo = mode === 'solo';
  const leaderships = isSolo ? soloLeaderships : groupLeaderships;
  const [leadership = { kind: 'all' } as const] = leaderships;
  return {
    leaderships,
    pools: new Map([['green', pool('green', '10.0.2.0/30')]]),
    policies: new Map([['base', policy('base')]]),
    services: new Map(),
    more: { interfaces: ethernet(true), leadership, ...(isSolo ? {} : { config: vrrp }) },
    memory: memory(),
    peers: null,
    answered: new Set(),
  };
}

function observe(world: Scene, nowMs: number): Observed {
  const { pools, policies, services, more, memory: remembered, peers, answered } = world;
  const declared = { pools: [...pools.values()], policies: [...policies.values()], services: [...services.values()] };
  const base = observed({ ...more, inputs: inputs(declared), memory: remembered });
  const told = peers === null ? {} : { peers: { records: peers, exclusions: [], answered } };
  return { ...base, ...told, options: { ...base.options, nowMs, adoptStatus: nowMs === 0 } };
}

/** Nothing is known of a memory that is a copy. */
function decideAll(world: Observed): Desired {
  return evaluate({ ...world, memory: { ...world.memory, allocations: [...world.memory.allocations] } });
}

describe('evaluate() after a change', () => {
  test.each([
    ['solo', editArbitrary, 0.5, 0.4],
    ['vrrp', editArbitrary, 0.5, 0.4],
    ['vrrp among other boxes', peerEditArbitrary, 0.15, 0.1],
  ] as const)(
    '%s: is what evaluate() from the ground up is, for every sequence of edits, reloads and restarts',
    (mode, edit, least, leastPlanned) => {
      let rounds = 0;
      let short = 0;
      let planned = 0;
      const check = (edits: readonly (readonly Edit[])[]) => {
        const world = scene(mode === 'solo' ? 'solo' : 'vrrp');
        if (edit === peerEditArbitrary) world.peers = [];
        for (const [nowMs, some] of edits.entries()) {
          for (const edit of some) edit(world);
          const next = observe(world, nowMs);
          const all = decideAll(next);
          const changed = evaluate(next);
          expect(changed).toEqual(all);
          rounds++;
          if (changed.memory.goodPools === world.memory.goodPools) short++;
          if (changed.memory.goodPolicies === world.memory.goodPolicies) planned++;
          world.memory = changed.memory;
        }
      };
      fc.assert(fc.property(roundsOf(edit), check), { seed, numRuns: 1000 });
      // It says something only if enough rounds took the short way.
      expect(short / rounds).toBeGreaterThan(least);
      expect(planned / rounds).toBeGreaterThan(leastPlanned);
    },
    240_000,
  );

  test('names the holder that a round from the ground up names, after one joined that is older', () => {
    const world = scene('solo');
    const wish = { 'lbipam.cilium.io/ips': '10.0.2.1' };
    const sharing = { ...wish, 'lbipam.cilium.io/sharing-key': 'k' };
    const ports = [{ port: 81, protocol: 'TCP' }];
    const steps = [
      service('a/young', { createdMs: 5, annotations: sharing }),
      service('a/waits', { createdMs: 9, annotations: wish }),
      service('a/old', { createdMs: 1, annotations: sharing, ports }),
      service('a/other'),
    ];
    const holders = steps.map((one, i) => {
      world.services.set(one.name, one);
      const next = observe(world, i + 1);
      const all = decideAll(next);
      const changed = evaluate(next);
      expect(changed).toEqual(all);
      world.memory = changed.memory;
      return changed.services.find(({ key }) => key === 'a/waits')?.reasons[0];
    });
    expect(holders.slice(1)).toMatchObject([{ holder: 'a/young' }, { holder: 'a/young' }, { holder: 'a/old' }]);
  });
});
