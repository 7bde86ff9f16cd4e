// Where a capture goes: a file, or standard output.
import { writeSync } from 'node:fs';

// How long to wait before trying again when a pipe is full; its reader sets the pace.
const fullPipeWaitMs = 5;

/** A file descriptor that may be a slow pipe, or one whose reader went away. */
export class CaptureSink {
  readonly #file: number;
  isClosed = false;

  constructor(file: number) {
    this.#file = file;
  }

  write(bytes: Uint8Array): void {
    writeSync(this.#file, bytes);
  }

  async drain(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length && !this.isClosed; ) {
      try {
        at += writeSync(this.#file, bytes, at);
      } catch (error) {
        const { code } = error as { code?: unknown };
        if (code === 'EPIPE') this.isClosed = true;
        else if (code === 'EAGAIN') await Bun.sleep(fullPipeWaitMs);
        else throw error;
      }
    }
  }
}
