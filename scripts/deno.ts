// Runs the binding's tests under Deno and reads its closing count.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Outcome, root, runAndRead } from './suite.ts';

/** One task of native/deno.json. */
export async function deno(task: string): Promise<Outcome> {
  const name = `native under Deno (${task})`;
  if (!existsSync(join(root, 'native/deno.json'))) {
    return { name, ok: true, passed: 0, failed: 0, skipped: 1, skippedNames: ['native/deno.json does not exist'] };
  }
  console.log(`\n── ${name}: deno task --config native/deno.json ${task}`);
  const command = ['node_modules/.bin/deno', 'task', '--config', 'native/deno.json', task];
  const { code, text } = await runAndRead(command, { NO_COLOR: '1' });
  return { name, ...judgeDeno(code, text) };
}

/** Pure part: `ok | 37 passed | 0 failed | 2 ignored (35s)` → what happened; an output without it is a failure. */
export function judgeDeno(code: number, text: string): Omit<Outcome, 'name'> {
  const line = /^(?:ok|FAILED) \| (\d+) passed.*$/m.exec(text)?.[0];
  if (line === undefined) return { ok: false, passed: 0, failed: 1, skipped: 0, skippedNames: [] };
  const count = (word: string): number => Number(new RegExp(`(\\d+) ${word}`).exec(line)?.[1] ?? 0);
  const reported = count('failed');
  const skippedNames = [...text.matchAll(/^(.*) \.\.\. ignored\b/gm)].map((match) => match[1] ?? '');
  return {
    ok: code === 0 && reported === 0,
    passed: count('passed'),
    failed: code !== 0 && reported === 0 ? 1 : reported,
    skipped: count('ignored'),
    skippedNames,
  };
}
