// What pools contain and never give, as ranges.
import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { closedRanges } from '#core/closed-ranges.ts';
import { difference, intersection, intervalOf, intervalSet } from '#core/interval-set.ts';
import { formatRange, type Range } from '#model/range.ts';
import type { Pool } from '#model/resources.ts';
import { networkInterface, pool } from '../../support/objects.ts';
import { addressesOn, World } from '../../support/world.ts';

const eth0 = { ...addressesOn(networkInterface('eth0'), '10.0.0.5/24', 'fd00::5/64'), gateways: ['10.0.0.1'] };

function closed(...pools: readonly Pool[]): readonly string[] {
  const world = new World({ interfaces: [eth0] });
  world.round({ pools });
  return closedRanges(world.snapshot).map((one) => `${one.pool} ${one.state} ${formatRange(one.range)}`);
}

const exclude = (text: string) => ({ annotations: { 'lanlord.dev/exclude': text } });

test('names own, excluded, reserved and special addresses, each with its first reason', () => {
  expect(
    closed(pool('p', '10.0.0.0/24', { allowFirstLastIPs: false, ...exclude('10.0.0.4-10.0.0.9, 10.0.0.255') })),
  ).toEqual([
    'p reserved 10.0.0.0',
    'p special 10.0.0.1',
    'p excluded 10.0.0.4',
    'p own 10.0.0.5',
    'p excluded 10.0.0.6-10.0.0.9',
    'p excluded 10.0.0.255',
  ]);
});

test('special addresses may be given where the pool says so, the own one never', () => {
  const annotations = { 'lanlord.dev/allow-special': 'true' };
  expect(closed(pool('p', '10.0.0.0/24', { annotations }))).toEqual(['p own 10.0.0.5']);
});

test('a /48 costs no more than its exclusions, and nothing outside of the pool is named', () => {
  expect(
    closed(pool('p', 'fd00::/48', exclude('fd00::100-fd00::ffff, 2001:db8::/32')), pool('q', '10.9.0.0/24')),
  ).toEqual(['p special fd00::', 'p own fd00::5', 'p excluded fd00::100-fd00::ffff']);
});

const ranges = fc.array(
  fc
    .tuple(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 6 }))
    .map(([first, more]): Range => ({ family: 'IPv4', first: BigInt(first), last: BigInt(first + more) })),
);

test('difference and intersection part a set', () => {
  fc.assert(
    fc.property(ranges, ranges, (left, right) => {
      const [a, b] = [intervalSet(left), intervalSet(right)];
      const [both, rest] = [intersection(a, b), difference(a, b)];
      for (let value = 0n; value < 50n; value++) {
        const [inA, inB] = [a, b].map((set) => intervalOf(set, 'IPv4', value) !== null);
        expect(intervalOf(rest, 'IPv4', value) !== null).toBe(inA === true && inB === false);
        expect(intervalOf(both, 'IPv4', value) !== null).toBe(inA === true && inB === true);
      }
    }),
    { seed: 20261123, numRuns: 2000 },
  );
});
