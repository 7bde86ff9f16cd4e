// What systemd knows of a daemon that is gone: how its unit ended, and the end of its log.
import { execFile } from 'node:child_process';

const unitName = 'lanlord.service';

/** Runs a command; what it printed, or null when it failed or took too long. */
export type RunCommand = (file: string, args: readonly string[]) => Promise<string | null>;

export interface UnitWordsOptions {
  readonly run: RunCommand;
  readonly nowMs: () => number;
}

/** A machine without systemd, or with a slow one, must not be asked at every attempt to connect. */
const leastMs = 10_000;
const shownLines = 3;
const timeoutMs = 2000;

export class UnitWords {
  readonly #options: UnitWordsOptions;
  #lines: readonly string[] = [];
  #askedMs = Number.NEGATIVE_INFINITY;

  constructor(options: UnitWordsOptions) {
    this.#options = options;
  }

  /** What is known by now; asks anew behind it. The first line begins with the name of the unit; empty: there is none. */
  lines(): readonly string[] {
    const now = this.#options.nowMs();
    if (now - this.#askedMs >= leastMs) {
      this.#askedMs = now;
      void this.#ask();
    }
    return this.#lines;
  }

  async #ask(): Promise<void> {
    const { run } = this.#options;
    const properties = 'LoadState,ActiveState,SubState,Result,ExecMainStatus,StateChangeTimestamp';
    const shown = await run('systemctl', ['show', unitName, `--property=${properties}`, '--timestamp=utc']);
    const unit = shown === null ? null : unitText(shown);
    if (unit === null) {
      this.#lines = [];
      return;
    }
    const log = await run('journalctl', ['-u', unitName, '-n', String(shownLines), '-o', 'cat', '--no-pager', '-q']);
    const lines = (log ?? '').split('\n').filter((line) => line.trim() !== '');
    this.#lines = [`${unitName}: ${unit}`, ...lines.slice(-shownLines)];
  }
}

/** `failed, exit status 1 (exit-code), since …`; null when there is no such unit. */
export function unitText(shown: string): string | null {
  const fields = new Map(
    shown.split('\n').map((line): [string, string] => {
      const at = line.indexOf('=');
      return [line.slice(0, at), line.slice(at + 1).trim()];
    }),
  );
  const field = (name: string) => fields.get(name) ?? '';
  if (field('LoadState') !== 'loaded') return null;
  const state = field('ActiveState');
  const result = field('Result');
  const status = field('ExecMainStatus');
  const ended = result === '' || result === 'success' ? '' : `, exit status ${status} (${result})`;
  const since = field('StateChangeTimestamp');
  return `${state}${state === 'active' ? ` (${field('SubState')})` : ''}${ended}${since === '' ? '' : `, since ${since}`}`;
}

/** By the program of this name on the path. */
export const runCommand: RunCommand = (file, args) => {
  const { promise, resolve } = Promise.withResolvers<string | null>();
  execFile(file, [...args], { timeout: timeoutMs, encoding: 'utf8' }, (error, stdout) => {
    resolve(error === null ? stdout : null);
  });
  return promise;
};
