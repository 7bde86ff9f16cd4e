// Which box leads which group by choice.
import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { shardOf } from '#core/election-groups.ts';
import { priorityOf, type SpreadGroup, spread } from '#core/spread.ts';
import { seeded } from '../../support/seeded.ts';

const seed = 20_261_124;
const boxes = fc.uniqueArray(fc.stringMatching(/^[a-z0-9-]{1,12}$/), { minLength: 1, maxLength: 9 });
const groups = fc.uniqueArray(fc.record({ id: fc.integer({ min: 1, max: 255 }), addresses: fc.nat({ max: 60 }) }), {
  selector: ({ id }) => id,
  maxLength: 80,
});

const even = (count: number, addresses = 1): readonly SpreadGroup[] =>
  Array.from({ length: count }, (_, i) => ({ id: 128 + i, addresses }));

/** Addresses by first choice. */
function shares(some: readonly SpreadGroup[], names: readonly string[], dead = ''): ReadonlyMap<string, number> {
  const ranking = spread(some, names);
  const found = new Map(names.filter((name) => name !== dead).map((name) => [name, 0]));
  for (const { id, addresses } of some) {
    const first = ranking.get(id)?.find((name) => name !== dead) ?? '';
    found.set(first, (found.get(first) ?? 0) + addresses);
  }
  return found;
}

function ratio(counts: ReadonlyMap<string, number>): number {
  return Math.max(...counts.values()) / Math.min(...counts.values());
}

/** 1,000 neighboring addresses in 64 groups. */
function thousand(first: bigint): readonly SpreadGroup[] {
  const ids = Array.from({ length: 64 }, (_, i) => 128 + i);
  const counts = new Map(ids.map((id) => [id, 0]));
  for (let i = 0n; i < 1000n; i++) {
    const id = shardOf({ family: 'IPv4', value: first + i }, ids);
    counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  return [...counts].map(([id, addresses]) => ({ id, addresses }));
}

describe('spread()', () => {
  test('ranks every box once for every group, whatever the order of both', () => {
    const check = (some: readonly SpreadGroup[], names: readonly string[]) => {
      const ranking = spread(some, names);
      expect([...ranking.keys()].sort((a, b) => a - b)).toEqual(some.map(({ id }) => id).sort((a, b) => a - b));
      for (const ranked of ranking.values()) expect([...ranked].sort()).toEqual([...names].sort());
      const other = spread([...some].reverse(), [...names].reverse());
      expect(new Map([...other].sort())).toEqual(new Map([...ranking].sort()));
    };
    fc.assert(fc.property(groups, boxes, check), { seed, numRuns: 300 });
  });

  test('a box is first choice for at most ceil(groups / boxes) groups', () => {
    const check = (some: readonly SpreadGroup[], names: readonly string[]) => {
      const firsts = Map.groupBy(spread(some, names).values(), ([first = '']) => first);
      for (const own of firsts.values()) expect(own.length).toBeLessThanOrEqual(Math.ceil(some.length / names.length));
    };
    fc.assert(fc.property(groups, boxes, check), { seed, numRuns: 300 });
  });

  test('six groups of one address and three boxes: two each', () => {
    for (let i = 0; i < 50; i++) {
      expect([...shares(even(6), [`a${i}`, `b${i}`, `c${i}`]).values()]).toEqual([2, 2, 2]);
    }
  });

  test('1,000 addresses in 64 groups over three boxes: the largest share is at most 1.3 times the smallest', () => {
    const random = seeded(seed);
    for (let i = 0; i < 300; i++) {
      const some = thousand(BigInt(Math.floor(random() * 0xdfff0000)));
      const names = [`edge-${i}`, `${Math.floor(random() * 1e9)}`, `box${i}.example`];
      expect(ratio(shares(some, names))).toBeLessThanOrEqual(1.3);
      // When one dies its groups go to their second choice, evenly again.
      expect(ratio(shares(some, names, names[i % 3]))).toBeLessThanOrEqual(1.3);
    }
  });

  test('few groups change their first choice when a box comes or goes, or an address', () => {
    let [gone, come, grown] = [0, 0, 0];
    const rounds = 100;
    for (let i = 0; i < rounds; i++) {
      const some = thousand(0x0a000000n + BigInt(i * 4096));
      const names = [`a-${i}`, `b-${i}`, `c-${i}`];
      const firsts = (ranking: ReturnType<typeof spread>) => some.map(({ id }) => ranking.get(id)?.[0]);
      const before = firsts(spread(some, names));
      const changed = (after: readonly (string | undefined)[]) =>
        after.filter((name, at) => name !== before[at]).length;
      const lost = before.filter((name) => name === names[2]).length;
      gone += changed(firsts(spread(some, names.slice(0, 2)))) - lost;
      come += changed(firsts(spread(some, [...names, `d-${i}`])));
      const more = some.map((one, at) => (at === i % 64 ? { ...one, addresses: one.addresses + 1 } : one));
      grown += changed(firsts(spread(more, names)));
    }
    // Of 64. A fourth box takes 16; nobody else's groups need to move when one goes, or an address comes.
    expect(gone / rounds).toBeLessThan(5);
    expect(come / rounds).toBeLessThan(24);
    expect(grown / rounds).toBeLessThan(1.5);
  });

  test('is the same in every version: boxes are not upgraded at one moment', () => {
    const ranking = spread(even(4), ['edge-1', 'edge-2', 'edge-3']);
    expect([...ranking].map(([id, ranked]) => `${id} ${ranked.map((name) => name.at(-1)).join('')}`).sort()).toEqual([
      '128 213',
      '129 321',
      '130 123',
      '131 312',
    ]);
  });
});

test('priorityOf() falls by 16 with the rank, down to rank 15', () => {
  expect([0, 1, 2, 14, 15, 16, 400].map(priorityOf)).toEqual([254, 238, 222, 30, 14, 14, 14]);
});
