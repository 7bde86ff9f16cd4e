// Gives memory back once the work of a start or a reload is done.
import type { Clock } from '#ports.ts';

/** Reloads come in bursts (an editor that saves twice): quiet for this long counts as done. */
const quietMs = 5000;
/** The first resync (30 s) and what else is rare have run by then: their code is not needed for long. */
const restMs = 40_000;

export class IdleMemory {
  readonly #clock: Clock;
  readonly #dropPages: () => void;
  #cancel = () => {};

  /** `dropPages`: takes pages of the executable out of memory until they are used again. */
  constructor(clock: Clock, dropPages: () => void) {
    this.#clock = clock;
    this.#dropPages = dropPages;
  }

  /** Much was allocated: garbage goes a few seconds later. */
  noteWork(): void {
    this.#cancel();
    this.#cancel = this.#clock.setTimeout(() => {
      Bun.gc(true);
      Bun.shrink();
      this.#dropPages();
      this.#cancel = this.#clock.setTimeout(this.#dropPages, restMs);
    }, quietMs);
  }

  stop(): void {
    this.#cancel();
  }
}
