// `npm run ok`: every quick check; runs all of them whatever happens and reports all failures at the end.
// With `--static`: only those that run no test.
import { join } from 'node:path';
import { conformance } from './conformance.ts';
import { bun, bunTest, finish, hasTests, type Outcome, run } from './suite.ts';

async function tool(name: string, command: string[]): Promise<Outcome> {
  console.log(`\n── ${name}: ${command.join(' ')}`);
  const code = await run([bun, '--bun', ...command]);
  return { name, ok: code === 0, passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0, skippedNames: [] };
}

async function tests(name: string, path: string): Promise<Outcome[]> {
  if (!hasTests(path)) return [];
  console.log(`\n── ${name}: bun test ./${path}`);
  return [await bunTest(name, [`./${path}`], ['--only-failures'])];
}

const bin = (name: string): string => join('node_modules/.bin', name);
const outcomes: Outcome[] = [
  await tool('types', [bin('tsc'), '--noEmit']),
  await tool('lint and format', [bin('biome'), 'check', '--max-diagnostics=100', '--error-on-warnings', '.']),
  await tool('unused code', [bin('knip'), '--no-config-hints']),
];
if (!process.argv.includes('--static')) {
  for (const suite of ['architecture', 'unit', 'contract', 'simulation'])
    outcomes.push(...(await tests(suite, `test/${suite}`)));
  outcomes.push(await conformance());
}
finish(outcomes);
