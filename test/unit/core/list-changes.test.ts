import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { listChanges } from '#core/list-changes.ts';

const lists = fc.uniqueArray(fc.integer({ min: 0, max: 12 }), { maxLength: 10 });

test('lists differ by what only one of them holds, in order, wherever the rest stands', () => {
  fc.assert(
    fc.property(lists, lists, (before, after) => {
      const { gone, come } = listChanges(before, after);
      expect(gone).toEqual(before.filter((item) => !after.includes(item)));
      expect(come).toEqual(after.filter((item) => !before.includes(item)));
    }),
    { seed: 7, numRuns: 3000 },
  );
});
