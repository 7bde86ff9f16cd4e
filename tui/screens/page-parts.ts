// Parts that several pages have.
import type { Condition } from '#model/resources.ts';
import { severityToken } from '../panes/journal-panes.ts';
import type { Line } from '../text/line.ts';
import { fact, type Part } from './facts.ts';
import { textLine, type View } from './view.ts';
import { isAbout, whatToDo } from './what-to-do.ts';

export function gone(what: string): readonly Line[] {
  return [textLine(`This ${what} does not exist any more. esc goes back.`, 'warn')];
}

export function conditionsPart(view: View, conditions: readonly Condition[]): readonly Part[] {
  if (conditions.length === 0) return [];
  const lines = conditions.flatMap(({ type, status, reason, message }) => {
    return fact(view, status, `${type}: ${reason}${message === '' ? '' : `: ${message}`}`);
  });
  return [{ title: 'Conditions', lines }];
}

/** First on every page: what is wrong, and what to do. */
export function problemsPart(view: View, object: string): readonly Part[] {
  const problems = view.world.lists.problems.filter((problem) => isAbout(problem, object));
  if (problems.length === 0) return [];
  const lines = problems.flatMap((problem) => {
    const todo = whatToDo(problem);
    return [
      ...fact(view, problem.code, problem.message, severityToken[problem.severity]),
      ...(todo === '' ? [] : fact(view, '', todo, 'accent')),
    ];
  });
  return [{ title: 'Problems', lines }];
}
