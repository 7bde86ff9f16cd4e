// Boxes that agree on addresses in a way that is broken on purpose: the simulation must notice every one of them.
import type { Observed } from '#model/snapshot.ts';
import { AgreeingBox } from '../support/agreeing-boxes.ts';
import type { MakeBox } from './agreement.ts';

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

export interface BrokenBox {
  /** What it does wrong. */
  readonly name: string;
  readonly makeBox: MakeBox;
  /** What is noticed. */
  readonly complaint: RegExp;
}

export const brokenBoxes: readonly BrokenBox[] = [
  {
    name: 'the later record is preferred',
    makeBox: (name, skewMs) => new LaterWins(name, skewMs),
    complaint: /before all others/,
  },
  { name: 'records of others are not heard', makeBox: (name, skewMs) => new Loner(name, skewMs), complaint: /differ/ },
  {
    name: 'what is held is kept, whatever others say',
    makeBox: (name, skewMs) => new Stubborn(name, skewMs),
    complaint: /differ/,
  },
];
