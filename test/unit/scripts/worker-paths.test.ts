// Paths of workers in the compiled binary.
import { expect, test } from 'bun:test';
import { rewriteWorkerUrls } from '../../../scripts/worker-paths.ts';

const entries = ['main.ts', 'capture/worker.ts'];

test('rewriteWorkerUrls() names a worker from the top of the bundle', () => {
  const line = "const w = new Worker(new URL('./worker.ts', import.meta.url).href);";
  expect(rewriteWorkerUrls(line, 'capture/spawn-worker.ts', entries)).toBe(
    "const w = new Worker(new URL('./capture/worker.ts', import.meta.url).href);",
  );
  expect(rewriteWorkerUrls(line.replace('./worker', '../capture/worker'), 'cli/run.ts', entries)).toContain(
    "'./capture/worker.ts'",
  );
});

test('rewriteWorkerUrls() refuses a worker that is not in the binary', () => {
  const line = "new Worker(new URL('./other.ts', import.meta.url))";
  expect(() => rewriteWorkerUrls(line, 'capture/a.ts', entries)).toThrow('src/capture/other.ts');
});

test('rewriteWorkerUrls() leaves everything else as it is', () => {
  const text = "new URL('./table.json', import.meta.url); new URL(path, base);";
  expect(rewriteWorkerUrls(text, 'capture/a.ts', entries)).toBe(text);
});
