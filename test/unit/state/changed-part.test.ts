// Writing only what two memories do not share leaves what writing all of them leaves.
import { expect, test } from 'bun:test';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import type { Memory } from '#model/snapshot.ts';
import { changedPart, nextSeal, replaceEntries } from '#state/changed-part.ts';
import { type Entries, entriesOf, readKept, writeDifference } from '#state/records.ts';
import { address, allocation, pool } from '../../support/objects.ts';

// The same objects again and again, as rounds hand them on, and equal ones that are others.
const allocations = [0, 1, 2, 3, 4, 5].flatMap((i) => {
  const one = allocation(`a/s${i}`, `10.0.0.${i}`);
  return [one, structuredClone(one), { ...one, sinceMs: 7 }];
});
const pools = [pool('blue'), pool('blue', '10.1.0.0/24'), pool('red')];
const texts = [['10.0.0.1'], ['10.0.0.1'], ['10.0.0.2', '10.0.0.3']];
const quarantined = { address: address('10.0.0.9'), interface: 'eth0', mac: '02:00:00:00:00:09', sinceMs: 3 };

const textsArbitrary = fc
  .array(fc.tuple(fc.constantFrom('x', 'y', 'z'), fc.constantFrom(...texts)))
  .map((pairs) => new Map(pairs));

const memoryArbitrary: fc.Arbitrary<Memory> = fc.record({
  allocations: fc.uniqueArray(fc.constantFrom(...allocations), { selector: ({ service }) => service }),
  goodPools: fc.subarray(pools).map((some) => new Map(some.map((one) => [one.name, one]))),
  goodPolicies: fc.constant(new Map()),
  owned: textsArbitrary,
  policyFaults: textsArbitrary,
  claimed: textsArbitrary,
  quarantine: fc.constantFrom([], [quarantined]),
  released: fc.constantFrom([], [address('10.0.0.8')]),
});

test('for every sequence of memories', () => {
  fc.assert(
    fc.property(fc.array(memoryArbitrary, { minLength: 2, maxLength: 8 }), ([first, ...rest]) => {
      const db = new DatabaseSync(':memory:');
      db.exec('CREATE TABLE record (kind TEXT, id TEXT, body TEXT, crc INTEGER, PRIMARY KEY (kind, id)) WITHOUT ROWID');
      db.exec('CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID');
      if (!first) return;
      const stored: Entries = entriesOf(first, new Map());
      writeDifference(db, new Map(), stored);
      let before = first;
      for (const after of rest) {
        const part = changedPart(before, after);
        const [old, fresh] = [entriesOf(part.before, stored), entriesOf(part.after, stored)];
        writeDifference(db, old, fresh, nextSeal(stored, old, fresh));
        replaceEntries(stored, old, fresh);
        before = after;
        const kept = readKept(db);
        expect(kept.intact).toBe(true);
        const bodies = (entries: Entries) => [...entries.values()].map(({ key, crc }) => `${key} ${crc}`).sort();
        expect(bodies(kept.entries)).toEqual(bodies(entriesOf(after, new Map())));
        expect(bodies(stored)).toEqual(bodies(kept.entries));
      }
      db.close();
    }),
    { seed: 13, numRuns: 500 },
  );
});
