// Runs one command of a check or test round, and reads the counts of `bun test` from its JUnit report.
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

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

/** Runs `bun test` over paths; a round that found no test at all counts as failed. */
export async function bunTest(name: string, paths: string[], options: string[] = []): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), 'lanlord-junit-'));
  const report = join(folder, 'report.xml');
  try {
    const code = await run([bun, 'test', ...options, '--reporter=junit', `--reporter-outfile=${report}`, ...paths]);
    return { name, ...judge(code, readReport(report)) };
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

/** Pure part of `bunTest`: exit code and JUnit text → what happened. */
export function judge(code: number, xml: string): Omit<Outcome, 'name'> {
  const head = /<testsuites\b[^>]*>/.exec(xml)?.[0] ?? '';
  const total = attribute(head, 'tests');
  const skipped = attribute(head, 'skipped');
  const reported = attribute(head, 'failures');
  // A crash of the runner, or a file that does not load, fails the round even if no single test did.
  const failed = code !== 0 && reported === 0 ? 1 : reported;
  const skippedNames = [...xml.matchAll(/<testcase\b([^>]*)>\s*<skipped\b/g)].map((match) =>
    unescapeXml(/\bname="([^"]*)"/.exec(match[1] ?? '')?.[1] ?? ''),
  );
  const passed = Math.max(0, total - skipped - reported);
  return { ok: code === 0 && failed === 0, passed, failed, skipped, skippedNames };
}

function attribute(tag: string, name: string): number {
  return Number(new RegExp(`\\b${name}="(\\d+)"`).exec(tag)?.[1] ?? 0);
}

function unescapeXml(text: string): string {
  return text
    .replaceAll('&quot;', '"')
    .replaceAll('&apos;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
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

/** Prints what was skipped, one line per round and the closing count, and ends the process. */
export function finish(outcomes: readonly Outcome[]): never {
  for (const { name, skippedNames } of outcomes) {
    for (const skipped of skippedNames) console.log(`skipped  ${name}: ${skipped}`);
  }
  console.log('');
  for (const { name, ok, ...counts } of outcomes)
    console.log(`${ok ? 'ok      ' : 'FAILED  '} ${name}: ${countLine(counts)}`);
  console.log(countLine(sum(outcomes)));
  process.exit(outcomes.every(({ ok }) => ok) ? 0 : 1);
}
