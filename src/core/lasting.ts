// Tells what is so for long enough from what passes.

export class Lasting {
  readonly #forMs: number;
  /** Since when; BOUNDED: by what was given last. */
  #since = new Map<string, number>();

  constructor(forMs: number) {
    this.#forMs = forMs;
  }

  /** Those of `items` whose name was there at every look for as long. */
  filter<T>(items: readonly T[], nameOf: (item: T) => string, nowMs: number): readonly T[] {
    const since = new Map(items.map((item) => [nameOf(item), this.#since.get(nameOf(item)) ?? nowMs]));
    this.#since = since;
    return items.filter((item) => nowMs - (since.get(nameOf(item)) ?? nowMs) >= this.#forMs);
  }

  /** Whether time alone will tell more. */
  isPending(nowMs: number): boolean {
    return [...this.#since.values()].some((at) => nowMs - at < this.#forMs);
  }
}
