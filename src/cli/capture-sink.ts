// Where a capture goes: a file, or standard output.
import { closeSync, openSync, writeSync } from 'node:fs';

// How long to wait before trying again when a pipe is full; its reader sets the pace.
const fullPipeWaitMs = 5;
const standardOutput = 1;

/** Why a file cannot be written: `code` as the kernel names it, such as EACCES or ENOSPC. */
export interface WriteFault {
  readonly code: string;
  readonly message: string;
}

/** A file descriptor that may be a slow pipe, or one whose reader went away. */
export class CaptureSink {
  readonly #file: number;
  /** Nobody reads any more, or nothing can be written: `fault` says which. */
  isClosed = false;
  fault: WriteFault | null = null;

  constructor(file: number) {
    this.#file = file;
  }

  async drain(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length && !this.isClosed; ) {
      try {
        at += writeSync(this.#file, bytes, at);
      } catch (error) {
        const fault = faultOf(error);
        if (fault.code === 'EAGAIN') await Bun.sleep(fullPipeWaitMs);
        else {
          if (fault.code !== 'EPIPE') this.fault = fault;
          this.isClosed = true;
        }
      }
    }
  }

  close(): void {
    if (this.#file !== standardOutput) closeSync(this.#file);
  }
}

/** `path`: a file, which is emptied, or `-`. */
export function openSink(path: string): CaptureSink | WriteFault {
  try {
    return new CaptureSink(path === '-' ? standardOutput : openSync(path, 'w', 0o640));
  } catch (error) {
    return faultOf(error);
  }
}

function faultOf(error: unknown): WriteFault {
  if (!(error instanceof Error)) return { code: '', message: String(error) };
  return { code: 'code' in error && typeof error.code === 'string' ? error.code : '', message: error.message };
}
