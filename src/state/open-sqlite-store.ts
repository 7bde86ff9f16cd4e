// Opens the state of a directory for this process alone, whatever condition the disk is in.
import { join } from 'node:path';
import { errorCode, openCopy, openDatabase, sqliteCode, writeFault } from './database.ts';
import { readPid } from './pid-file.ts';
import { SqliteStore } from './sqlite-store.ts';

export type OpenResult =
  | { readonly kind: 'open'; readonly store: SqliteStore }
  /** Another process works with this directory. */
  | { readonly kind: 'in-use'; readonly pid: number | null };

/**
 * Opens `<directory>/state.db`, making the directory when it is missing. Never throws: what cannot be opened is worked
 * around from memory, and `fault()` and `damage()` say so.
 */
export function openSqliteStore(directory: string): OpenResult {
  const path = join(directory, 'state.db');
  const pidFile = join(directory, 'daemon.pid');
  try {
    const opened = openDatabase(path);
    return { kind: 'open', store: new SqliteStore(path, pidFile, opened, opened.fault) };
  } catch (error) {
    if (errorCode(error) === sqliteCode.busy) return { kind: 'in-use', pid: readPid(pidFile) };
    return { kind: 'open', store: new SqliteStore(path, pidFile, openCopy(path), writeFault(path, error)) };
  }
}
