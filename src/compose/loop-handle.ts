// The loop, for parts that are made before it. Until it is there, nobody has anything to tell it.
import type { Reconciler } from '#daemon/reconciler.ts';
import type { DaemonStore } from '#daemon/store.ts';

export class LoopHandle {
  #loop: Reconciler | null = null;

  attach(loop: Reconciler): void {
    this.#loop = loop;
  }

  /** Something changed: look again, soon. */
  trigger(): void {
    this.#loop?.trigger();
  }

  /** Links changed: bring the problems up to date. */
  refresh(): void {
    this.#loop?.refresh();
  }

  store(): DaemonStore | null {
    return this.#loop?.store ?? null;
  }
}
