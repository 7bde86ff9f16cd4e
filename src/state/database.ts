// Opens the state database: schema, integrity check, and what becomes of a file that cannot be trusted.
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type Kept, readKept } from './records.ts';
import { walIsDamaged } from './wal-check.ts';

/** Raise it with a step in `migrate`. */
const schemaVersion = 1;

// `record` holds what evaluation remembers, one row per thing, so that one change costs one row.
const schema = `
  CREATE TABLE record (kind TEXT NOT NULL, id TEXT NOT NULL, body TEXT NOT NULL, crc INTEGER NOT NULL,
                       PRIMARY KEY (kind, id)) WITHOUT ROWID;
  CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE seen (object TEXT PRIMARY KEY, first_ms INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE applied (key TEXT PRIMARY KEY, generation INTEGER NOT NULL, digest TEXT NOT NULL, documents BLOB NOT NULL);
  CREATE TABLE journal (id INTEGER PRIMARY KEY, time_ms INTEGER NOT NULL, kind TEXT NOT NULL, severity TEXT NOT NULL,
                        object TEXT NOT NULL, message TEXT NOT NULL, fields TEXT NOT NULL);
`;

/** SQLite result codes, https://www.sqlite.org/rescode.html */
export const sqliteCode = { busy: 5, readOnly: 8, ioError: 10, corrupt: 11, full: 13, cantOpen: 14, notDatabase: 26 };

export interface OpenState {
  readonly db: DatabaseSync;
  readonly kept: Kept;
  /** False when `kept` was saved from a damaged file and is not in this one yet. */
  readonly onDisk: boolean;
  /** False: nothing may be written (a copy of an unwritable file, or a newer schema). */
  readonly writable: boolean;
  /** Why nothing may be written. */
  readonly fault: string | null;
  /** What was lost or put aside. */
  readonly damage: string | null;
}

/** The primary SQLite result code of an error, 0 when it is none of SQLite's. */
export function errorCode(error: unknown): number {
  if (error instanceof Error && 'errcode' in error && typeof error.errcode === 'number') return error.errcode & 0xff;
  return 0;
}

/** One line of what an error says. */
export function errorText(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n', 1)[0] ?? '';
}

/** Whether an error says that the file's content cannot be trusted. */
export function meansCorrupt(error: unknown): boolean {
  const code = errorCode(error);
  return code === sqliteCode.corrupt || code === sqliteCode.notDatabase;
}

/**
 * Opens the database for this process alone. A file that cannot be trusted is renamed to `<path>.corrupt-<n>`, and a
 * fresh one takes over every record of it that still carries its right checksum.
 * @throws what SQLite or the file system says, when the file can be neither opened nor created
 */
export function openDatabase(path: string): OpenState {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const wasEmpty = existsSync(path) && statSync(path).size === 0;
  const walDamage = walIsDamaged(`${path}-wal`) ? `the log ${path}-wal is damaged: the last changes may be lost` : null;
  try {
    const opened = openTrusted(path);
    const emptied = wasEmpty ? `${path} was empty: whatever it held is lost` : null;
    return { ...opened, damage: walDamage ?? emptied };
  } catch (error) {
    if (!meansCorrupt(error)) throw error;
    const salvaged = salvage(path);
    const aside = putAside(path);
    const fresh = openTrusted(path);
    const rescued = `${salvaged.entries.size} records taken over`;
    const damage = `${path} is damaged (${errorText(error)}): kept as ${aside}, started afresh, ${rescued}`;
    return { ...fresh, kept: { ...salvaged, stored: false }, onDisk: false, damage };
  }
}

/** Reads a database that cannot be opened for writing, through a copy outside of its directory. Null when that fails too. */
export function openCopy(path: string): OpenState | null {
  if (!existsSync(path)) return null;
  let directory: string | null = null;
  try {
    directory = mkdtempSync(join(tmpdir(), 'lanlord-state-'));
    const copy = join(directory, 'state.db');
    copyFileSync(path, copy);
    if (existsSync(`${path}-wal`)) copyFileSync(`${path}-wal`, `${copy}-wal`);
    return { ...openDatabase(copy), writable: false };
  } catch {
    return null;
  } finally {
    // SQLite goes on with its open descriptors.
    if (directory) rmSync(directory, { recursive: true, force: true });
  }
}

