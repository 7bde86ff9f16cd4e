// A priority queue of things that are due at a time, with removal from the middle.

/** An entry belongs to one heap at a time. */
export interface Due {
  readonly key: string;
  dueMs: number;
  /** Position in its heap, -1 while in none; the heap's own. */
  position: number;
}

/** Binary heap by due time, then key. All operations take O(log n). BOUNDED by its user: one entry per VIP. */
export class DueHeap<T extends Due> {
  readonly #entries: T[] = [];

  /** What is due first. */
  peek(): T | undefined {
    return this.#entries[0];
  }

  push(entry: T): void {
    this.#entries.push(entry);
    this.#rise(entry, this.#entries.length - 1);
  }

  /** Does nothing when the entry is not in this heap. */
  remove(entry: T): void {
    const { position } = entry;
    if (this.#entries[position] !== entry) return;
    entry.position = -1;
    const last = this.#entries.pop();
    if (last === undefined || last === entry) return;
    this.#sink(last, position);
    this.#rise(last, last.position);
  }

  #rise(entry: T, from: number): void {
    let position = from;
    while (position > 0) {
      const above = (position - 1) >> 1;
      const parent = this.#entries[above];
      if (!parent || !before(entry, parent)) break;
      this.#place(parent, position);
      position = above;
    }
    this.#place(entry, position);
  }

  #sink(entry: T, from: number): void {
    let position = from;
    for (;;) {
      let below = position * 2 + 1;
      let child = this.#entries[below];
      if (!child) break;
      const right = this.#entries[below + 1];
      if (right && before(right, child)) {
        child = right;
        below++;
      }
      if (!before(child, entry)) break;
      this.#place(child, position);
      position = below;
    }
    this.#place(entry, position);
  }

  #place(entry: T, position: number): void {
    this.#entries[position] = entry;
    entry.position = position;
  }
}

function before(a: Due, b: Due): boolean {
  return a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.key < b.key);
}
