// A lock file that says whether another instance runs; the kernel drops the lock when its holder dies, however it dies.
// Read flock(2) before changing this file.

import { closeSync, constants as fsConstants, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import { constants } from 'node:os';
import { errno } from '../libc.ts';
import { libc } from './libc.ts';
import { caughtError, type SystemError, systemError } from './system-error.ts';

const LOCK_EX = 2;
const LOCK_NB = 4;

export type FileLock =
  | { ok: true; release(): void }
  /** `pid` is the holder (null when it is not known); without a holder `error` says why there is no lock. */
  | { ok: false; pid: number | null; error: SystemError };

/** Takes the lock and writes this process's pid into the file, which stays for the next holder. Does not wait. */
export function lockFile(path: string): FileLock {
  let fd: number;
  try {
    // O_CLOEXEC is set by the runtime: a child that inherited the descriptor would keep the lock after our death.
    fd = openSync(path, fsConstants.O_RDWR | fsConstants.O_CREAT, 0o644);
  } catch (thrown) {
    return { ok: false, pid: null, error: caughtError(thrown, `open ${path}`) };
  }
  if (libc().flock(fd, LOCK_EX | LOCK_NB) < 0) {
    const error = systemError(errno(), `flock ${path}`);
    const pid = error.errno === constants.errno.EAGAIN ? readPid(path) : null;
    closeSync(fd);
    return { ok: false, pid, error };
  }
  try {
    ftruncateSync(fd);
    writeSync(fd, `${process.pid}\n`, 0);
  } catch (thrown) {
    closeSync(fd);
    return { ok: false, pid: null, error: caughtError(thrown, `write ${path}`) };
  }
  let held = true;
  return {
    ok: true,
    release() {
      if (!held) return;
      held = false;
      // The file is emptied, not removed: removing it lets a third process lock a file that has no name any more.
      try {
        ftruncateSync(fd);
      } finally {
        closeSync(fd);
      }
    },
  };
}

function readPid(path: string): number | null {
  try {
    const pid = Number.parseInt(readFileSync(path, 'latin1'), 10);
    return pid > 0 ? pid : null;
  } catch {
    return null;
  }
}
