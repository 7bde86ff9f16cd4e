// What a process calls itself.
import { readFileSync } from 'node:fs';

/** As `ps` shows it, at most 15 bytes (proc_pid_comm(5)); any process can name itself anything. Null: it has ended. */
export function processName(pid: number): string | null {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trimEnd();
  } catch {
    return null;
  }
}
