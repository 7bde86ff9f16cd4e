// Entries of the journal of one round: all of them while they are few, a count of each kind beyond.
import type { JournalEntry } from '#model/journal.ts';

/** BOUNDED: more of one kind in one round (a start with 10,000 addresses) become one entry, or they evict all history. */
const listedPerKind = 256;

export class EntryTally {
  readonly #counts = new Map<string, number>();
  /** BOUNDED: `listedPerKind` of each kind. */
  readonly #made: JournalEntry[] = [];
  #total = 0;

  /** `make` is called only while the entry may still be listed. */
  add(kind: string, make: () => Omit<JournalEntry, 'kind'>): void {
    const count = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, count);
    this.#total++;
    if (count <= listedPerKind) this.#made.push({ kind, ...make() });
  }

  /** What is to be written: in the order added while that is few, else by kind, with one entry for kinds of too many. */
  list(): JournalEntry[] {
    if (this.#total <= listedPerKind) return [...this.#made];
    return [...Map.groupBy(this.#made, ({ kind }) => kind)].flatMap(([kind, group]) => {
      const count = this.#counts.get(kind) ?? 0;
      const [first] = group;
      if (count <= listedPerKind || !first) return group;
      const message = `${kind}: ${count} at once, such as: ${first.message}`;
      return [{ ...first, object: 'many', message, fields: { count } }];
    });
  }
}
