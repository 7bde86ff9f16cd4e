// The process id of the daemon that works with a state directory, told to whoever finds the directory in use.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';

// Nothing depends on this file but a message: the lock on the database decides. So failures are ignored.

export function writePid(file: string): void {
  try {
    writeFileSync(file, `${process.pid}\n`);
  } catch {}
}

export function readPid(file: string): number | null {
  try {
    const pid = Number.parseInt(readFileSync(file, 'utf8'), 10);
    return pid > 0 ? pid : null;
  } catch {
    return null;
  }
}

export function removePid(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {}
}
