// Boxes that share a LAN come to hold the same addresses, whatever they did while they did not hear each other.
import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { formatAddress } from '#model/address.ts';
import type { Inputs, Service } from '#model/resources.ts';
import { AgreeingBox, gossip } from '../../support/agreeing-boxes.ts';
import { address, networkInterface, policy, pool, service } from '../../support/objects.ts';

const seed = 20_261_123;
const keys = ['a/1', 'a/2', 'a/3', 'a/4', 'b/1', 'b/2'];
const pools = [pool('blue', '10.0.0.0/29'), pool('red', '10.0.1.0/30')];
const policies = [policy('all')];
const links = { interfaces: [networkInterface('eth0')] };

const serviceArbitrary: fc.Arbitrary<Service> = fc
  .record({
    key: fc.constantFrom(...keys),
    createdMs: fc.nat({ max: 2 }),
    wish: fc.option(fc.constantFrom('10.0.0.1', '10.0.0.2', '10.0.1.1,10.0.1.2'), { freq: 2 }),
    sharing: fc.option(fc.constantFrom('k', 'l'), { freq: 2 }),
    port: fc.integer({ min: 80, max: 83 }),
  })
  .map(({ key, createdMs, wish, sharing, port }) =>
    service(key, {
      createdMs,
      ports: [{ port, protocol: 'TCP' }],
      annotations: {
        ...(wish === null ? {} : { 'lbipam.cilium.io/ips': wish }),
        ...(sharing === null ? {} : { 'lbipam.cilium.io/sharing-key': sharing }),
      },
    }),
  );

const declaredArbitrary = fc
  .array(serviceArbitrary, { maxLength: 6 })
  .map((all) => [...new Map(all.map((one) => [`${one.namespace}/${one.name}`, one])).values()]);

/** What happens to a box: it is edited, hears another one, loses it, evaluates or restarts. */
type Step = (boxes: readonly AgreeingBox[], nowMs: number) => void;
const boxNumber = fc.nat({ max: 4 });
const at = (boxes: readonly AgreeingBox[], i: number) => boxes[i % boxes.length] as AgreeingBox;

const stepArbitrary: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.tuple(boxNumber, declaredArbitrary).map(
      ([i, services]): Step =>
        (boxes) => {
          at(boxes, i).declared = { pools, policies, services };
        },
    ),
  },
  {
    weight: 4,
    arbitrary: fc.tuple(boxNumber, boxNumber).map(
      ([i, j]): Step =>
        (boxes) => {
          if (at(boxes, i) !== at(boxes, j)) at(boxes, i).hear(at(boxes, j));
        },
    ),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(boxNumber, boxNumber).map(
      ([i, j]): Step =>
        (boxes) =>
          at(boxes, i).forget(at(boxes, j)),
    ),
  },
  {
    weight: 5,
    arbitrary: boxNumber.map(
      (i): Step =>
        (boxes, nowMs) =>
          void at(boxes, i).round(nowMs),
    ),
  },
  {
    weight: 1,
    arbitrary: boxNumber.map(
      (i): Step =>
        (boxes) =>
          at(boxes, i).restart(),
    ),
  },
);

const storyArbitrary = fc.record({
  skews: fc.array(fc.constantFrom(0, 0, 50_000, -50_000), { minLength: 2, maxLength: 5 }),
  steps: fc.array(stepArbitrary, { maxLength: 40, size: 'max' }),
  end: declaredArbitrary,
  order: fc.boolean(),
});

function apart(...histories: readonly (readonly Partial<Inputs>[])[]): readonly AgreeingBox[] {
  return histories.map((history, i) => {
    const box = new AgreeingBox(`edge-${i + 1}`);
    for (const [n, declared] of history.entries()) {
      box.declared = { pools, policies, ...declared };
      box.round(1000 * (n + 1) + i, links);
    }
    return box;
  });
}

const ipsOf = (box: AgreeingBox) => box.ips().map((one) => `${one.service} ${formatAddress(one.address)}`);

