// Problems below `status`: the worst first, and many of one kind as one, so that the screen holds what matters.
import type { ProblemItem } from '#control/list-items.ts';
import type { Glyphs } from './glyphs.ts';

/** So many of one code and severity are told one by one. */
const toldEach = 3;
/** So many of a crowd are named. */
const named = 3;

export function problemLines(problems: readonly ProblemItem[], signs: Glyphs): readonly string[] {
  const kinds = Map.groupBy(problems, ({ code, severity }) => `${severity} ${code}`);
  return [...kinds.values()].flatMap((all) =>
    all.length > toldEach ? crowdLines(all, signs) : all.flatMap((problem) => lines(problem, signs)),
  );
}

/** Messages name their object themselves. */
function lines({ code, severity, message, hint }: ProblemItem, signs: Glyphs): readonly string[] {
  const first = `${signs[severity]} ${code.padEnd(5)} ${message}`;
  return hint === '' ? [first] : [first, `    ${hint}`];
}

function crowdLines(all: readonly ProblemItem[], signs: Glyphs): readonly string[] {
  const [first] = all;
  if (!first) return [];
  // The list is bounded: its last entry says how many there are beyond it.
  const beyond = all.find(({ object }) => object === 'more');
  const listed = all.filter((problem) => problem !== beyond);
  const unlisted = beyond ? Number.parseInt(beyond.message, 10) || 0 : 0;
  const names = listed.slice(0, named).map(({ object }) => object.slice(object.indexOf('/') + 1));
  const more = listed.length + unlisted - names.length;
  const { code, severity, message } = first;
  return [
    `${signs[severity]} ${code.padEnd(5)} ${listed.length + unlisted} of them: ${names.join(', ')} and ${more} more; the first: ${message}`,
    `    lanlord get problems --filter 'code:${code}'`,
  ];
}
