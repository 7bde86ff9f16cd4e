// Runs the conformance runner over the cases in the repository and reads its closing count.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { bun, type Outcome, root, runAndRead } from './suite.ts';

const runner = 'test/conformance/run.ts';
const cases = 'test/conformance/cases';

/** No runner or no cases yet: says so, and counts as one skipped. */
export async function conformance(): Promise<Outcome> {
  const name = 'conformance';
  if (!existsSync(join(root, runner)) || !existsSync(join(root, cases))) {
    return { name, ok: true, passed: 0, failed: 0, skipped: 1, skippedNames: [`${runner} or ${cases} does not exist`] };
  }
  console.log(`\n── ${name}: bun ${runner} ${cases}`);
  const { code, text } = await runAndRead([bun, runner, cases]);
  return { name, ...judgeConformance(code, text) };
}

/** Pure part: exit code and output of the runner → what happened; an output without a count is a failure. */
export function judgeConformance(code: number, text: string): Omit<Outcome, 'name'> {
  const counts = /^(\d+) passed, (\d+) failed, (\d+) skipped$/m.exec(text);
  if (counts === null) return { ok: false, passed: 0, failed: 1, skipped: 0, skippedNames: [] };
  const [passed, failed, skipped] = counts.slice(1).map(Number) as [number, number, number];
  return { ok: code === 0 && failed === 0, passed, failed, skipped, skippedNames: [] };
}
