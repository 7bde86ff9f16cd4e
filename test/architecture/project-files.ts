// The project's own files: everything git tracks or would track.
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const projectRoot = resolve(import.meta.dir, '../..');

/** One source or prose file; `path` is relative to the project, with forward slashes. */
export interface ProjectFile {
  path: string;
  text: string;
}

function list(): string[] {
  const command = ['git', 'ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  const result = Bun.spawnSync(command, { cwd: projectRoot });
  if (!result.success) throw new Error(`git ls-files failed: ${result.stderr}`);
  const paths = new Set(result.stdout.toString().split('\0'));
  return [...paths].filter((path) => path !== '' && existsSync(join(projectRoot, path))).sort();
}

/** Paths of all files of the project. */
export const projectPaths: readonly string[] = list();

export function readProjectFile(path: string): string {
  return readFileSync(join(projectRoot, path), 'utf8');
}

/** The product's TypeScript: what the layer rules are about. */
export const productSources: readonly ProjectFile[] = projectPaths
  .filter((path) => /^(src|tui|native)\/.*\.tsx?$/.test(path))
  .map((path) => ({ path, text: readProjectFile(path) }));
