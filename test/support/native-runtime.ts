// What the tests of `native` need under either runtime: a child process, garbage collection, a scratch directory.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

// Deno's needs --v8-flags=--expose-gc, as in native/deno.json.
const { Bun: bun, gc } = globalThis as { Bun?: { gc(force: boolean): void }; gc?: () => void };

export const runtimeName = bun === undefined ? 'deno' : 'bun';

export const packageDirectory = fileURLToPath(new URL('../../native/', import.meta.url));

/** Arguments that run `file` under this runtime. */
export function command(file: string): [string, ...string[]] {
  return runtimeName === 'bun' ? [process.execPath, file] : [process.execPath, 'run', '-A', '--no-lock', file];
}

/** Runs `source` as a module of its own; `prefix` is a command to run it under, such as setpriv. */
export function runChild(
  file: string,
  options: { prefix?: string[]; cwd?: string; env?: Record<string, string> } = {},
) {
  const [program, ...args] = [...(options.prefix ?? []), ...command(file)] as [string, ...string[]];
  const env = { ...process.env, ...options.env };
  const result = spawnSync(program, args, { encoding: 'utf8', cwd: options.cwd, env });
  return { status: result.status, stdout: result.stdout, stderr: result.stderr };
}

/** Churns the garbage-collected heap, so that whatever can move or be freed is. */
export function collectGarbage(): void {
  let garbage: unknown[] = [];
  for (let i = 0; i < 20_000; i++) garbage.push(new Uint8Array(16));
  garbage = [];
  bun?.gc(true);
  gc?.();
}

/** Runs `use` with a directory that is gone afterwards. */
export function withDirectory<T>(use: (directory: string) => T): T {
  const directory = mkdtempSync(join(tmpdir(), 'native-test-'));
  try {
    return use(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
