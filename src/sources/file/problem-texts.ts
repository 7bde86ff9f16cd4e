// The texts that problems are in, for showing the lines they are about.
import type { ConfigProblem } from '#model/problem.ts';
import { readText } from './read-text.ts';

/** By path, for `renderProblems`; without those that cannot be read. Blocks: for commands and for an end. */
export function problemTexts(problems: readonly ConfigProblem[]): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  for (const file of new Set(problems.map((problem) => problem.file))) {
    const read = file === '' ? null : readText(file);
    if (read && 'text' in read) texts.set(file, read.text);
  }
  return texts;
}
