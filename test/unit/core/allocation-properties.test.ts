// What holds for every allocation, whatever is declared, edited, deleted and restarted.
import { describe, expect, setDefaultTimeout, test } from 'bun:test';
import fc from 'fast-check';
import { serviceFacts } from '#core/service-facts.ts';
import { sharingObstacle } from '#core/share.ts';
import { formatAddress } from '#model/address.ts';
import { rangeContains } from '#model/range.ts';
import { type Pool, type Service, serviceKey } from '#model/resources.ts';
import type { Desired } from '#model/snapshot.ts';
import { pool, service } from '../../support/objects.ts';
import { World } from '../../support/world.ts';

/** Hundreds of worlds each: seconds on a busy machine. */
setDefaultTimeout(60_000);

const seed = 20_260_101;

const cidrs = ['10.0.0.0/30', '10.0.0.2/31', '10.0.1.0/29', '10.0.1.4/32', 'fd00::/126', 'fd00::2/127', 'fd01::/64'];
const wishes = ['10.0.0.0', '10.0.0.3', '10.0.1.4', 'fd00::1', 'fd01::5', '192.0.2.1', 'banana'];

const poolArbitrary: fc.Arbitrary<Pool> = fc
  .record({
    name: fc.constantFrom('blue', 'green', 'red'),
    blocks: fc.array(fc.constantFrom(...cidrs, '10.0.0.0/99'), { minLength: 1, maxLength: 2 }),
    createdMs: fc.nat({ max: 2 }),
    disabled: fc.oneof({ weight: 5, arbitrary: fc.constant(false) }, fc.constant(true)),
    allowFirstLastIPs: fc.boolean(),
    color: fc.option(fc.constantFrom('x', 'y')),
    priority: fc.option(fc.constantFrom('1', '-1', 'high')),
    reuse: fc.option(fc.constantFrom('oldest', 'lowest')),
  })
  .map(({ name, blocks, color, priority, reuse, ...more }) =>
    pool(name, '', {
      ...more,
      blocks: blocks.map((cidr) => ({ cidr })),
      annotations: {
        ...(priority === null ? {} : { 'lanlord.dev/priority': priority }),
        ...(reuse === null ? {} : { 'lanlord.dev/reuse': reuse }),
      },
      ...(color === null ? {} : { serviceSelector: { matchLabels: { color } } }),
    }),
  );

const serviceArbitrary: fc.Arbitrary<Service> = fc
  .record({
    key: fc.constantFrom('a/1', 'a/2', 'a/3', 'a/4', 'b/1', 'b/2', 'b/3'),
    createdMs: fc.nat({ max: 2 }),
    color: fc.constantFrom('x', 'y'),
    sharing: fc.option(fc.constantFrom('k', 'l')),
    across: fc.option(fc.constantFrom('*', 'a', 'b')),
    wish: fc.option(fc.subarray(wishes, { minLength: 1, maxLength: 2 }), { freq: 3 }),
    port: fc.constantFrom(80, 81, 82),
    policy: fc.constantFrom('Cluster' as const, 'Cluster' as const, 'Local' as const),
    families: fc.constantFrom('SingleStack' as const, 'PreferDualStack' as const, 'RequireDualStack' as const),
    type: fc.constantFrom('LoadBalancer', 'LoadBalancer', 'LoadBalancer', 'ClusterIP'),
  })
  .map(({ key, color, sharing, across, wish, port, policy, families, ...more }) =>
    service(key, {
      ...more,
      labels: { color },
      ports: [{ port, protocol: 'TCP' }],
      externalTrafficPolicy: policy,
      selector: { app: 'one' },
      ipFamilyPolicy: families,
      annotations: {
        ...(sharing === null ? {} : { 'lbipam.cilium.io/sharing-key': sharing }),
        ...(across === null ? {} : { 'lbipam.cilium.io/sharing-cross-namespace': across }),
        ...(wish === null ? {} : { 'lbipam.cilium.io/ips': wish.join(',') }),
      },
    }),
  );

type Edit =
  | { readonly kind: 'pool'; readonly pool: Pool }
  | { readonly kind: 'no pool'; readonly name: string }
  | { readonly kind: 'service'; readonly service: Service }
  | { readonly kind: 'no service'; readonly key: string }
  | { readonly kind: 'restart' };

const editArbitrary: fc.Arbitrary<Edit> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('pool' as const), pool: poolArbitrary }) },
  fc.record({ kind: fc.constant('no pool' as const), name: fc.constantFrom('blue', 'green', 'red') }),
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('service' as const), service: serviceArbitrary }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('no service' as const), key: fc.constantFrom('a/1', 'a/2', 'b/1') }),
  },
  fc.record({ kind: fc.constant('restart' as const) }),
);

/** Objects by name, edited in place. */
class Declared {
  readonly pools = new Map<string, Pool>();
  readonly services = new Map<string, Service>();

  apply(edit: Edit): void {
    if (edit.kind === 'pool') this.pools.set(edit.pool.name, edit.pool);
    if (edit.kind === 'no pool') this.pools.delete(edit.name);
    if (edit.kind === 'service') this.services.set(serviceKey(edit.service), edit.service);
    if (edit.kind === 'no service') this.services.delete(edit.key);
  }

  get inputs() {
    return { pools: [...this.pools.values()], services: [...this.services.values()] };
  }
}

const editsArbitrary = fc.array(editArbitrary, { minLength: 1, maxLength: 25 });

