// Gives memory back once the work of a start or a reload is done.
import type { Clock } from '#ports.ts';

/** Reloads come in bursts (an editor that saves twice): quiet for this long counts as done. */
const quietMs = 5000;
/** By then the runtime has collected the garbage of a round, which uses code that is not needed for long either. */
const collectedMs = 10_000;

export class IdleMemory {
  readonly #clock: Clock;
  readonly #dropPages: () => void;
  #cancelWork: (() => void) | null = null;
  #cancelDrop: (() => void) | null = null;

  /** `dropPages`: takes pages of code out of memory until they are used again. */
  constructor(clock: Clock, dropPages: () => void) {
    this.#clock = clock;
    this.#dropPages = dropPages;
  }

  /** Much was allocated: garbage goes a few seconds later. */
  noteWork(): void {
    this.#cancelWork?.();
    this.#cancelWork = this.#clock.setTimeout(() => {
      this.#cancelWork = null;
      Bun.gc(true);
      Bun.shrink();
      this.#dropPages();
    }, quietMs);
  }

  /** A round that changed nothing, which is rare: its code goes at once, and that of its garbage later. */
  noteIdleRound(): void {
    if (this.#cancelWork || this.#cancelDrop) return;
    this.#dropPages();
    this.#cancelDrop = this.#clock.setTimeout(() => {
      this.#cancelDrop = null;
      this.#dropPages();
    }, collectedMs);
  }

  stop(): void {
    this.#cancelWork?.();
    this.#cancelDrop?.();
  }
}