function openTrusted(path: string): OpenState {
  const isNew = !existsSync(path) || statSync(path).size === 0;
  let db: DatabaseSync | null = null;
  try {
    db = connect(path);
    return { db, ...readTrusted(db, path), onDisk: true, damage: null };
  } catch (error) {
    db?.close();
    // A half-made file (no space left) must not look like lost state at the next start.
    if (isNew && errorCode(error) !== sqliteCode.busy) for (const name of filesOf(path)) rmSync(name, { force: true });
    throw error;
  }
}

function readTrusted(db: DatabaseSync, path: string): Pick<OpenState, 'kept' | 'writable' | 'fault'> {
  const version = versionOf(db);
  if (version > schemaVersion) {
    const fault = `${path} was written by a newer version (schema ${version}, known is ${schemaVersion})`;
    return { kept: readKept(db), writable: false, fault };
  }
  if (version === 0) create(db);
  check(db);
  const kept = readKept(db);
  if (!kept.intact) throw corrupt('a record does not match its checksum');
  return { kept, writable: true, fault: null };
}

function connect(path: string): DatabaseSync {
  const db = new DatabaseSync(path);
  try {
    // One process owns the file: a second one gets SQLITE_BUSY, and no shared-memory file is needed.
    db.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA journal_size_limit = 4194304');
    // Takes the lock at once, also where journal_mode was WAL already.
    db.exec('BEGIN IMMEDIATE; COMMIT');
    // A fresh log: remains of a killed process's unfinished transaction would look like damage to walIsDamaged.
    db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  } catch (error) {
    db.close();
    throw error;
  }
  return db;
}

function versionOf(db: DatabaseSync): number {
  return Number(db.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0);
}

function create(db: DatabaseSync): void {
  const tables = Number(db.prepare('SELECT count(*) AS n FROM sqlite_schema').get()?.['n'] ?? 0);
  if (tables > 0) throw corrupt('the schema version is gone');
  db.exec(`BEGIN; ${schema} PRAGMA user_version = ${schemaVersion}; COMMIT`);
}

function check(db: DatabaseSync): void {
  const verdict = db.prepare('PRAGMA quick_check(1)').get()?.['quick_check'];
  if (verdict !== 'ok') throw corrupt(String(verdict));
}

function corrupt(message: string): Error {
  return Object.assign(new Error(message), { errcode: sqliteCode.corrupt });
}

/** Every record of a damaged file that can still be read and carries its right checksum. */
function salvage(path: string): Kept {
  let db: DatabaseSync | null = null;
  try {
    db = new DatabaseSync(path);
    return readKept(db);
  } catch {
    return { entries: new Map(), intact: false, stored: false };
  } finally {
    db?.close();
  }
}

/** Renames a database and its log out of the way; gives the new name. */
export function putAside(path: string): string {
  let n = 1;
  while (existsSync(`${path}.corrupt-${n}`)) n++;
  const aside = `${path}.corrupt-${n}`;
  renameSync(path, aside);
  if (existsSync(`${path}-wal`)) renameSync(`${path}-wal`, `${aside}-wal`);
  rmSync(`${path}-shm`, { force: true });
  return aside;
}

function filesOf(path: string): string[] {
  return [path, `${path}-wal`, `${path}-shm`, `${path}-journal`];
}

/** Identity of the file that a path names at present; null when there is none. */
export function inodeOf(path: string): number | null {
  return statSync(path, { throwIfNoEntry: false })?.ino ?? null;
}

/** What an operator reads when nothing can be written. */
export function writeFault(path: string, error: unknown): string {
  return `Cannot write ${path}: ${errorText(error)}`;
}

/** Does what may fail again because something is broken already; whoever calls reports the first cause. */
export function attempt(action: () => void): void {
  try {
    action();
  } catch {}
}
