// `npm test`: the whole test suite; says what it skips and why, and closes with the count alone on a line.
import { ensureBinary } from './binary.ts';
import { conformance } from './conformance.ts';
import { deno } from './deno.ts';
import { bunTest, finish, hasTests, type Outcome } from './suite.ts';

/** Suites in order: what is quick and near to the cause first. `needs` returns the reason for leaving a suite out. */
const suites: { name: string; path: string; options?: string[]; again?: boolean; needs?: () => string | undefined }[] =
  [
    { name: 'architecture', path: 'test/architecture' },
    { name: 'unit', path: 'test/unit', options: ['--timeout=60000'] },
    { name: 'contract', path: 'test/contract' },
    { name: 'simulation', path: 'test/simulation', options: ['--timeout=120000'] },
    { name: 'binary', path: 'test/binary', options: ['--timeout=60000'] },
    { name: 'netns', path: 'test/netns', options: ['--timeout=120000'], again: true, needs: lacksNamespaces },
    { name: 'cluster', path: 'test/cluster', options: ['--timeout=120000'], needs: lacksNamespaces },
  ];

function lacksNamespaces(): string | undefined {
  if (process.getuid?.() !== 0) return 'needs root for network namespaces: sudo npm test';
  const attempt = Bun.spawnSync(['unshare', '--net', 'true'], { stderr: 'ignore' });
  return attempt.success ? undefined : 'this machine or container allows no network namespaces';
}

function nothing(name: string, reason: string): Outcome {
  return { name, ok: true, passed: 0, failed: 0, skipped: 1, skippedNames: [reason] };
}

async function built(): Promise<Outcome> {
  const code = await ensureBinary();
  const ok = code === 0;
  return { name: 'build', ok, passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: 0, skippedNames: [] };
}

const outcomes: Outcome[] = [await built()];
for (const { name, path, options = [], again, needs } of suites) {
  if (!hasTests(path)) continue;
  const reason = needs?.();
  if (reason !== undefined) {
    outcomes.push(nothing(name, reason));
    continue;
  }
  console.log(`\n── ${name}: bun test ${options.join(' ')} ./${path}`);
  outcomes.push(await bunTest(name, [`./${path}`], ['--only-failures', ...options], { again }));
}
outcomes.push(await conformance(), await deno('test'));
outcomes.push(
  lacksNamespaces() === undefined ? await deno('test-root') : nothing('native under Deno (test-root)', 'needs root'),
);
finish(outcomes);
