// The daemon as a child of the interface: started in a session of its own, its log in a file, stopped with a handover.
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ownCommand } from './own-command.ts';
import type { RunOptions } from './run-options.ts';

const readyLine = 'lanlord ready ';
const pollMs = 20;
/** A handover takes a moment; a daemon that hangs must not hold the terminal for ever. */
const stopTimeoutMs = 30_000;
/** Of a daemon that ended by itself. */
const shownLogLines = 12;

export class DaemonChild {
  readonly log: string;
  readonly #child: ChildProcess;
  readonly #ended: Promise<number>;
  #code: number | null = null;

  /** Throws when the log cannot be written. */
  constructor(options: RunOptions, socket: string) {
    mkdirSync(options.state, { recursive: true, mode: 0o750 });
    this.log = join(options.state, 'daemon.log');
    const file = openSync(this.log, 'w', 0o640);
    const [program = '', ...first] = ownCommand();
    // A session of its own: what the terminal sends to the interface, such as ctrl-z, never stops the answers.
    this.#child = spawn(program, [...first, ...runArguments(options, socket)], {
      stdio: ['ignore', file, file],
      detached: true,
    });
    closeSync(file);
    this.#ended = new Promise((resolve) => {
      const end = (code: number) => {
        this.#code = code;
        resolve(code);
      };
      this.#child.once('exit', (code) => end(code ?? 1));
      this.#child.once('error', () => end(1));
    });
  }

  /** True once it is ready, false when it ended before that. */
  async ready(): Promise<boolean> {
    while (this.#code === null) {
      if (this.#text().includes(readyLine)) return true;
      await Bun.sleep(pollMs);
    }
    return false;
  }

  /** Asks it to stop, and waits. @returns its exit code; null: it did not end in time. */
  async stop(): Promise<number | null> {
    this.askToStop();
    return await Promise.race([this.#ended, Bun.sleep(stopTimeoutMs).then(() => null)]);
  }

  askToStop(): void {
    if (this.#code === null) this.#child.kill('SIGTERM');
  }

  /** The end of its log. */
  lastLines(count = shownLogLines): readonly string[] {
    return this.#text().trimEnd().split('\n').slice(-count);
  }

  #text(): string {
    try {
      return readFileSync(this.log, 'utf8');
    } catch {
      return '';
    }
  }
}

function runArguments(options: RunOptions, socket: string): readonly string[] {
  const { paths, source, node, state, election, logFormat, strictConfig } = options;
  return [
    'run',
    ...paths.flatMap((path) => ['-c', path]),
    ...['--source', source, '--socket', socket, '--state', state, '--log-format', logFormat],
    ...(node === null ? [] : ['--node', node]),
    ...(election === null ? [] : ['--election', election]),
    ...(strictConfig ? ['--strict-config'] : []),
  ];
}
