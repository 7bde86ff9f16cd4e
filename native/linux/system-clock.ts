// The clocks and the timer of this machine, as one object.
import { boottimeMs } from './clock.ts';

export const systemClock = {
  monotonicMs: boottimeMs,
  wallMs: Date.now,
  /** Gives the function that ends the wait. */
  setTimeout(callback: () => void, delayMs: number): () => void {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};
