// Tells every reader of the stream what changed. Compares only what somebody reads, once for all of them, and does nothing
// while nobody reads.
import type { JournalEntry } from '#model/journal.ts';
import type { ControlBackend } from '#ports/control-backend.ts';
import type { DaemonView, Log } from '#ports.ts';
import { apiVersion, timestamp } from './protocol.ts';
import { StreamBook } from './stream-book.ts';
import {
  changePaceMs,
  counterPaceMs,
  heartbeatSeconds,
  isJournalKind,
  type JournalKind,
  journalKinds,
  type StreamKind,
} from './stream-protocol.ts';
import { type ReaderLimits, StreamReader } from './stream-reader.ts';
import type { BookKind } from './stream-rows.ts';
import { changePieces, journalPiece, lineText, type Piece, statePieces } from './stream-texts.ts';

export interface HubSettings extends ReaderLimits {
  readonly changePaceMs: number;
  readonly counterPaceMs: number;
  readonly heartbeatMs: number;
  /** More readers are refused. */
  readonly readers: number;
}

/** A tick in which each of 10,000 rows changed is 3 MB; texts are shared by all readers of a kind. */
const defaults: HubSettings = {
  changePaceMs,
  counterPaceMs,
  heartbeatMs: heartbeatSeconds * 1000,
  queueChars: 8 * 1024 * 1024,
  stuckMs: 30_000,
  readers: 64,
};

/** Telling takes at most one part in ten of the main thread. */
const restPerWork = 9;
/** What one reader may ask of the journal, which is bounded by `journal.keep`. */
const journalLimit = 100_000;

type Told = readonly [StreamKind, readonly Piece[]];

interface Subscription {
  readonly kinds: readonly StreamKind[];
  /** Entries of the journal to begin with. */
  readonly last: number;
  /** What had been told of the journal when its state was taken first. */
  since: Readonly<Record<JournalKind, number>> | null;
}

export class StreamHub {
  readonly #backend: ControlBackend;
  readonly #adminSocket: string;
  readonly #log: Log;
  readonly #settings: HubSettings;
  /** BOUNDED: `readers`. */
  readonly #readers = new Map<StreamReader, Subscription>();
  /** Of kinds that somebody reads. */
  readonly #books = new Map<BookKind, StreamBook>();
  #revision = 1;
  /** Entries of the journal that were told since somebody reads it, by kind. */
  readonly #told: Record<JournalKind, number> = { events: 0, history: 0, generations: 0 };
  /** Entries to be told. BOUNDED: by what is recorded within `changePaceMs`. */
  #recorded: JournalEntry[] = [];
  #timer: ReturnType<typeof setTimeout> | null = null;
  #costMs = 0;
  #work: Promise<unknown> = Promise.resolve();
  #stopWatching: (() => void) | null = null;

  constructor(backend: ControlBackend, adminSocket: string, log: Log, settings: Partial<HubSettings> = {}) {
    this.#backend = backend;
    this.#adminSocket = adminSocket;
    this.#log = log;
    this.#settings = { ...defaults, ...settings };
  }