/** Plays the edits, one round after each, and calls back after every round. */
function play(
  edits: readonly Edit[],
  look: (world: World, declared: Declared, edit: Edit, before: Desired | null) => void,
): World {
  const world = new World();
  const declared = new Declared();
  for (const edit of edits) {
    const before = world.desired;
    declared.apply(edit);
    if (edit.kind === 'restart') world.memory = structuredClone(world.memory);
    world.round(declared.inputs);
    look(world, declared, edit, before);
  }
  return world;
}

function property(check: (edits: readonly Edit[]) => void, numRuns = 1500): void {
  fc.assert(fc.property(editsArbitrary, check), { seed, numRuns });
}

const held = (desired: Desired | null) =>
  (desired?.allocations ?? []).map((one) => `${one.service} ${formatAddress(one.address)}`);

/** Without what tells the status writer once to take something back. */
function lasting(desired: Desired | null) {
  const services = desired?.services.map(({ key, addresses, reasons, condition }) => ({
    key,
    addresses,
    reasons,
    condition,
  }));
  return { ...desired, services };
}

describe('allocation, for every sequence of edits and restarts', () => {
  test('no address has two holders that may not share it', () => {
    property((edits) => {
      play(edits, (world, { services }) => {
        const byAddress = Map.groupBy(world.desired?.allocations ?? [], (one) => formatAddress(one.address));
        for (const holders of byAddress.values()) {
          const sharing = holders.map((one) => serviceFacts(services.get(one.service) as Service).sharing);
          for (const [i, a] of sharing.entries()) {
            for (const b of sharing.slice(i + 1)) expect(sharingObstacle(a, b)).toBeNull();
          }
        }
      });
    });
  });

  test('every address comes from a pool that contains it and selects its service', () => {
    property((edits) => {
      play(edits, (world, { services }) => {
        for (const { service: key, pool: name, address } of world.desired?.allocations ?? []) {
          const good = world.memory.goodPools.get(name);
          const outcome = world.desired?.pools.find((one) => one.name === name);
          expect(outcome?.ranges.some((range) => rangeContains(range, address))).toBe(true);
          const color = good?.serviceSelector?.matchLabels?.['color'];
          if (color !== undefined) expect(services.get(key)?.labels['color']).toBe(color);
        }
      });
    });
  });

  test('a service that was not edited keeps its addresses while pools stay as they are', () => {
    property((edits) => {
      play(edits, (world, _declared, edit, before) => {
        if (edit.kind === 'pool' || edit.kind === 'no pool') return;
        const edited = edit.kind === 'service' ? serviceKey(edit.service) : edit.kind === 'no service' ? edit.key : '';
        const now = new Set(held(world.desired));
        for (const one of held(before)) if (!one.startsWith(`${edited} `)) expect(now).toContain(one);
      });
    });
  });

  test('an address of an untouched service survives the edit of a pool that does not hold it', () => {
    property((edits) => {
      play(edits, (world, _declared, edit, before) => {
        if (edit.kind !== 'pool' && edit.kind !== 'no pool') return;
        const name = edit.kind === 'pool' ? edit.pool.name : edit.name;
        const now = new Set(held(world.desired));
        // A first pool wakes allocation up and the last one that goes ends it: then nothing is kept.
        if (world.desired?.pools.length === 0) return;
        for (const one of before?.allocations ?? []) {
          if (one.pool !== name) expect(now).toContain(`${one.service} ${formatAddress(one.address)}`);
        }
      });
    });
  });

  test('evaluating again changes nothing', () => {
    property((edits) => {
      play(edits, (world, declared) => {
        const first = lasting(world.desired);
        expect(lasting(world.round(declared.inputs))).toEqual(first);
      });
    }, 500);
  });

  test('the order of the inputs and of the remembered records does not matter', () => {
    property((edits) => {
      play(edits, (world, declared, _edit, before) => {
        const mirror = new World();
        if (before) mirror.memory = { ...before.memory, allocations: before.memory.allocations.toReversed() };
        const { pools, services } = declared.inputs;
        mirror.round({ pools: pools.toReversed(), services: services.toReversed() });
        expect(mirror.desired).toEqual(world.desired);
      });
    }, 500);
  });

  test('used and available are the size, and used covers every holder', () => {
    property((edits) => {
      play(edits, (world) => {
        for (const { ranges, total, used, available } of world.desired?.pools ?? []) {
          expect(used + available).toBe(total);
          expect(available >= 0n).toBe(true);
          const inside = (world.desired?.allocations ?? []).filter(({ address }) =>
            ranges.some((range) => rangeContains(range, address)),
          );
          expect(used >= BigInt(new Set(inside.map(({ address }) => formatAddress(address))).size)).toBe(true);
        }
      });
    });
  });

  test('every handled service has what it asks for, or a reason', () => {
    property((edits) => {
      play(edits, (world) => {
        for (const { handled, families, addresses, reasons } of world.desired?.services ?? []) {
          if (!handled || reasons.length > 0) continue;
          expect(addresses.length).toBeGreaterThan(0);
          const asked = new Set<string>(families);
          expect(addresses.every(({ family }) => asked.has(family))).toBe(true);
        }
      });
    });
  });

  test('releasing everything returns to the fresh state', () => {
    property((edits) => {
      const world = play(edits, () => undefined);
      world.round({});
      expect(world.memory).toMatchObject({ allocations: [], goodPools: new Map(), owned: new Map(), released: [] });
      const declared = new Declared();
      for (const edit of edits) declared.apply(edit);
      const fresh = new World();
      expect(held(world.round(declared.inputs))).toEqual(held(fresh.round(declared.inputs)));
    });
  });
});
