// The page of a problem that is about nothing that has a page of its own: all its words, and what they mean.
import { severityWord } from '#control/columns.ts';
import { type ProblemCode, problemCodes } from '#model/problem-codes.ts';
import { agoText } from '../panes/cell-context.ts';
import { problemKey, severityToken } from '../panes/journal-panes.ts';
import { type Line, span } from '../text/line.ts';
import { fact, partLines } from './facts.ts';
import { textLine, type View } from './view.ts';
import { whatToDo } from './what-to-do.ts';

export function problemPage(view: View, key: string): readonly Line[] {
  const problem = view.world.lists.problems.find((item) => problemKey(item) === key);
  if (problem === undefined) return [textLine('This problem is over. esc goes back.', 'ok')];
  const { code, severity, object, message, since } = problem;
  const meaning: string = problemCodes[code as ProblemCode]?.meaning ?? '';
  const known = whatToDo({ ...problem, hint: '' });
  const todo = whatToDo(problem);
  return partLines(view, [
    {
      title: 'Problem',
      lines: [
        ...fact(view, code, message, severityToken[severity]),
        ...fact(view, 'severity', severityWord[severity]),
        ...fact(view, 'about', object),
        ...fact(view, 'since', `${agoText(since, view.context)} (${since})`),
      ],
    },
    {
      title: 'What to do',
      lines: [
        ...(todo === '' ? [[span('  nobody can tell', 'dim')]] : fact(view, 'now', todo, 'accent')),
        ...(known === '' || known === todo ? [] : fact(view, 'in general', known)),
      ],
    },
    ...(meaning === '' ? [] : [{ title: 'What it means', lines: fact(view, '', meaning.replaceAll('`', '')) }]),
  ]);
}
