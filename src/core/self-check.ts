// When the wire is asked whether anybody else answers for an address of ours.

/** Every address is asked about once in this time, as long as that is no more than `mostPerSecond` questions. */
const roundMs = 60_000;
/** Broadcasts that nobody but us needs: as few as a quiet LAN does not notice. */
const mostPerSecond = 10;
/** A contested address is asked about as often as it may be defended. */
const contestedMs = 10_000;
/** BOUNDED: contested addresses that are asked about more often; as many as there are conflict slots. */
const mostContested = 64;

/**
 * Goes round all live addresses, evenly spread. A host that took an address silently, before we came or while a switch
 * kept us apart, answers and is found out. Pure: time (monotonic milliseconds) is given.
 */
export class SelfCheck {
  #keys: readonly string[] = [];
  #next = 0;
  #dueMs = 0;
  /** Address to the time of its next question. */
  readonly #contested = new Map<string, number>();

  /** `keys`: all live addresses. */
  sync(keys: readonly string[], nowMs: number): void {
    // A new set does not make the next question wait longer, and nothing is asked right after a start.
    if (this.#keys.length === 0) this.#dueMs = nowMs + roundMs;
    else this.#dueMs = Math.min(this.#dueMs, nowMs + this.#spacingMs(keys.length));
    this.#keys = keys;
    const live = new Set(keys);
    for (const key of this.#contested.keys()) if (!live.has(key)) this.#contested.delete(key);
  }

  /** Somebody else claimed this address. */
  contested(key: string, nowMs: number): void {
    if (this.#contested.has(key) || this.#contested.size >= mostContested) return;
    this.#contested.set(key, nowMs + contestedMs);
  }

  /** The address is quiet again. */
  settled(key: string): void {
    this.#contested.delete(key);
  }

  contestedKeys(): readonly string[] {
    return [...this.#contested.keys()];
  }

  /** The address to ask about now, or null. */
  take(nowMs: number): string | null {
    for (const [key, dueMs] of this.#contested) {
      if (dueMs > nowMs) continue;
      this.#contested.set(key, nowMs + contestedMs);
      return key;
    }
    if (this.#keys.length === 0 || this.#dueMs > nowMs) return null;
    this.#next = this.#next < this.#keys.length ? this.#next : 0;
    this.#dueMs = nowMs + this.#spacingMs(this.#keys.length);
    return this.#keys[this.#next++] ?? null;
  }

  /** Whole milliseconds until `take` may return something; Infinity when never. */
  delayMs(nowMs: number): number {
    let dueMs = this.#keys.length === 0 ? Number.POSITIVE_INFINITY : this.#dueMs;
    for (const contested of this.#contested.values()) dueMs = Math.min(dueMs, contested);
    return Math.max(0, Math.ceil(dueMs - nowMs));
  }

  #spacingMs(count: number): number {
    return Math.max(roundMs / Math.max(1, count), 1000 / mostPerSecond);
  }
}