describe('boxes that hear each other', () => {
  test('hold the same records in the end, 2 to 5 of them, after any edits, losses and restarts, with clocks apart', () => {
    let moved = 0;
    const check = ({ skews, steps, end, order }: typeof storyArbitrary extends fc.Arbitrary<infer T> ? T : never) => {
      const boxes = skews.map((skewMs, i) => new AgreeingBox(`n${i}`, skewMs));
      for (const box of boxes) box.declared = { pools, policies };
      for (const [i, step] of steps.entries()) step(boxes, i * 10);
      for (const box of boxes) box.declared = { pools, policies, services: end };
      const before = boxes.map((box) => JSON.stringify(ipsOf(box)));
      gossip(order ? boxes : boxes.toReversed(), 8, 1000);
      const [first, ...others] = boxes.map((box) => box.ips());
      for (const other of others) expect(other).toEqual(first as typeof other);
      gossip(boxes, 1, 2000);
      for (const box of boxes) {
        expect(box.ips()).toEqual(first as NonNullable<typeof first>);
        const split = box.desired?.unannounced
          .flatMap(({ reasons }) => reasons)
          .filter((r) => r.code === 'allocation_split');
        expect(split).toEqual([]);
      }
      if (before.some((text) => text !== JSON.stringify(ipsOf(boxes[0] as AgreeingBox)))) moved++;
    };
    fc.assert(fc.property(storyArbitrary, check), { seed, numRuns: 1500 });
    // It says something only if boxes had to change their minds.
    expect(moved).toBeGreaterThan(500);
  }, 120_000);

  test('a fresh box adopts the history of the one that was there before its first address is given', () => {
    const [old] = apart([
      { services: [service('a/1'), service('a/2'), service('a/3')] },
      { services: [service('a/2'), service('a/3')] },
      { services: [service('a/2'), service('a/3'), service('a/0', { createdMs: -1 })] },
    ]);
    const fresh = new AgreeingBox('edge-9');
    fresh.declared = old?.declared ?? {};
    fresh.hear(old as AgreeingBox);
    fresh.round(9000);
    expect(fresh.ips()).toEqual(old?.ips() ?? []);
    expect(ipsOf(fresh)).toEqual(['a/0 10.0.0.0', 'a/2 10.0.0.1', 'a/3 10.0.0.2']);
  });

  test('of two addresses of one service, and of two services of one address, the earlier record stays; losers are given anew', () => {
    const boxes = apart(
      [{ services: [service('a/1')] }, { services: [service('a/1'), service('a/2')] }],
      [{ services: [service('a/2')] }, { services: [service('a/2'), service('a/1')] }],
    );
    for (const box of boxes) box.declared = { pools, policies, services: [service('a/1'), service('a/2')] };
    gossip(boxes, 3, 9000);
    // a/1 got .0 at 1000 on edge-1, a/2 got .0 at 1001 on edge-2.
    expect(boxes.map(ipsOf)).toEqual([
      ['a/1 10.0.0.0', 'a/2 10.0.0.1'],
      ['a/1 10.0.0.0', 'a/2 10.0.0.1'],
    ]);
  });

  test('services that may share an address both keep it', () => {
    const shared = (key: string, port: number) =>
      service(key, {
        annotations: { 'lbipam.cilium.io/sharing-key': 'k' },
        ports: [{ port, protocol: 'TCP' }],
      });
    const boxes = apart([{ services: [shared('a/1', 80)] }], [{ services: [shared('a/2', 81)] }]);
    for (const box of boxes) box.declared = { pools, policies, services: [shared('a/1', 80), shared('a/2', 81)] };
    gossip(boxes, 2, 9000);
    expect(ipsOf(boxes[1] as AgreeingBox)).toEqual(['a/1 10.0.0.0', 'a/2 10.0.0.0']);
  });

  test('an address of a service that is not declared here (yet) is given to nobody else', () => {
    const [first, second] = apart([{ services: [service('a/1')] }], [{ services: [] }]) as [AgreeingBox, AgreeingBox];
    second.hear(first);
    second.declared = {
      pools,
      policies,
      services: [service('a/9'), service('b/1', { annotations: { 'lbipam.cilium.io/ips': '10.0.0.0' } })],
    };
    second.round(5000);
    expect(ipsOf(second)).toEqual(['a/9 10.0.0.1']);
    expect(second.desired?.services.find(({ key }) => key === 'b/1')?.reasons).toEqual([
      { code: 'reserved_by_peer', address: '10.0.0.0', service: 'a/1', node: 'edge-1' },
    ]);
    second.forget(first);
    second.round(6000);
    expect(ipsOf(second)).toEqual(['a/9 10.0.0.1', 'b/1 10.0.0.0']);
  });

  test('a service that one box deletes first does not come back, and its address is free once both have deleted it', () => {
    const boxes = apart([{ services: [service('a/1'), service('a/2')] }]);
    const [first] = boxes as [AgreeingBox];
    const second = new AgreeingBox('edge-2');
    second.declared = first.declared;
    gossip([first, second], 2, 5000);
    first.declared = { pools, policies, services: [service('a/2'), service('a/3')] };
    gossip([first, second], 2, 6000);
    expect(ipsOf(first)).toEqual(['a/2 10.0.0.1', 'a/3 10.0.0.2']);
    second.declared = first.declared;
    gossip([first, second], 2, 7000);
    first.declared = { pools, policies, services: [service('a/2'), service('a/3'), service('a/4')] };
    gossip([first], 1, 8000);
    expect(ipsOf(first)).toEqual(['a/2 10.0.0.1', 'a/3 10.0.0.2', 'a/4 10.0.0.0']);
  });

  test('nobody begins to answer for an address on which two boxes disagree; who answers for it already goes on', () => {
    const boxes = apart([{ services: [service('a/1')] }], [{ services: [service('b/1')] }]);
    const [first, second] = boxes as [AgreeingBox, AgreeingBox];
    // Both have 10.0.0.0: the first for a/1, which the second does not know, the second for b/1.
    first.hear(second);
    first.round(9000, links);
    expect(ipsOf(first)).toEqual(['a/1 10.0.0.0']);
    expect(first.desired?.announcements).toEqual([]);
    expect(first.desired?.unannounced).toMatchObject([
      { reasons: [{ code: 'allocation_split', address: '10.0.0.0', service: 'b/1', node: 'edge-2' }] },
    ]);
    first.answered = new Set(['10.0.0.0']);
    first.round(9100, links);
    expect(first.desired?.announcements).toHaveLength(1);
    second.hear(first);
    second.round(9200, links);
    first.hear(second);
    first.answered = new Set();
    first.round(9300, links);
    expect([ipsOf(first), ipsOf(second)]).toEqual([['a/1 10.0.0.0'], ['b/1 10.0.0.1']]);
    expect(first.desired?.unannounced).toEqual([]);
  });

  test('what another host was found to have on one box is given by none, and the service moves on all alike', () => {
    const boxes = apart([{ services: [service('a/1'), service('a/2')] }], []);
    const [first, second] = boxes as [AgreeingBox, AgreeingBox];
    second.declared = first.declared;
    gossip(boxes, 1, 4000);
    second.exclusions = [
      { address: address('10.0.0.0'), kind: 'conflict', interface: 'eth0', mac: '02:00:00:00:00:99', sinceMs: 5 },
    ];
    gossip(boxes, 1, 5000);
    expect(ipsOf(first)).toEqual(['a/1 10.0.0.2', 'a/2 10.0.0.1']);
    gossip(boxes, 1, 6000);
    expect(second.ips()).toEqual(first.ips());
  });

  test('an own address of one box is given and answered by none', () => {
    const boxes = apart([], []);
    const [first, second] = boxes as [AgreeingBox, AgreeingBox];
    second.exclusions = [{ address: address('10.0.0.0'), kind: 'own', interface: 'eth0', mac: '', sinceMs: 0 }];
    first.declared = {
      pools,
      policies,
      services: [service('a/1'), service('a/2', { annotations: { 'lbipam.cilium.io/ips': '10.0.0.0' } })],
    };
    first.hear(second);
    first.round(5000, links);
    expect(ipsOf(first)).toEqual(['a/1 10.0.0.1']);
    expect(first.desired?.services.find(({ key }) => key === 'a/2')?.reasons).toEqual([
      { code: 'peer_address', address: '10.0.0.0', node: 'edge-2', interface: 'eth0' },
    ]);
  });
});
