// `get problems` and the Overview name the same problem first.
import { expect, test } from 'bun:test';
import { problemItems } from '#control/view-journal.ts';
import { daemonView } from '../../support/daemon-view.ts';

test('regression: a list of problems has the rank that screens have: severity, what many addresses hang on, then age', () => {
  const one = (code: string, severity: 'critical' | 'warning', sinceMs: number) => {
    return { code, severity, object: `x/${sinceMs}`, message: '', hint: '', sinceMs };
  };
  const problems = [
    one('PEND', 'warning', 1),
    one('LINK', 'warning', 3),
    one('LINK', 'warning', 2),
    one('DUP', 'critical', 4),
  ];
  const listed = problemItems(daemonView({ problems }));
  expect(listed.map(({ code, object }) => `${code} ${object}`)).toEqual([
    'DUP x/4',
    'LINK x/2',
    'LINK x/3',
    'PEND x/1',
  ]);
});
