// Boxes that share a LAN hold the same addresses in the end, and whoever held one first keeps it.
import { describe, expect, test } from 'bun:test';
import { type MakeBox, runAgreement } from './agreement.ts';
import { brokenBoxes } from './broken-boxes.ts';

/** How many in the suite. */
const schedules = 60;
/** Each broken box is noticed within the first sixty as well; not every change of a seed has to show. */
const mostTries = 300;
function firstFailure(count: number, makeBox?: MakeBox): string | null {
  for (let seed = 1; seed <= count; seed++) {
    const wrong = runAgreement(seed, makeBox);
    if (wrong) return `seed ${seed}: ${wrong}`;
  }
  return null;
}

test(`${schedules} schedules of edits, losses, partitions, full disks and restarts: all agree, and the earliest holding stays`, () => {
  expect(firstFailure(schedules)).toBeNull();
}, 60_000);

describe('what is broken on purpose is noticed', () => {
  for (const { name, makeBox, complaint } of brokenBoxes) {
    test(name, () => expect(firstFailure(mostTries, makeBox)).toMatch(complaint), 60_000);
  }
});
