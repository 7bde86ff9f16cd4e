// Conflicts found by a sweep are those that comparing every pair finds.
import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { poolConflicts } from '#core/pool-conflict.ts';
import { comparePoolAge, poolState } from '#core/pool-state.ts';
import { rangesOverlap } from '#model/range.ts';
import { pool } from '../../support/objects.ts';

const block = fc
  .tuple(fc.boolean(), fc.nat({ max: 40 }), fc.nat({ max: 8 }))
  .map(([six, first, size]) =>
    six
      ? { start: `fd00::${first.toString(16)}`, stop: `fd00::${(first + size).toString(16)}` }
      : { start: `10.0.0.${first}`, stop: `10.0.0.${first + size}` },
  );
const pools = fc
  .array(fc.tuple(fc.nat({ max: 2 }), fc.array(block, { maxLength: 4 })), { maxLength: 6 })
  .map((list) => list.map(([createdMs, blocks], i) => poolState(pool(`p${i}`, '', { createdMs, blocks }), undefined)));

test('the oldest pool that is overlapped is found, as by comparing every pair', () => {
  fc.assert(
    fc.property(pools, (states) => {
      const found = poolConflicts(states);
      for (const state of states) {
        const rivals = states.filter((other) => {
          if (other !== state) {
            const overlap = state.ranges.some((a) => other.ranges.some((b) => rangesOverlap(a, b)));
            return overlap && comparePoolAge(other, state) < 0;
          }
          return state.ranges.some((a, i) => state.ranges.slice(i + 1).some((b) => rangesOverlap(a, b)));
        });
        const oldest = [...rivals].sort(comparePoolAge)[0];
        const conflict = found.get(state.name);
        expect(conflict?.other).toBe(oldest?.name as string);
        if (conflict) expect(rangesOverlap(conflict.range, conflict.otherRange)).toBe(true);
      }
    }),
    { seed: 20_260_103, numRuns: 5000 },
  );
});
