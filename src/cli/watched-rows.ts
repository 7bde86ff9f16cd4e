// What a watch tells of the rows that are wanted: each change once, also when the daemon tells the whole state again.
import type { Items, Kind } from '#control/protocol.ts';
import { asciiJson } from '#control/stream-list.ts';
import { isJournalKind, type StreamChange, type StreamLine } from '#control/stream-protocol.ts';
import type { ItemTest } from './item-test.ts';

export type WatchedLine<K extends Kind> =
  | { readonly type: StreamChange['type']; readonly object: Items[K] }
  /** Entries of a journal that nobody has any more. */
  | { readonly type: 'LOST'; readonly kind: K; readonly cause: string };

export interface Watched<K extends Kind> {
  take(line: StreamLine): readonly WatchedLine<K>[];
}

export function watchedRows<K extends Kind>(kind: K, test: ItemTest<K>): Watched<K> {
  return isJournalKind(kind) ? new WatchedJournal(kind, test) : new WatchedState(test);
}

function isChange<K extends Kind>(line: StreamLine): line is StreamChange<K> {
  return 'object' in line;
}

/** A row that no longer fits the filter is told as deleted. After RESYNC only what differs is told. */
class WatchedState<K extends Kind> implements Watched<K> {
  readonly #test: ItemTest<K>;
  /** BOUNDED: rows of one kind. */
  readonly #shown = new Map<string, Items[K]>();
  /** Rows that the state under way has not told yet; null: none is under way. */
  #untold: Set<string> | null = null;

  constructor(test: ItemTest<K>) {
    this.#test = test;
  }

  take(line: StreamLine): readonly WatchedLine<K>[] {
    if (line.type === 'RESYNC') this.#untold = new Set(this.#shown.keys());
    if (line.type === 'SYNCED') return this.#gone();
    if (!isChange<K>(line)) return [];
    const { key, object } = line;
    this.#untold?.delete(key);
    const was = this.#shown.get(key);
    if (line.type === 'DELETED' || !this.#test(object, Date.now())) {
      this.#shown.delete(key);
      return was === undefined ? [] : [{ type: 'DELETED', object }];
    }
    this.#shown.set(key, object);
    if (was === undefined) return [{ type: 'ADDED', object }];
    const isKnown = this.#untold !== null && asciiJson(was) === asciiJson(object);
    return isKnown ? [] : [{ type: 'MODIFIED', object }];
  }

  #gone(): readonly WatchedLine<K>[] {
    const gone: WatchedLine<K>[] = [];
    for (const key of this.#untold ?? []) {
      const object = this.#shown.get(key);
      if (object !== undefined) gone.push({ type: 'DELETED', object });
      this.#shown.delete(key);
    }
    this.#untold = null;
    return gone;
  }
}

/** Entries only ever come. After RESYNC those that were told are told again by the daemon, not by us. */
class WatchedJournal<K extends Kind> implements Watched<K> {
  readonly #kind: K;
  readonly #test: ItemTest<K>;
  #newest: string | null = null;
  /** BOUNDED: by the journal. Null: no state is under way. */
  #again: Items[K][] | null = null;

  constructor(kind: K, test: ItemTest<K>) {
    this.#kind = kind;
    this.#test = test;
  }

  take(line: StreamLine): readonly WatchedLine<K>[] {
    if (line.type === 'RESYNC') this.#again = [];
    if (line.type === 'SYNCED' && this.#again !== null) return this.#caughtUp(this.#again);
    if (!isChange<K>(line)) return [];
    if (this.#again === null) return this.#told([line.object]);
    this.#again.push(line.object);
    return [];
  }

  #caughtUp(entries: readonly Items[K][]): readonly WatchedLine<K>[] {
    this.#again = null;
    const known = this.#newest === null ? -1 : entries.findLastIndex((entry) => asciiJson(entry) === this.#newest);
    const lost = { type: 'LOST', kind: this.#kind, cause: 'gone from the journal before they were read' } as const;
    const isWhole = this.#newest === null || known >= 0;
    return [...(isWhole ? [] : [lost]), ...this.#told(entries.slice(known + 1))];
  }

  #told(entries: readonly Items[K][]): readonly WatchedLine<K>[] {
    const last = entries.at(-1);
    if (last !== undefined) this.#newest = asciiJson(last);
    const nowMs = Date.now();
    return entries.filter((entry) => this.#test(entry, nowMs)).map((object) => ({ type: 'ADDED', object }));
  }
}
