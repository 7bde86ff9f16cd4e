// What `run` says when another instance works with the same files.
import { exitCode } from './exit-code.ts';
import type { Output } from './output.ts';

/** @returns the exit code of a second instance. */
export function refused(output: Output, what: string, pid: number | null): number {
  const who = pid === null ? 'another lanlord' : `lanlord with pid ${pid}`;
  output.note(`lanlord: ${who} already works with ${what} (stop it, or give this one its own --socket and --state)`);
  return exitCode.refused;
}
