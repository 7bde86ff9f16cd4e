// Whether anybody still reads what is written: a pipe tells without being written to.
// Read poll(2) and pipe(7) before changing this file.
import { libc } from './libc.ts';

// POLLERR | POLLHUP: for the writing end of a pipe or socket, nobody reads any more; for a terminal, it is gone.
const GONE = 0x18;

/** False when the reader of this descriptor has gone. A file always has one. Never waits, never throws. */
export function hasReader(descriptor: number): boolean {
  // struct pollfd: the descriptor, then 16 bits of what is asked (nothing: trouble is always told) and 16 of the answer.
  const question = new Int32Array([descriptor, 0]);
  const answers = libc().poll(question, 1, 0);
  return answers <= 0 || (((question[1] ?? 0) >>> 16) & GONE) === 0;
}
