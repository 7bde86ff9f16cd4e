// StateStore on SQLite: addresses, first-seen times, applied documents and the journal survive restarts.
import type { DatabaseSync } from 'node:sqlite';
import type { AppliedDocuments } from '#model/applied-documents.ts';
import type { JournalEntry } from '#model/journal.ts';
import type { Memory } from '#model/snapshot.ts';
import type { StateStore } from '#ports.ts';
import {
  type PackedDocuments,
  packDocuments,
  readDocuments,
  readGeneration,
  unpackDocuments,
  writeDocuments,
} from './applied.ts';
import { changedPart, nextSeal, replaceEntries } from './changed-part.ts';
import {
  attempt,
  errorCode,
  errorText,
  inodeOf,
  meansCorrupt,
  type OpenState,
  openDatabase,
  putAside,
  sqliteCode,
  writeFault,
} from './database.ts';
import { FirstSeen } from './first-seen.ts';
import { pendingBound, readJournal, writeJournal } from './journal.ts';
import { removePid, writePid } from './pid-file.ts';
import { type Entries, entriesOf, memoryOf, writeDifference } from './records.ts';
import { sameMemory } from './same-memory.ts';

type Part = 'memory' | 'seen' | 'applied' | 'journal';

export class SqliteStore implements StateStore {
  readonly #path: string;
  readonly #pidFile: string;
  /** Null while nothing can be written. */
  #db: DatabaseSync | null = null;
  /** Of the file that is open for writing. */
  #inode: number | null = null;
  /** What reads go to: the same, or a copy of a file that cannot be written. */
  #reader: DatabaseSync | null = null;
  #newer: string | null = null;
  #damage: string | null = null;
  readonly #faults = new Map<Part, string>();
  /** What is on disk. */
  #stored: Entries = new Map();
  /** The memory that `#stored` was made of; null: it was read. */
  #storedMemory: Memory | null = null;
  #memory: Memory | null = null;
  /** True while `#memory` is not on disk. */
  #unsaved = false;
  readonly #seen: FirstSeen;
  #applied: PackedDocuments | null = null;
  /** BOUNDED: `pendingBound` entries that could not be written yet. */
  #pending: JournalEntry[] = [];
  #keep = 10_000;

  constructor(path: string, pidFile: string, opened: OpenState | null, fault: string | null) {
    this.#path = path;
    this.#pidFile = pidFile;
    if (fault) this.#faults.set('memory', fault);
    this.#unsaved = fault !== null;
    if (opened) this.#use(opened);
    this.#memory = opened?.kept.stored || opened?.kept.entries.size ? memoryOf(opened.kept.entries) : null;
    this.#seen = new FirstSeen(this.#reader);
  }

  loadMemory(): Memory | null {
    return this.#memory;
  }

  saveMemory(memory: Memory): void {
    const unchanged = this.#memory !== null && !this.#unsaved && sameMemory(this.#memory, memory);
    this.#memory = memory;
    if (!unchanged) this.#unsaved = true;
    this.#flush();
  }

  firstSeen(objects: readonly string[], nowMs: number): ReadonlyMap<string, number> {
    const seen = this.#seen.update(objects, nowMs);
    this.#flush();
    return seen;
  }

  retainSeen(objects: ReadonlySet<string>): void {
    this.#seen.retain(objects);
    this.#flush();
  }

  saveApplied(key: string, applied: AppliedDocuments): void {
    this.#applied = packDocuments(key, applied);
    this.#flush();
  }

