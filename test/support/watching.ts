// A command that goes on: what it has said so far, and how it ended.
import { type ChildProcess, spawn } from 'node:child_process';
import { type Box, binary } from './box.ts';

/** Beyond every pause of a busy machine. */
const patienceMs = 20_000;

export interface WatchEnd {
  /** Null: a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export class Watching {
  readonly #child: ChildProcess;
  readonly ended: Promise<WatchEnd>;
  stdout = '';
  stderr = '';

  constructor(box: Box, args: readonly string[]) {
    // `ip netns exec` becomes the command: a signal reaches it.
    this.#child = spawn('ip', ['netns', 'exec', box.host.namespace, binary, ...args, '--socket', box.socket], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child.stdout?.on('data', (data) => {
      this.stdout += data;
    });
    this.#child.stderr?.on('data', (data) => {
      this.stderr += data;
    });
    this.ended = new Promise((resolve) => {
      this.#child.on('close', (code, signal) => resolve({ code, signal }));
    });
  }

  /** Whole lines of standard output. */
  get lines(): readonly string[] {
    return this.stdout.split('\n').slice(0, -1);
  }

  /** Those lines as JSON; throws where one is none. */
  get objects(): readonly Record<string, unknown>[] {
    return this.lines.map((line) => JSON.parse(line));
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** Waits until `seen` is true; throws with what was said when that takes too long. */
  async until(seen: (watching: Watching) => boolean, what: string): Promise<void> {
    const end = performance.now() + patienceMs;
    while (!seen(this)) {
      if (performance.now() > end) throw new Error(`never seen: ${what}\n${this.stdout}\n${this.stderr}`);
      await Bun.sleep(20);
    }
  }

  /** Waits until it has said something, on the stream on which it says that it has begun. */
  async begun(): Promise<this> {
    await this.until(({ stdout, stderr }) => stdout !== '' || stderr.includes('capturing on'), 'a first word');
    return this;
  }

  async end(name: NodeJS.Signals = 'SIGINT'): Promise<WatchEnd> {
    this.signal(name);
    return await this.ended;
  }
}
