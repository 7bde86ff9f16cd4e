// How far the wall clock of another box is ahead of this one's, from when its hellos say that they were sent. For people
// alone: nothing is decided by it.

/** BOUNDED: samples. A hello that waited makes its own too small: the largest of some is the nearest. */
const keptSamples = 8;
/** Smaller changes are the way here, and a busy box: what is told stands still meanwhile. */
const leastChangeMs = 250;

export class ClockOffset {
  readonly #samples: number[] = [];
  #told: number | null = null;

  /** @param theirMs when it was sent, by the clock there; 0: not told. @param ownMs when it was heard, by the clock here */
  note(theirMs: number, ownMs: number): void {
    if (theirMs === 0) return;
    this.#samples.push(theirMs - ownMs);
    if (this.#samples.length > keptSamples) this.#samples.shift();
    const best = Math.max(...this.#samples);
    if (this.#told === null || Math.abs(best - this.#told) >= leastChangeMs) this.#told = best;
  }

  /** Milliseconds that it is ahead; less than none: behind. Null: it does not say. */
  get aheadMs(): number | null {
    return this.#told;
  }
}
