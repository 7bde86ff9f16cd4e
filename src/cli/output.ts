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

/** Writes everything to the descriptor. @returns why it could not: EPIPE when nobody reads it any more; null: it could. */
function writeAll(descriptor: number, text: string): string | null {
  let rest: Uint8Array = new TextEncoder().encode(text);
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(descriptor, rest));
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code === 'EAGAIN') Bun.sleepSync(fullPipeWaitMs);
      else return code ?? 'EIO';
    }
  }
  return null;
}

/**
 * The process's own stdout and stderr. Synchronous, so that `process.exit` right after loses nothing. `isCut`: data could
 * not be written although somebody may read it. `hasReader`: whether the other end of a descriptor is still there.
 */
export function processOutput(hasReader: (descriptor: number) => boolean): Output & { readonly isCut: boolean } {
  let open = true;
  let isCut = false;
  return {
    data(text) {
      if (!open) return;
      const fault = writeAll(1, text);
      open = fault === null;
      // A reader that has gone, and a closed stdout, are no mistakes; a full disk is, and a script must see it.
      if (fault === null || fault === 'EPIPE' || fault === 'EBADF') return;
      isCut = true;
      writeAll(2, `lanlord: Cannot write the output: ${fault === 'ENOSPC' ? 'no space left' : fault}\n`);
    },
    note(text) {
      writeAll(2, `${text}\n`);
    },
    get open() {
      // Who waits for news would otherwise notice only with the next one.
      open &&= hasReader(1);
      return open;
    },
    get isCut() {
      return isCut;
    },
    isTty: process.stdout.isTTY === true,
  };
}
