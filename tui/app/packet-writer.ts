// Writes the packets that come from now on into a file: `lanlord capture` beside the interface, until it is asked to end.
import { type ChildProcess, spawn } from 'node:child_process';
import { statSync, unlinkSync } from 'node:fs';
import type { PacketsState, UiMessage } from '../state/model.ts';
import { ownWords } from './own-answer.ts';
import { saveText } from './save-text.ts';

export interface PacketWriterOptions {
  /** How this program starts itself: what comes before the name of a command. */
  readonly program: readonly string[];
  readonly socket: string;
  /** What names of files begin with, perhaps with a folder. */
  readonly prefix?: string;
  /** Null: nothing is written any more. */
  readonly onState: (state: PacketsState | null) => void;
  readonly onMessage: (message: UiMessage) => void;
}

/** Also when the interface was killed, and nobody can end it: BOUNDED. */
const longestDuration = '10m';
/** How often the size of the file is looked at. */
const lookEveryMs = 1000;
/** Longer than it takes to write what waits. */
const endTimeoutMs = 5000;

interface Writing {
  readonly path: string;
  readonly filter: string;
  readonly child: ChildProcess;
  readonly ended: Promise<void>;
  readonly timer: ReturnType<typeof setInterval>;
}

export class PacketWriter {
  readonly #options: PacketWriterOptions;
  #writing: Writing | null = null;

  constructor(options: PacketWriterOptions) {
    this.#options = options;
  }

  /** @param filter in the grammar of filters; empty: everything that the product looks at */
  start(filter: string): void {
    if (this.#writing !== null) return;
    const { program, socket, prefix = 'lanlord-packets', onMessage } = this.#options;
    // Made here, so that it never replaces another one and is for its owner alone to read.
    const file = saveText(prefix, 'pcapng', '');
    if (!file.ok) {
      onMessage({ text: file.message, style: 'warn' });
      return;
    }
    const { path } = file;
    const [command = '', ...first] = program;
    const args = ['capture', '-w', path, '--duration', longestDuration, '--socket', socket];
    const child = spawn(command, [...first, ...args, ...(filter === '' ? [] : ['--filter', filter])], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const timer = setInterval(() => this.#tell(), lookEveryMs);
    this.#writing = { path, filter, child, timer, ended: this.#end(child, path) };
    this.#tell();
  }

  /** Asks it to end; what came of it is told when it has. */
  end(): void {
    const { child } = this.#writing ?? {};
    child?.kill('SIGINT');
    if (child) setTimeout(() => child.kill('SIGKILL'), endTimeoutMs).unref();
  }

  /** Ends it, and waits until the file is whole. */
  async close(): Promise<void> {
    const ended = this.#writing?.ended;
    this.end();
    await ended;
  }

  async #end(child: ChildProcess, path: string): Promise<void> {
    let said = '';
    const { promise, resolve } = Promise.withResolvers<boolean>();
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    child.once('error', ({ message }) => {
      said += message;
      resolve(false);
    });
    child.once('close', (code) => resolve(code === 0));
    const isWritten = await promise;
    if (this.#writing !== null) clearInterval(this.#writing.timer);
    this.#writing = null;
    this.#options.onState(null);
    this.#options.onMessage(isWritten ? written(said, path) : failed(said, path));
  }

  #tell(): void {
    if (this.#writing === null) return;
    const { path, filter } = this.#writing;
    this.#options.onState({ path, filter, bytes: sizeOf(path) });
  }
}

function written(said: string, path: string): UiMessage {
  const [, frames = '0', dropped = '0'] = /(\d+) frames, (\d+) dropped/.exec(said) ?? [];
  const lost = dropped === '0' ? '' : `, ${dropped} dropped`;
  const many = frames === '1' ? '1 packet' : `${frames} packets`;
  return { text: `${many} written${lost}: ${path}`, style: lost === '' ? 'ok' : 'warn' };
}

/** A file in which nothing is, is none. */
function failed(said: string, path: string): UiMessage {
  if (sizeOf(path) === 0) remove(path);
  const words = ownWords(said);
  return { text: words === '' ? 'Ended before anything was written.' : `Not written: ${words}`, style: 'warn' };
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

function remove(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // Somebody else was faster, or it may not be: nothing is in it.
  }
}
