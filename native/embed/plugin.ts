// For the build of a binary: a bundler plugin that puts libpcap into it, or the reason why there is none.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BunPlugin } from 'bun';

const here = fileURLToPath(new URL('.', import.meta.url));
const cache = join(here, '../../.cache/libpcap');

/** Changes whenever the recipe does, so that a cached copy from an older one is not used. */
function recipe(): string {
  const hash = createHash('sha256').update(process.arch);
  for (const file of ['build.sh', 'glibc-floor.h']) hash.update(readFileSync(join(here, file)));
  return hash.digest('hex');
}

function buildCopy(): string | null {
  const stamp = join(cache, 'recipe');
  const wanted = recipe();
  if (existsSync(join(cache, 'libpcap.so')) && existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return null;
  const { status, stderr, error } = spawnSync(join(here, 'build.sh'), [cache], { encoding: 'utf8' });
  if (error !== undefined) return `build.sh: ${error.message}`;
  if (status !== 0) return stderr.trim().split('\n').at(-1) ?? `build.sh ended with status ${status}`;
  writeFileSync(stamp, wanted);
  return null;
}

/**
 * Builds libpcap, or takes the copy of an earlier build (`.cache/libpcap`), and gives a plugin for `Bun.build` that
 * embeds it. Otherwise says why not; such a binary needs the libpcap of the box it runs on.
 */
export async function embedLibpcap(): Promise<{ plugin: BunPlugin } | { reason: string }> {
  const reason = buildCopy();
  if (reason !== null) return { reason };
  const library = JSON.stringify(join(cache, 'libpcap.so'));
  const license = JSON.stringify(readFileSync(join(cache, 'LICENSE'), 'utf8'));
  const contents = [
    `import path from ${library} with { type: 'file' };`,
    'export const embeddedLibpcap = path;',
    `export const embeddedLicense = ${license};`,
  ].join('\n');
  return {
    plugin: {
      name: 'embed-libpcap',
      setup(build) {
        build.onLoad({ filter: /[\\/]embed[\\/]embedded\.ts$/ }, () => ({ contents, loader: 'ts' }));
      },
    },
  };
}
