// Reads the import statements of a TypeScript file, those of types included.
import { posix } from 'node:path';
import { mask } from './mask.ts';
import type { ProjectFile } from './project-files.ts';

/** `worker`: a file named by `new URL(…, import.meta.url)`. `computed`: an import whose target is no plain string. */
export type ImportKind = 'static' | 'dynamic' | 'worker' | 'computed';

export interface Import {
  from: string;
  line: number;
  kind: ImportKind;
  specifier: string;
  /** The statement is erased: `import type`. */
  typeOnly: boolean;
  /** Path in the project, or undefined for packages and built-in modules. */
  target: string | undefined;
}

const forms: { kind: ImportKind; pattern: RegExp }[] = [
  { kind: 'static', pattern: /\b(?:import|export)\b(?<clause>[\w$*{},\s]*?)\bfrom\s*(?<quote>['"])/g },
  { kind: 'static', pattern: /\bimport\s*(?<quote>['"])/g },
  { kind: 'dynamic', pattern: /\b(?:import|require)\s*\(\s*(?<quote>['"])/g },
  { kind: 'worker', pattern: /\bnew\s+URL\s*\(\s*(?<quote>['"])/g },
  { kind: 'computed', pattern: /\bimport\s*\(\s*(?!['"\s])/g },
];

/** All imports of a file, in no particular order. */
export function importsOf(file: ProjectFile): Import[] {
  const code = mask(file.text);
  return forms.flatMap(({ kind, pattern }) =>
    [...code.matchAll(pattern)].map((match): Import => {
      const start = match.index + match[0].length;
      const quote = match.groups?.['quote'];
      const specifier = quote === undefined ? '' : file.text.slice(start, code.indexOf(quote, start));
      return {
        from: file.path,
        line: code.slice(0, match.index).split('\n').length,
        kind,
        specifier,
        typeOnly: /^\s*type\b(?!\s*(?:,|from\b))/.test(match.groups?.['clause'] ?? ''),
        target: resolveSpecifier(file.path, specifier),
      };
    }),
  );
}

/** `#core/plan.ts` and relative specifiers → path in the project; anything else is a package or built in. */
function resolveSpecifier(from: string, specifier: string): string | undefined {
  if (specifier.startsWith('#native/')) return specifier.slice(1);
  if (specifier.startsWith('#tui/')) return specifier.slice(1);
  if (specifier.startsWith('#')) return `src/${specifier.slice(1)}`;
  if (specifier.startsWith('.')) return posix.normalize(posix.join(posix.dirname(from), specifier));
  return undefined;
}

/** `@scope/name/sub` → `@scope/name`; `node:fs` and `bun:ffi` stay as they are. */
export function packageOf(specifier: string): string {
  const parts = specifier.split('/');
  return parts.slice(0, specifier.startsWith('@') ? 2 : 1).join('/');
}

export function isBuiltin(specifier: string): boolean {
  return /^(node:|bun:|bun$)/.test(specifier);
}
