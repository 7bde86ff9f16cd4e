// Runs a command of this program and reads its JSON: what a command examines or evaluates never holds up a key.
import { type ExecFileException, execFile } from 'node:child_process';
import type { Answer } from '../state/ui-event.ts';

/** A plan of 50,000 services has 200 bytes for each. */
const mostOutput = 64 * 1024 * 1024;

/** What a command is told first, and how long it may take. */
export interface OwnCommand {
  /** The program and what comes before the arguments of a command. */
  readonly program: readonly string[];
  readonly timeoutMs: number;
}

/** The JSON that it prints, whether it ends with 0 or with 1 (something was found); else the sentence of its error. */
export async function ownAnswer<T>({ program, timeoutMs }: OwnCommand, args: readonly string[]): Promise<Answer<T>> {
  const [file = '', ...first] = program;
  const { promise, resolve } = Promise.withResolvers<Answer<T>>();
  const settings = { timeout: timeoutMs, maxBuffer: mostOutput };
  execFile(file, [...first, ...args, '-o', 'json'], settings, (error, stdout, stderr) => {
    resolve(answered<T>(stdout) ?? { ok: false, message: failureText(args[0] ?? '', timeoutMs, error, stderr) });
  });
  return await promise;
}

function answered<T>(stdout: string): Answer<T> | null {
  try {
    return { ok: true, value: JSON.parse(stdout) };
  } catch {
    return null;
  }
}

function failureText(command: string, timeoutMs: number, error: ExecFileException | null, stderr: string): string {
  if (error?.killed) return `lanlord ${command} did not end within ${timeoutMs / 1000} s`;
  const said = ownWords(stderr);
  return said === '' ? `lanlord ${command} said nothing: ${error?.message ?? 'no JSON'}` : said;
}

/** What a command says on stderr, without its name before it. */
export function ownWords(stderr: string): string {
  const lines = stderr.trim().split('\n');
  return lines.map((line) => line.replace(/^lanlord: /, '')).join('; ');
}
