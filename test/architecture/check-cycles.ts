// Finds import cycles; imports of types count, starting a worker does not.
import { importsOf } from './imports.ts';
import type { ProjectFile } from './project-files.ts';

/** Each cycle once, as `a → b → a`. */
export function importCycles(files: readonly ProjectFile[]): string[] {
  const targets = new Map(files.map((file) => [file.path, targetsOf(file)]));
  const done = new Set<string>();
  const cycles: string[] = [];
  const visit = (path: string, trail: string[]): void => {
    const at = trail.indexOf(path);
    if (at !== -1) {
      cycles.push([...trail.slice(at), path].join(' → '));
      return;
    }
    if (done.has(path)) return;
    for (const target of targets.get(path) ?? []) visit(target, [...trail, path]);
    done.add(path);
  };
  for (const path of targets.keys()) visit(path, []);
  return cycles;
}

function targetsOf(file: ProjectFile): string[] {
  const edges = importsOf(file).filter(({ kind }) => kind === 'static' || kind === 'dynamic');
  return edges.map(({ target }) => target).filter((target) => target !== undefined);
}