  /** Null: there are too many readers. */
  open(kinds: readonly StreamKind[], last: number): ReadableStream<Uint8Array> | null {
    if (this.#readers.size >= this.#settings.readers) return null;
    const subscription: Subscription = { kinds: [...new Set(kinds)], last, since: null };
    const reader: StreamReader = new StreamReader({
      limits: this.#settings,
      nowMs: () => performance.now(),
      state: (lost) => this.#serially(() => this.#state(reader, subscription, lost)),
      onEnd: () => this.#leave(reader),
    });
    this.#readers.set(reader, subscription);
    this.#stopWatching ??= this.#watch();
    return reader.stream;
  }

  /** Ends every stream. */
  close(): void {
    for (const reader of [...this.#readers.keys()]) reader.end();
  }

  #watch(): () => void {
    const { counterPaceMs: counterMs, heartbeatMs } = this.#settings;
    const stop = this.#backend.watch({
      changed: () => this.#schedule(),
      recorded: (entries) => {
        this.#recorded.push(...entries);
        this.#schedule();
      },
    });
    const counting = setInterval(() => this.#schedule(), counterMs);
    const beating = setInterval(() => this.#beat(), heartbeatMs);
    return () => {
      stop();
      clearInterval(counting);
      clearInterval(beating);
      if (this.#timer) clearTimeout(this.#timer);
      this.#timer = null;
      this.#recorded = [];
    };
  }

  #leave(reader: StreamReader): void {
    this.#readers.delete(reader);
    const wanted = new Set([...this.#readers.values()].flatMap(({ kinds }) => kinds));
    for (const kind of this.#books.keys()) if (!wanted.has(kind)) this.#books.delete(kind);
    if (this.#readers.size > 0) return;
    this.#stopWatching?.();
    this.#stopWatching = null;
  }

  #schedule(): void {
    if (this.#timer) return;
    const delayMs = Math.max(this.#settings.changePaceMs, this.#costMs * restPerWork);
    this.#timer = setTimeout(() => {
      const told = this.#serially(async () => {
        this.#timer = null;
        await this.#tell([...this.#books.keys()]);
      });
      // Logged already; what is shown to people must not end what is answered.
      told.catch(() => {});
    }, delayMs);
  }

  async #serially<T>(step: () => Promise<T>): Promise<T> {
    const next = this.#work.then(step);
    this.#work = next.catch((error: unknown) => this.#log.write('error', `Control stream: ${String(error)}`));
    return await next;
  }

  /** Compares these kinds and tells what differs, and what was recorded. */
  async #tell(kinds: readonly BookKind[]): Promise<void> {
    const startMs = performance.now();
    const view = this.#backend.view();
    this.#tellJournal(view);
    const revision = this.#revision + 1;
    const told: Told[] = [];
    for (const kind of kinds) {
      const changes = (await this.#books.get(kind)?.update(view)) ?? [];
      if (changes.length > 0) told.push([kind, changePieces(kind, changes, revision)]);
    }
    this.#share(told, revision, view);
    this.#costMs = performance.now() - startMs;
  }

  #tellJournal(view: DaemonView): void {
    const entries = this.#recorded.splice(0);
    if (entries.length === 0) return;
    const revision = this.#revision + 1;
    const told = journalKinds.map((kind): Told => {
      const before = this.#told[kind];
      const keyOf = (index: number) => String(before + index + 1);
      const piece = journalPiece(kind, { node: view.node, entries, revision, keyOf });
      this.#told[kind] += piece.lines;
      return [kind, piece.lines === 0 ? [] : [piece]];
    });
    this.#share(told, revision, view);
  }

  #share(told: readonly Told[], revision: number, { nowMs }: DaemonView): void {
    if (told.every(([, pieces]) => pieces.length === 0)) return;
    this.#revision = revision;
    const synced = lineText({ type: 'SYNCED', revision, time: timestamp(nowMs) });
    for (const [reader, subscription] of this.#readers) {
      const pieces = told.flatMap(([kind, all]) => (subscription.kinds.includes(kind) ? all : []));
      for (const { text, lines } of pieces) reader.push(text, lines);
      if (pieces.length > 0) reader.push(synced, 1);
    }
  }

  async #state(reader: StreamReader, subscription: Subscription, lost: number | null): Promise<Iterator<string>> {
    const { kinds } = subscription;
    const books = kinds.flatMap((kind) => (isJournalKind(kind) ? [] : [this.#bookOf(kind)]));
    // What is told now is what the state begins with: for the others these are changes.
    await this.#tell(books.map(({ kind }) => kind));
    const view = this.#backend.view();
    this.#tellJournal(view);
    const { node, version, pid, startedMs, nowMs } = view;
    const [revision, time] = [this.#revision, timestamp(nowMs)];
    const who = { apiVersion, node, version, pid, startedAt: timestamp(startedMs) } as const;
    const head =
      lost === null
        ? ({ type: 'HELLO', ...who, kinds, heartbeatSeconds, revision, time } as const)
        : ({ type: 'RESYNC', revision, time, lost } as const);
    const entries = kinds.some(isJournalKind) ? this.#backend.journal(journalLimit) : [];
    const journals = kinds.filter(isJournalKind).map((kind) => {
      // Whoever lost some finds all since the beginning: more than that is nobody's to lose.
      const last = subscription.last + this.#told[kind] - (subscription.since ?? this.#told)[kind];
      return journalPiece(kind, { node, entries, revision, keyOf: (i) => `before ${i}` }, last);
    });
    subscription.since ??= { ...this.#told };
    reader.stateTaken();
    return statePieces({
      head,
      books: books.map((book) => [book.kind, book.rows.values()] as const),
      journals,
      synced: { type: 'SYNCED', revision, time },
    });
  }

  #bookOf(kind: BookKind): StreamBook {
    const book = this.#books.get(kind) ?? new StreamBook(kind, this.#adminSocket);
    this.#books.set(kind, book);
    return book;
  }

  #beat(): void {
    const text = lineText({ type: 'HEARTBEAT', revision: this.#revision, time: timestamp(Date.now()) });
    for (const reader of [...this.#readers.keys()]) {
      if (reader.isStuck()) {
        this.#log.write('warn', 'A reader of the control stream takes nothing: dropped');
        reader.end();
      } else reader.beat(text);
    }
  }
}
