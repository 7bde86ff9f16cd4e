// How the process ends by a bug: it says so in one line, lets go of what it leads, and exits with 70.
import { exitCode } from './exit-code.ts';

export interface CrashParts {
  readonly note: (text: string) => void;
  readonly exit: (code: number) => void;
  readonly wait: (milliseconds: number) => Promise<void>;
}

/** A successor is heard within a second; after a bug nobody knows whether anything will come of it. */
const lastActsMs = 2000;

export class CrashGuard {
  readonly #parts: CrashParts;
  #isFailing = false;
  /** What is to be done before the end, in this order, whatever comes of each. */
  lastActs: readonly (() => unknown)[] = [];

  constructor(parts: CrashParts) {
    this.#parts = parts;
  }

  /** Ends the process, soon. What fails meanwhile changes nothing. */
  readonly fail = (error: unknown): void => {
    if (this.#isFailing) return;
    this.#isFailing = true;
    this.#tell(error);
    const end = () => this.#parts.exit(exitCode.internal);
    // At once where nothing has to be done: nothing else of a broken program should run.
    if (this.lastActs.length === 0) end();
    else void Promise.race([this.#act(), this.#parts.wait(lastActsMs)]).finally(end);
  };

  /** The exit code of a program that came to its end by itself. */
  codeOf(code: number): number {
    return this.#isFailing ? exitCode.internal : code;
  }

  async #act(): Promise<void> {
    for (const act of this.lastActs) {
      try {
        await act();
      } catch {
        // The bug may be just there: the others are tried all the same.
      }
    }
  }

  /** One line, whatever went wrong: a stack trace helps nobody at three in the morning. LANLORD_DEBUG=1 shows it. */
  #tell(error: unknown): void {
    const { note } = this.#parts;
    const message = error instanceof Error ? error.message : String(error);
    const place = error instanceof Error ? (/\(([^()]+:\d+:\d+)\)/.exec(error.stack ?? '')?.[1] ?? '') : '';
    note(`lanlord: internal error: ${message.split('\n')[0]}${place === '' ? '' : ` (${place})`}`);
    if (process.env['LANLORD_DEBUG'] === '1' && error instanceof Error) note(error.stack ?? '');
  }
}
