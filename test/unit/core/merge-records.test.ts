// Records of several boxes put together: the order in which they are heard does not matter.
import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { mergeRecords } from '#core/merge-records.ts';
import type { PeerRecord } from '#model/records.ts';
import { address } from '../../support/objects.ts';

const seed = 20_261_123;

const recordArbitrary: fc.Arbitrary<PeerRecord> = fc.record({
  service: fc.constantFrom('a/1', 'a/2', 'b/1'),
  address: fc.constantFrom('10.0.0.1', '10.0.0.2', '0.0.0.7', '::7').map(address),
  sinceMs: fc.nat({ max: 3 }),
  node: fc.constantFrom('n1', 'n2'),
  pool: fc.constantFrom('blue', 'red'),
  origin: fc.constantFrom('auto' as const, 'shared' as const),
  mark: fc.constantFrom('', 'x.y'),
  by: fc.constantFrom('n1', 'n2'),
});
const setArbitrary = fc.array(recordArbitrary, { maxLength: 8 });

function given(service: string, ip: string, sinceMs: number, node = 'n1'): PeerRecord {
  return { service, address: address(ip), sinceMs, node, pool: 'blue', origin: 'auto', mark: '', by: node };
}

describe('mergeRecords()', () => {
  test('is idempotent', () => {
    const check = (a: readonly PeerRecord[]) => {
      const once = mergeRecords(a);
      expect(mergeRecords(once, once)).toEqual(once);
    };
    fc.assert(fc.property(setArbitrary, check), { seed, numRuns: 2000 });
  });

  test('is commutative', () => {
    const check = (a: readonly PeerRecord[], b: readonly PeerRecord[]) =>
      expect(mergeRecords(a, b)).toEqual(mergeRecords(b, a));
    fc.assert(fc.property(setArbitrary, setArbitrary, check), { seed, numRuns: 2000 });
  });

  test('is associative', () => {
    const check = (a: readonly PeerRecord[], b: readonly PeerRecord[], c: readonly PeerRecord[]) =>
      expect(mergeRecords(mergeRecords(a, b), c)).toEqual(mergeRecords(a, mergeRecords(b, c)));
    fc.assert(fc.property(setArbitrary, setArbitrary, setArbitrary, check), { seed, numRuns: 2000 });
  });

  test('keeps the earliest record of a service and an address, of one millisecond that of the lesser name', () => {
    const late = [given('a/1', '10.0.0.1', 9, 'n1'), given('a/2', '10.0.0.2', 5, 'n2')];
    const early = [given('a/1', '10.0.0.1', 3, 'n2'), given('a/2', '10.0.0.2', 5, 'n1')];
    expect(mergeRecords(late, early)).toEqual(early);
  });

  test('keeps several addresses of one service and several services of one address: which stays follows from the whole', () => {
    const all = [given('a/1', '10.0.0.1', 1), given('a/1', '10.0.0.2', 2), given('a/2', '10.0.0.1', 3)];
    expect(mergeRecords(all)).toEqual(all);
  });
});
