// Looks for clocks, randomness, waiting and I/O in the pure layers.
import { layerOf, pureLayers } from './layers.ts';
import { mask } from './mask.ts';
import type { ProjectFile } from './project-files.ts';

/** Names that reach the world, or wait for it. Members of other objects (`frame.process`) are not meant. */
const worldly: RegExp[] = [
  /(?<![.\w$])(?:await|async|Date|process|performance|console|fetch|Bun|Deno|globalThis|crypto|require|navigator)\b(?!\s*\??:)/g,
  /(?<![.\w$])(?:setTimeout|setInterval|setImmediate|queueMicrotask|Worker|MessageChannel|BroadcastChannel|Promise|WebSocket)\b/g,
  /\bMath\s*\.\s*random\b/g,
  /\bAtomics\s*\.\s*wait(?:Async)?\b/g,
  /\bimport\s*\.\s*meta\b/g,
];

/** A package that is evaluated on first use; which packages a layer may use is the layer table's matter. */
const packageOnUse = /^require\('(?!node:|bun:|[.#])[^']+'\)/;

/** `path:line: word` for each use of the world in a pure layer. */
export function purityFaults(files: readonly ProjectFile[]): string[] {
  return files
    .filter(({ path }) => pureLayers.includes(layerOf(path) ?? ''))
    .flatMap(({ path, text }) => {
      const code = mask(text);
      return worldly
        .flatMap((pattern) => [...code.matchAll(pattern)])
        .filter((match) => !packageOnUse.test(text.slice(match.index)))
        .map((match) => `${path}:${code.slice(0, match.index).split('\n').length}: ${match[0]}`);
    });
}
