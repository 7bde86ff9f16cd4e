// Lets `new Worker(new URL('./worker.ts', import.meta.url))` find its file in the compiled binary too.
import { readFileSync } from 'node:fs';
import { posix, relative } from 'node:path';
import type { BunPlugin } from 'bun';

const workerUrl = /new URL\((['"])(?<path>\.[^'"]*\.ts)\1,\s*import\.meta\.url\)/g;

/**
 * In the binary every bundled module claims to lie at the top, whatever folder it came from, so a path relative to the
 * module misses its target. Writes it relative to `src`, the bundle's top, instead.
 *
 * @param file path of the module relative to `src`
 * @param entries paths of the listed entries relative to `src`; throws for a worker that is not among them
 */
export function rewriteWorkerUrls(text: string, file: string, entries: readonly string[]): string {
  return text.replaceAll(workerUrl, (...match) => {
    const { path } = match.at(-1) as { path: string };
    const target = posix.normalize(posix.join(posix.dirname(file), path));
    if (!entries.includes(target))
      throw new Error(`src/${file} starts src/${target}, which scripts/build.ts does not list`);
    return `new URL('./${target}', import.meta.url)`;
  });
}

/** @param source absolute path of `src` */
export function workerPaths(source: string, entries: readonly string[]): BunPlugin {
  return {
    name: 'worker-paths',
    setup(build) {
      build.onLoad({ filter: /\.ts$/ }, ({ path }) => {
        if (!path.startsWith(`${source}/`)) return undefined;
        const text = readFileSync(path, 'utf8');
        const contents = rewriteWorkerUrls(text, relative(source, path), entries);
        return contents === text ? undefined : { contents, loader: 'ts' };
      });
    },
  };
}
