// Which of two problems comes first, wherever they are listed.
import type { RunningProblem, Severity } from './problem.ts';
import type { ProblemCode } from './problem-codes.ts';

const rank: Readonly<Record<Severity, number>> = { critical: 0, warning: 1, info: 2 };

/** Among equals: first what many addresses hang on, last what touches a single service. Codes that are not named stand between. */
const ranksFirst: readonly ProblemCode[] = [
  'CAP',
  'DUP',
  'NOBODY',
  'PROXY-ARP',
  'STALE-CFG',
  'LINK',
  'PEER',
  'CONF',
  'INVALID',
];
const ranksLast: readonly ProblemCode[] = ['DRAINED', 'POOL', 'PEND', 'NODELIVERY', 'NOTE'];

/** For sorting; equals stay as they come. */
export function worstFirst(
  a: Pick<RunningProblem, 'code' | 'severity'>,
  b: Pick<RunningProblem, 'code' | 'severity'>,
): number {
  return rank[a.severity] - rank[b.severity] || placeAmong(a.code) - placeAmong(b.code);
}

function placeAmong(code: string): number {
  const at = ranksFirst.indexOf(code as ProblemCode);
  return at >= 0 ? at - ranksFirst.length : ranksLast.indexOf(code as ProblemCode) + 1;
}
