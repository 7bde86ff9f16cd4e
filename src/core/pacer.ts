// How many frames may leave now, when at most so many a second may leave.

/** Share of the rate that may leave back to back: what 20 ms allow, so that a late wake-up loses nothing. */
const burstShare = 1 / 50;

/**
 * A token bucket that never lets more than `perSecond` frames out in any second: what may leave back to back is taken
 * off the steady rate. Some switches shut a port down for exceeding a rate, so the bound is exact.
 */
export class Pacer {
  #spacingMs = 0;
  #toleranceMs = 0;
  /** When the next frame would leave in perfect spacing. */
  #nextMs = Number.NEGATIVE_INFINITY;

  /** `perSecond`: 1…100000. */
  constructor(perSecond: number) {
    this.retune(perSecond);
  }

  /** Another rate from now on, also for what has left already. */
  retune(perSecond: number): void {
    const extra = Math.floor(perSecond * burstShare);
    this.#spacingMs = 1000 / (perSecond - extra);
    this.#toleranceMs = extra * this.#spacingMs;
  }

  /** The earliest time a frame may leave. */
  allowedAtMs(): number {
    return this.#nextMs - this.#toleranceMs;
  }

  /** A frame leaves now. */
  spend(nowMs: number): void {
    this.#nextMs = Math.max(nowMs, this.#nextMs) + this.#spacingMs;
  }

  /**
   * The last frames that were spent, so many, have left by now. A thread that was held up between both sends later than it
   * meant to, and without this the next ones would follow too closely.
   */
  left(count: number, nowMs: number): void {
    this.#nextMs = Math.max(this.#nextMs, nowMs + count * this.#spacingMs);
  }
}
