// Is dist/lanlord there and newer than everything that goes into it? Builds it otherwise.
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { bun, root, run } from './suite.ts';

/** Everything that ends up in the binary. */
const sources = ['src', 'tui', 'native', 'package.json', 'bun.lock', 'scripts/build.ts'];

export const binary = join(root, 'dist/lanlord');

function newestChange(path: string): number {
  if (!existsSync(path)) return 0;
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  const inside = readdirSync(path).map((entry) => newestChange(join(path, entry)));
  return Math.max(stat.mtimeMs, ...inside);
}

function isFresh(): boolean {
  if (!existsSync(binary)) return false;
  return statSync(binary).mtimeMs > Math.max(...sources.map((source) => newestChange(join(root, source))));
}

/** Exit code of the build, 0 when there was nothing to do. */
export async function ensureBinary(): Promise<number> {
  return isFresh() ? 0 : await run([bun, 'scripts/build.ts']);
}
