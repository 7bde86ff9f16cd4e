// What to do about a problem.
import type { ProblemItem } from '#control/list-items.ts';
import { type ProblemCode, problemCodes } from '#model/problem-codes.ts';

/** What the daemon advises in this case; otherwise what the reference says of the code, nothing for one that it lacks. */
export function whatToDo({ hint, code }: ProblemItem): string {
  return hint === '' ? (problemCodes[code as ProblemCode]?.todo ?? '').replaceAll('`', '') : hint;
}

/** One line may stand for many objects. */
export function isAbout({ object, objects }: Pick<ProblemItem, 'object' | 'objects'>, name: string): boolean {
  return object === name || (objects?.includes(name) ?? false);
}
