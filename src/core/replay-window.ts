// Which datagrams of one sender were heard already, though some may overtake others.
// The sliding window of RFC 4303 §3.4.3.

/**
 * How far a datagram may come after a later one: sockets are read one after the other, and while records are fetched
 * hundreds of datagrams wait in one of them.
 */
const windowSize = 1024;

export class ReplayWindow {
  #highest = 0;
  #lowest = 0;
  readonly #seen = new Set<number>();

  /** False: it was heard before, or is too old to tell. */
  accepts(counter: number): boolean {
    if (counter < this.#lowest || counter <= this.#highest - windowSize || this.#seen.has(counter)) return false;
    this.#seen.add(counter);
    if (counter > this.#highest) {
      this.#highest = counter;
      if (this.#seen.size > windowSize * 2) {
        for (const old of this.#seen) if (old <= counter - windowSize) this.#seen.delete(old);
      }
    }
    return true;
  }

  /** Nothing before this one counts from now on. */
  beginAt(counter: number): void {
    this.#lowest = counter;
  }
}
