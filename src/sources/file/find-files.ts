// Which files the paths of `-c` stand for.
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ConfigProblem } from '#model/problem.ts';
import type { ConfigCode } from './codes.ts';
import { maxFileBytes } from './pre-scan.ts';

export interface FoundFiles {
  /** In the order of the paths, inside a directory in byte order. */
  readonly files: readonly { readonly path: string; readonly bytes: number }[];
  readonly problems: readonly ConfigProblem[];
  /** A path is gone, or a directory holds no manifest: nothing may be concluded from that. */
  readonly vanished: boolean;
}

const manifestName = /^[^.].*\.(?:yaml|yml|json)$/;

export async function findFiles(paths: readonly string[]): Promise<FoundFiles> {
  const files: { path: string; bytes: number }[] = [];
  const problems: ConfigProblem[] = [];
  let vanished = false;
  const seen = new Set<string>();
  const add = async (path: string) => {
    // The same file through two of the paths is one file.
    if (seen.has(path)) return;
    seen.add(path);
    const bytes = await sizeOf(path);
    if (typeof bytes === 'number') files.push({ path, bytes });
    else problems.push(bytes);
  };
  for (const path of paths) {
    const entries = await entriesOf(path);
    if (entries.kind === 'file') await add(path);
    else if (entries.kind === 'directory' && entries.names.length > 0) {
      for (const name of entries.names) await add(join(path, name));
    } else {
      vanished ||= entries.kind !== 'unreadable';
      problems.push(pathProblem(path, entries));
    }
  }
  return { files, problems, vanished };
}

type Entries =
  | { readonly kind: 'file' | 'gone' }
  | { readonly kind: 'directory'; readonly names: readonly string[] }
  | { readonly kind: 'unreadable'; readonly detail: string };

/** What a path of `-c` is, and the manifests in it when it is a directory. Names starting with "." are not read. */
export async function entriesOf(path: string): Promise<Entries> {
  try {
    const found = await stat(path);
    if (!found.isDirectory()) return { kind: 'file' };
    const names = (await readdir(path)).filter((name) => manifestName.test(name));
    return { kind: 'directory', names: names.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))) };
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return { kind: 'gone' };
    return { kind: 'unreadable', detail: reasonOf(error) };
  }
}

async function sizeOf(path: string): Promise<number | ConfigProblem> {
  try {
    const found = await stat(path);
    if (!found.isFile()) return fileProblem(path, 'LL-CFG-013', 'not a regular file', '');
    if (found.size <= maxFileBytes) return found.size;
    const message = `the file has ${found.size} bytes; the limit is ${maxFileBytes} (64 MiB)`;
    return fileProblem(path, 'LL-CFG-009', message, 'split it into several files of a directory');
  } catch (error) {
    return fileProblem(path, 'LL-CFG-013', `cannot read the file: ${reasonOf(error)}`, '');
  }
}

function pathProblem(path: string, entries: Entries): ConfigProblem {
  if (entries.kind === 'unreadable') {
    return fileProblem(path, 'LL-CFG-013', `cannot read the path: ${entries.detail}`, '');
  }
  const what = entries.kind === 'gone' ? 'does not exist' : 'holds no *.yaml, *.yml or *.json file';
  return fileProblem(
    path,
    'LL-CFG-036',
    `the path ${what}`,
    path === '-'
      ? 'standard input is not read: write it to a file'
      : 'to declare nothing on purpose, leave an empty file there',
  );
}

/** A problem of a whole file or path. */
export function fileProblem(file: string, code: ConfigCode, message: string, hint: string): ConfigProblem {
  return { file, line: 1, column: 1, code, severity: 'error', scope: 'document', path: '', message, hint };
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

/** The system's own words, without the path that the message has already. */
export function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/, \w+ '.*'$/, '');
}
