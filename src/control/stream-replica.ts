// What a reader of a stream holds: the rows of every kind, brought up to date line by line.
import {
  isJournalKind,
  type StreamChange,
  type StreamHello,
  type StreamItems,
  type StreamKind,
  type StreamLine,
} from './stream-protocol.ts';

/** BOUNDED: rows of the journal that are kept, unless told otherwise. */
const defaultJournalRows = 2000;

type Rows = { [K in StreamKind]?: Map<string, StreamItems[K]> };

export class StreamReplica {
  readonly #journalRows: number;
  /** BOUNDED: by what the daemon has; `events` and `history` by `journalRows`. */
  #rows: Rows = {};
  readonly #changed = new Set<StreamKind>();
  #hello: StreamHello | null = null;
  #revision = 0;
  #isWhole = false;

  constructor(journalRows = defaultJournalRows) {
    this.#journalRows = journalRows;
  }

  /** Who sends; null before the first line. */
  get hello(): StreamHello | null {
    return this.#hello;
  }

  get revision(): number {
    return this.#revision;
  }

  /** False while a whole state is under way: what is here is then a part of it. */
  get isWhole(): boolean {
    return this.#isWhole;
  }

  /** Rows of one kind by key, in the order in which they came. The same map, changed in place. */
  rows<K extends StreamKind>(kind: K): ReadonlyMap<string, StreamItems[K]> {
    return this.#map(kind);
  }

  /** Kinds whose rows changed since this was asked last. */
  takeChanged(): ReadonlySet<StreamKind> {
    const changed = new Set(this.#changed);
    this.#changed.clear();
    return changed;
  }

  apply(line: StreamLine): void {
    this.#revision = line.revision;
    switch (line.type) {
      case 'HELLO':
        this.#hello = line;
        this.#forget(line.kinds);
        return;
      case 'RESYNC':
        this.#forget(this.#hello?.kinds ?? []);
        return;
      case 'SYNCED':
        this.#isWhole = true;
        return;
      case 'HEARTBEAT':
        return;
      default:
        this.#change(line);
    }
  }

  #change<K extends StreamKind>({ type, kind, key, object }: StreamChange<K>): void {
    const rows = this.#map(kind);
    this.#changed.add(kind);
    if (type === 'DELETED') rows.delete(key);
    else rows.set(key, object);
    if (!isJournalKind(kind) || rows.size <= this.#journalRows) return;
    const [oldest] = rows.keys();
    if (oldest !== undefined) rows.delete(oldest);
  }

  #forget(kinds: readonly StreamKind[]): void {
    this.#rows = {};
    this.#isWhole = false;
    for (const kind of kinds) this.#changed.add(kind);
  }

  #map<K extends StreamKind>(kind: K): Map<string, StreamItems[K]> {
    const known: Map<string, StreamItems[K]> | undefined = this.#rows[kind];
    if (known) return known;
    const made = new Map<string, StreamItems[K]>();
    (this.#rows as Record<StreamKind, unknown>)[kind] = made;
    return made;
  }
}
