// What prose says about files is true: links lead somewhere, paths exist, headings that are linked to are there.
import { dirname, normalize } from 'node:path/posix';
import type { ProjectFile } from './project-files.ts';

/** What the project has: its files, and the scripts of package.json. */
export interface Existing {
  readonly paths: readonly string[];
  readonly scripts: readonly string[];
}

const folders = 'src|native|tui|test|bench|scripts|config|docs|\\.ci';
const mentioned = new RegExp(`(?<![\\w./-])(?:${folders})/[\\w.*{},/-]*[\\w*}/]`, 'g');
const link = /\]\(([^)\s]+)\)/g;
const script = /\bnpm run ([\w-]+)/g;

/** One text per false statement: `file:line: what`. */
export function docFaults(pages: readonly ProjectFile[], existing: Existing): string[] {
  return pages.flatMap((page) =>
    page.text.split('\n').flatMap((line, index) => {
      const faults = [...lineLinks(page, line, pages, existing), ...linePaths(line, existing)];
      return faults.map((fault) => `${page.path}:${index + 1}: ${fault}`);
    }),
  );
}

function lineLinks(page: ProjectFile, line: string, pages: readonly ProjectFile[], { paths }: Existing): string[] {
  return [...line.matchAll(link)].flatMap(([, target = '']) => {
    if (/^[a-z]+:/.test(target)) return [];
    const [file = '', heading] = target.split('#');
    const path = file === '' ? page.path : normalize(`${dirname(page.path)}/${file}`);
    if (!exists(path, paths)) return [`no file "${target}"`];
    const text = pages.find((candidate) => candidate.path === path)?.text ?? '';
    return heading === undefined || anchors(text).includes(heading) ? [] : [`no heading "${target}"`];
  });
}

function linePaths(line: string, { paths, scripts }: Existing): string[] {
  const absent = [...line.matchAll(mentioned)].map(([path]) => path).filter((path) => !exists(path, paths));
  const unknown = [...line.matchAll(script)].map(([, name = '']) => name).filter((name) => !scripts.includes(name));
  return [...absent.map((path) => `no file "${path}"`), ...unknown.map((name) => `no script "${name}"`)];
}

/** A file, a folder, or a pattern that at least one file fits. */
function exists(path: string, paths: readonly string[]): boolean {
  const folder = `${path.replace(/\/$/, '')}/`;
  const pattern = new Bun.Glob(path);
  return paths.some((known) => known === path || known.startsWith(folder) || pattern.match(known));
}

/** How forges name headings in links: small letters, no punctuation, hyphens for spaces. */
function anchors(text: string): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replaceAll(' ', '-'),
  );
}
