// Boxes that share a LAN hold the same addresses in the end, and whoever held one first keeps it.
import { describe, expect, test } from 'bun:test';
import type { Observed } from '#model/snapshot.ts';
import { AgreeingBox } from '../support/agreeing-boxes.ts';
import { type MakeBox, runAgreement } from './agreement.ts';

/** How many in the suite. */
const schedules = 60;
/** Each broken box is noticed within the first sixty as well; not every change of a seed has to show. */
const mostTries = 300;
/** Later than any time of a schedule: what is given later looks earlier from there. */
const mirrorMs = 1_000_000;

/** A merge that prefers the later record: its time runs backwards while it decides. */
class LaterWins extends AgreeingBox {
  override round(nowMs: number, more: Partial<Observed> = {}) {
    this.#turnBack();
    const desired = super.round(mirrorMs - nowMs - 2 * this.skewMs, more);
    this.#turnBack();
    return desired;
  }

  #turnBack(): void {
    const allocations = this.memory.allocations.map((one) => ({ ...one, sinceMs: mirrorMs - one.sinceMs }));
    this.memory = { ...this.memory, allocations };
    for (const [name, { records, exclusions }] of this.heard) {
      const turned = records.map((record) => ({ ...record, sinceMs: mirrorMs - record.sinceMs }));
      this.heard.set(name, { records: turned, exclusions });
    }
    if (this.desired) this.desired = { ...this.desired, allocations };
  }
}

/** Gives addresses as if it were alone. */
class Loner extends AgreeingBox {
  override round(nowMs: number, more: Partial<Observed> = {}) {
    this.heard.clear();
    return super.round(nowMs, more);
  }
}

/** Keeps what it holds, whatever others held before. */
class Stubborn extends AgreeingBox {
  override round(nowMs: number, more: Partial<Observed> = {}) {
    const own = new Set(this.memory.allocations.map(({ service }) => service));
    for (const [name, { records, exclusions }] of this.heard) {
      this.heard.set(name, { records: records.filter(({ service }) => !own.has(service)), exclusions });
    }
    return super.round(nowMs, more);
  }
}

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
  const broken: [string, MakeBox, RegExp][] = [
    ['the later record is preferred', (name, skewMs) => new LaterWins(name, skewMs), /before all others/],
    ['records of others are not heard', (name, skewMs) => new Loner(name, skewMs), /differ/],
    ['what is held is kept, whatever others say', (name, skewMs) => new Stubborn(name, skewMs), /differ/],
  ];
  for (const [name, makeBox, complaint] of broken) {
    test(name, () => expect(firstFailure(mostTries, makeBox)).toMatch(complaint), 60_000);
  }
});
