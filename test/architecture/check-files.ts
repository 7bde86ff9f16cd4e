// What lies at the top of the project, and words that do not belong into any file.

/** The fixed top level; bun.lock has to lie beside package.json. */
const topLevel = new Set([
  'src',
  'tui',
  'native',
  'config',
  'test',
  'package.json',
  'bunfig.toml',
  'tsconfig.json',
  'bun.lock',
  'bench',
  'scripts',
  'docs',
  'LICENSE',
]);

/** Entries beyond the fixed ones, prose and dotfiles. */
export function topLevelFaults(paths: readonly string[]): string[] {
  const entries = [...new Set(paths.map((path) => path.split('/')[0] ?? ''))];
  return entries
    .filter((entry) => !topLevel.has(entry) && !entry.startsWith('.') && !/^[A-Z_]+\.md$/.test(entry))
    .map((entry) => `${entry}: the top level is fixed (see docs/architecture.md, "Layout")`);
}

/** Folders of the machine somebody worked on, and package registries: neither means anything to a reader. */
const foreign = [
  /(?<![\w.~-])\/work\//,
  /(?<![\w.~-])\/root\//,
  /\bregistry\.[\w-]+\.(?:org|com|io)\b/,
  /\blocalhost:4873\b/,
];

/** `path:line` of each line with a foreign word. */
export function foreignWords(path: string, text: string): string[] {
  return text.split('\n').flatMap((line, index) => {
    const found = foreign.map((pattern) => pattern.exec(line)?.[0]).find((word) => word !== undefined);
    return found === undefined ? [] : [`${path}:${index + 1}: "${found}"`];
  });
}
