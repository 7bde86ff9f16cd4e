// What `GET /v1/stream` sends: one JSON object per line, first the whole state, then every change. Fields are only ever added.
import { type apiVersion, type Items, isKind, type Kind, type StatusAnswer } from './protocol.ts';

/** What can be followed: every list, and the answer of `status` as one row. */
export interface StreamItems extends Items {
  readonly status: StatusAnswer;
}

export type StreamKind = Kind | 'status';

/** Kinds that only ever grow: they are told from the journal, not by comparison. */
export const journalKinds = ['events', 'history', 'generations'] as const;
export type JournalKind = (typeof journalKinds)[number];

export function isJournalKind(kind: StreamKind): kind is JournalKind {
  return journalKinds.some((journal) => journal === kind);
}

export function isStreamKind(text: string): text is StreamKind {
  return text === 'status' || isKind(text);
}

/** `?kinds=status,leaders,…`, and `&last=N` for the newest entries of the journal. */
export const streamPath = '/v1/stream';

/** A line comes at least this often, so that whoever reads can tell a quiet daemon from a dead one. */
export const heartbeatSeconds = 2;

/** Changes are told together after this time; counters alone (answers, requests, drops) change a row only once a second. */
export const changePaceMs = 100;
export const counterPaceMs = 1000;

/** How much of the journal a stream of `events` or `history` begins with, unless `&last=N` says otherwise. */
export const defaultLast = 500;

/** The first line. */
export interface StreamHello {
  readonly type: 'HELLO';
  readonly apiVersion: typeof apiVersion;
  readonly node: string;
  readonly version: string;
  readonly pid: number;
  /** When the daemon started: another one is another daemon, with revisions of its own. */
  readonly startedAt: string;
  readonly kinds: readonly StreamKind[];
  readonly heartbeatSeconds: number;
  readonly revision: number;
  readonly time: string;
}

/**
 * One row. `key` is unique within its kind: a row with the key of another replaces it. Rows of `journalKinds` are
 * only ever added, oldest first: readers keep as many as they like.
 */
export interface StreamChange<K extends StreamKind = StreamKind> {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly kind: K;
  readonly key: string;
  /** Rises with every set of changes that were told together. */
  readonly revision: number;
  /** Of a deleted row, what it was last. */
  readonly object: StreamItems[K];
}

/** Everything up to `revision` was told: after the first state, and after every set of changes. A good moment to draw. */
export interface StreamSynced {
  readonly type: 'SYNCED';
  readonly revision: number;
  readonly time: string;
}

/** Nothing happened. */
export interface StreamHeartbeat {
  readonly type: 'HEARTBEAT';
  readonly revision: number;
  readonly time: string;
}

/** The reader was too slow: forget every row. The whole state follows, up to `SYNCED`. */
export interface StreamResync {
  readonly type: 'RESYNC';
  readonly revision: number;
  readonly time: string;
  /** Changes that were not told. */
  readonly lost: number;
}

export type StreamLine = StreamHello | StreamChange | StreamSynced | StreamHeartbeat | StreamResync;
