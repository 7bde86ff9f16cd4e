// Runs one command of a check or test round, and reads the counts of `bun test` from its JUnit report.
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Failure, readJunit } from './junit.ts';

/** The project's folder. */
export const root = resolve(import.meta.dir, '..');

/** Bun itself, to run tools with: their wrappers ask for newer Nodes than we do. */
export const bun = process.execPath;

export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

export interface Outcome extends Counts {
  name: string;
  ok: boolean;
  /** Names of the skipped tests; each says its reason. */
  skippedNames: string[];
  failures?: Failure[];
  /** What failed once and passed when it was run again. */
  unsteady?: Failure[];
}

/** Runs a command in the project's folder with our own stdout and stderr; resolves to its exit code. */
export async function run(command: string[], env: Record<string, string> = {}): Promise<number> {
  const child = Bun.spawn(command, {
    cwd: root,
    env: { ...process.env, ...env },
    stdin: 'ignore',
    stdout: 'inherit',
    stderr: 'inherit',
  });
  return await child.exited;
}

/** As `run`, and gives back what was printed on stdout. */
export async function runAndRead(command: string[], env: Record<string, string> = {}) {
  const options = { cwd: root, env: { ...process.env, ...env }, stdin: 'ignore', stderr: 'inherit' } as const;
  const child = Bun.spawn(command, { ...options, stdout: 'pipe' });
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of child.stdout) {
    process.stdout.write(chunk);
    text += decoder.decode(chunk, { stream: true });
  }
  return { code: await child.exited, text };
}

/**
 * Runs `bun test` over paths; a round that found no test at all counts as failed.
 *
 * `again`: files in which something failed are run a second time, and only what fails twice counts as failed; the rest is
 * told by name as unsteady. For suites that are judged by real clocks on a machine that others may use, and no others.
 */
export async function bunTest(
  name: string,
  paths: string[],
  options: string[] = [],
  { again = false } = {},
): Promise<Outcome> {
  const first = await oneRun(paths, options);
  const files = [...new Set(first.failures.map(({ file }) => file))].filter((file) => file !== '');
  if (!again || first.ok || files.length === 0) return { name, ...first };
  console.log(`\n── ${name}: once more: ${files.join(' ')}`);
  const second = await oneRun(
    files.map((file) => `./${file}`),
    options,
  );
  return { name, ...afterSecond(first, second) };
}

async function oneRun(paths: string[], options: string[]): Promise<Judged> {
  const folder = mkdtempSync(join(tmpdir(), 'lanlord-junit-'));
  const report = join(folder, 'report.xml');
  try {
    const code = await run([bun, 'test', ...options, '--reporter=junit', `--reporter-outfile=${report}`, ...paths]);
    return judge(code, readReport(report));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function readReport(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

export interface Judged extends Omit<Outcome, 'name' | 'unsteady'> {
  failures: Failure[];
}

/** Pure part of `bunTest`: exit code and JUnit text → what happened. */
export function judge(code: number, xml: string): Judged {
  const { total, failed: reported, skipped, skippedNames, failures } = readJunit(xml);
  // A crash of the runner, or a file that does not load, fails the round even if no single test did.
  const failed = code !== 0 && reported === 0 ? 1 : reported;
  const passed = Math.max(0, total - skipped - reported);
  return { ok: code === 0 && failed === 0, passed, failed, skipped, skippedNames, failures };
}

/** Pure part of `bunTest`: what a second run of the files that failed leaves of the first one's failures. */
export function afterSecond(first: Judged, second: Judged): Omit<Outcome, 'name'> {
  const failedAgain = Math.min(second.failed, first.failed);
  const stillFails = (one: Failure) => second.failures.some(({ file, name }) => file === one.file && name === one.name);
  return {
    ...first,
    ok: second.ok,
    passed: first.passed + first.failed - failedAgain,
    failed: failedAgain,
    failures: second.failures,
    // A second run that broke off says nothing of what it did not come to.
    unsteady: second.ok || second.failures.length > 0 ? first.failures.filter((one) => !stillFails(one)) : [],
  };
}

/** The plain closing line of every round. */
function countLine({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

function sum(outcomes: readonly Counts[]): Counts {
  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const outcome of outcomes) {
    total.passed += outcome.passed;
    total.failed += outcome.failed;
    total.skipped += outcome.skipped;
  }
  return total;
}

/** Does a folder of the project hold a test file? */
export function hasTests(path: string): boolean {
  return globSync('**/*.test.ts', { cwd: join(root, path) }).length > 0;
}

function tell(what: string, round: string, { file, name, message }: Failure, before = ''): void {
  console.log(`${what} ${round}: ${file}: ${name}: ${before}${message.trim().replaceAll(/\s+/g, ' ')}`);
}

/** Prints what was skipped and what failed, one line per round and the closing count, and ends the process. */
export function finish(outcomes: readonly Outcome[]): never {
  for (const { name, skippedNames } of outcomes) {
    for (const skipped of skippedNames) console.log(`skipped  ${name}: ${skipped}`);
  }
  for (const { name, unsteady = [], failures = [] } of outcomes) {
    for (const one of unsteady) tell('unsteady', name, one, 'failed once, passed when run again: ');
    for (const one of failures) tell('failed  ', name, one);
  }
  console.log('');
  for (const { name, ok, ...counts } of outcomes)
    console.log(`${ok ? 'ok      ' : 'FAILED  '} ${name}: ${countLine(counts)}`);
  console.log(countLine(sum(outcomes)));
  process.exit(outcomes.every(({ ok }) => ok) ? 0 : 1);
}
