// Writing to stdout and stderr so that nothing is lost at exit and a closed pipe ends quietly.
import { writeSync } from 'node:fs';

/** Where a command writes: data to stdout, notes to stderr. */
export interface Output {
  /** Data for stdout, as it is. */
  data(text: string): void;
  /** A remark for stderr; a line end is added. */
  note(text: string): void;
  /** False once the reader of stdout has gone: nothing more has to be computed. */
  readonly open: boolean;
  readonly isTty: boolean;
}

// How long to wait before trying again when a non-blocking pipe is full; its reader sets the pace, not we.
const fullPipeWaitMs = 5;

/** Writes everything to the descriptor; false when nobody reads it any more. */
function writeAll(descriptor: number, text: string): boolean {
  let rest: Uint8Array = new TextEncoder().encode(text);
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(descriptor, rest));
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code === 'EAGAIN') Bun.sleepSync(fullPipeWaitMs);
      else return false;
    }
  }
  return true;
}

/** The process's own stdout and stderr. Synchronous, so that `process.exit` right after loses nothing. */
export function processOutput(): Output {
  let open = true;
  return {
    data(text) {
      if (open) open = writeAll(1, text);
    },
    note(text) {
      writeAll(2, `${text}\n`);
    },
    get open() {
      return open;
    },
    isTty: process.stdout.isTTY === true,
  };
}
