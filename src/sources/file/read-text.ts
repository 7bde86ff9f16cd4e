// The text of one manifest file.
import { readFileSync } from 'node:fs';
import type { ConfigProblem } from '#model/problem.ts';
import { fileProblem, reasonOf } from './find-files.ts';

/** UTF-8 without its byte order mark. Blocks: for small files, or off the main thread. */
export function readText(path: string): { readonly text: string } | { readonly problem: ConfigProblem } {
  try {
    const bytes = readFileSync(path);
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch (error) {
    if (error instanceof TypeError) {
      return { problem: fileProblem(path, 'LL-CFG-013', 'the file is not UTF-8', 'save it as UTF-8') };
    }
    return { problem: fileProblem(path, 'LL-CFG-013', `cannot read the file: ${reasonOf(error)}`, '') };
  }
}