  loadApplied(key: string): AppliedDocuments | null {
    if (this.#applied?.key === key) return unpackDocuments(this.#applied);
    return this.#read((db) => readDocuments(db, key), null);
  }

  appliedGeneration(key: string): { readonly generation: number; readonly digest: string } | null {
    if (this.#applied?.key === key) return this.#applied;
    return this.#read((db) => readGeneration(db, key), null);
  }

  append(entries: readonly JournalEntry[], keep: number): void {
    this.#keep = keep;
    this.#pending = [...this.#pending, ...entries].slice(-Math.min(pendingBound, Math.max(keep, 1)));
    this.#flush();
  }

  journal(limit: number): readonly JournalEntry[] {
    const pending = this.#pending.slice(-limit);
    if (pending.length >= limit) return limit > 0 ? pending : [];
    return [...this.#read((db) => readJournal(db, limit - pending.length), []), ...pending];
  }

  fault(): string | null {
    for (const text of this.#faults.values()) return text;
    return this.#newer;
  }

  damage(): string | null {
    return this.#damage;
  }

  close(): void {
    this.#flush();
    this.#drop();
    removePid(this.#pidFile);
  }

  /** Writes whatever is not on disk yet; every call is also the retry of what failed before. */
  #flush(): void {
    const memory = this.#memory;
    // FULL: an announced address must survive a power cut as well as a kill. The rest may lose its last second.
    if (this.#unsaved && memory) this.#write('memory', 'FULL', (db) => this.#saveRecords(db, memory));
    if (this.#seen.isDirty()) this.#write('seen', 'NORMAL', (db) => this.#seen.write(db));
    const applied = this.#applied;
    if (applied) this.#write('applied', 'NORMAL', (db) => this.#saveDocuments(db, applied));
    if (this.#pending.length > 0) this.#write('journal', 'NORMAL', (db) => this.#saveJournal(db));
  }

  #saveRecords(db: DatabaseSync, memory: Memory): () => void {
    const part = this.#storedMemory && changedPart(this.#storedMemory, memory);
    const before = part ? entriesOf(part.before, this.#stored) : this.#stored;
    const after = entriesOf(part ? part.after : memory, this.#stored);
    writeDifference(db, before, after, part ? nextSeal(this.#stored, before, after) : undefined);
    return () => {
      if (part) replaceEntries(this.#stored, before, after);
      else this.#stored = after;
      this.#storedMemory = memory;
      this.#unsaved = false;
    };
  }

  #saveDocuments(db: DatabaseSync, applied: PackedDocuments): () => void {
    writeDocuments(db, applied);
    return () => {
      this.#applied = null;
    };
  }

  #saveJournal(db: DatabaseSync): () => void {
    writeJournal(db, this.#pending, this.#keep);
    return () => {
      this.#pending = [];
    };
  }

  /** Runs `body` in one transaction; what it returns is called when that is committed. */
  #write(part: Part, synchronous: 'FULL' | 'NORMAL', body: (db: DatabaseSync) => () => void): void {
    // The lock keeps other processes out, but nobody keeps an operator from deleting the file.
    const db = this.#db && inodeOf(this.#path) === this.#inode ? this.#db : this.#reopen(part);
    if (!db) return;
    try {
      db.exec(`PRAGMA synchronous = ${synchronous}`);
      db.exec('BEGIN IMMEDIATE');
      const done = body(db);
      db.exec('COMMIT');
      done();
      // The log may hold remains of the failed transaction, which walIsDamaged would take for damage.
      if (this.#faults.delete(part)) db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    } catch (error) {
      this.#failed(part, db, error);
    }
  }

  #failed(part: Part, db: DatabaseSync, error: unknown): void {
    this.#faults.set(part, writeFault(this.#path, error));
    attempt(() => db.exec('ROLLBACK'));
    // No space left: the handle is as good as before. Anything else is healed by opening the file again.
    if (errorCode(error) === sqliteCode.full) return;
    this.#drop();
    if (!meansCorrupt(error)) return;
    attempt(() => {
      const aside = putAside(this.#path);
      this.#damage = `${this.#path} was damaged while in use (${errorText(error)}): kept as ${aside}, started afresh`;
    });
  }

  #reopen(part: Part): DatabaseSync | null {
    if (this.#newer) return null;
    if (this.#db) this.#drop();
    try {
      const opened = openDatabase(this.#path);
      this.#drop();
      this.#use(opened);
      this.#seen.rewrite();
      this.#unsaved = true;
    } catch (error) {
      this.#faults.set(part, writeFault(this.#path, error));
    }
    return this.#db;
  }

  #use(opened: OpenState): void {
    this.#reader = opened.db;
    this.#db = opened.writable ? opened.db : null;
    if (opened.writable) writePid(this.#pidFile);
    this.#inode = inodeOf(this.#path);
    this.#newer = opened.fault;
    this.#stored = opened.onDisk ? opened.kept.entries : new Map();
    this.#storedMemory = null;
    if (!opened.onDisk) this.#unsaved = true;
    this.#damage = opened.damage ?? this.#damage;
  }

  #drop(): void {
    const open = new Set([this.#db, this.#reader]);
    this.#db = null;
    this.#reader = null;
    for (const db of open) if (db) attempt(() => db.close());
  }

  #read<T>(query: (db: DatabaseSync) => T, otherwise: T): T {
    if (!this.#reader) return otherwise;
    try {
      return query(this.#reader);
    } catch (error) {
      this.#damage = `${this.#path} cannot be read: ${errorText(error)}`;
      return otherwise;
    }
  }
}
