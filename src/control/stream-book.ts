// What was told last of one kind, and what differs now.
import type { DaemonView } from '#ports.ts';
import { asciiJson } from './stream-list.ts';
import type { StreamChange, StreamItems } from './stream-protocol.ts';
import { type BookKind, keyedRows, sameRow, sourcesOf } from './stream-rows.ts';

export interface BookRow<K extends BookKind = BookKind> {
  readonly key: string;
  readonly item: StreamItems[K];
  /** The item as JSON, made when it is first told. */
  json: string | null;
}

export interface BookChange<K extends BookKind = BookKind> {
  readonly type: StreamChange['type'];
  readonly row: BookRow<K>;
}

// Between two pieces the daemon does its other work: comparing 500 rows takes less than a millisecond.
const rowsPerPiece = 500;

export class StreamBook<K extends BookKind = BookKind> {
  readonly kind: K;
  readonly #adminSocket: string;
  /** BOUNDED: by what the daemon has, while somebody reads. */
  #rows: ReadonlyMap<string, BookRow<K>> = new Map();
  #sources: readonly unknown[] | null = null;

  constructor(kind: K, adminSocket: string) {
    this.kind = kind;
    this.#adminSocket = adminSocket;
  }

  /** What was told last. Never changed: the next update makes another map. */
  get rows(): ReadonlyMap<string, BookRow<K>> {
    return this.#rows;
  }

  /** Takes in the present state. */
  async update(view: DaemonView): Promise<readonly BookChange<K>[]> {
    const sources = sourcesOf(this.kind, view);
    if (this.#isSame(sources)) return [];
    const before = this.#rows;
    const after = new Map<string, BookRow<K>>();
    const changes: BookChange<K>[] = [];
    for (const [key, item] of keyedRows(this.kind, view, this.#adminSocket)) {
      const old = before.get(key);
      const row = old && sameRow(this.kind, old.item, item) ? old : { key, item, json: null };
      after.set(key, row);
      if (row !== old) changes.push({ type: old ? 'MODIFIED' : 'ADDED', row });
      if (after.size % rowsPerPiece === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    for (const [key, row] of before) if (!after.has(key)) changes.push({ type: 'DELETED', row });
    this.#rows = after;
    this.#sources = sources;
    return changes;
  }

  #isSame(sources: readonly unknown[] | null): boolean {
    const known = this.#sources;
    if (sources === null || known === null || sources.length !== known.length) return false;
    return sources.every((source, i) => source === known[i]);
  }
}

/** One line of the stream. */
export function changeLine(type: StreamChange['type'], kind: BookKind, row: BookRow, revision: number): string {
  row.json ??= asciiJson(row.item);
  return `{"type":"${type}","kind":"${kind}","key":${asciiJson(row.key)},"revision":${revision},"object":${row.json}}\n`;
}
