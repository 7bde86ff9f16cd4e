// Problems where there is room for a few words alone: what each is about, and of the selected one the rest of its message.
import type { ProblemItem } from '#control/list-items.ts';
import { problemKey, severitySign, severityToken } from '../panes/journal-panes.ts';
import { placed, startCursor, topFor } from '../state/cursor.ts';
import { paneRows } from '../state/selectors.ts';
import { cellText } from '../text/cell-text.ts';
import { type Line, padLine, restyle, span } from '../text/line.ts';
import { shorten } from '../text/to-width.ts';
import { wrapText } from '../text/wrap-text.ts';
import { foreign, type View } from './view.ts';

const mostRows = 3;
const mostLines = 4;
const indent = '  ';

/** Problems that are shown at once. */
export function smallProblemRows({ world }: View): number {
  return Math.min(world.lists.problems.length, mostRows);
}

/** Lines that they take. */
export function smallProblemHeight(view: View): number {
  return smallProblemRows(view) === 0 ? 0 : mostLines;
}

export function smallProblems(view: View): readonly Line[] {
  const { model, world, body, focused, nowMs } = view;
  const shown = smallProblemRows(view);
  const rows = paneRows(model, 'problems', nowMs);
  const { index, top } = placed(model.ui.cursors.problems ?? startCursor, rows.keys);
  const first = topFor(top, index, rows.keys.length, shown);
  const byKey = new Map(world.lists.problems.map((problem) => [problemKey(problem), problem]));
  const lines = Array.from({ length: shown }, (_, offset) => first + offset).flatMap((at): readonly Line[] => {
    const problem = byKey.get(rows.keys.at(at) ?? '');
    if (problem === undefined) return [];
    const isSelected = at === index;
    const line = headLine(view, problem, isSelected);
    if (!isSelected) return [line];
    const head = focused === 'problems' && model.ui.overlay === null ? restyle(line, 'selection') : line;
    return [head, ...restLines(view, problem, mostLines - shown)];
  });
  return lines.slice(0, mostLines).map((line) => padLine(line, body.columns));
}

function headLine(view: View, problem: ProblemItem, isSelected: boolean): Line {
  const { glyphs, body } = view;
  const { severity, code } = problem;
  const style = severityToken[severity];
  const marker = isSelected ? glyphs.selected : ' ';
  const lead = `${marker} ${severitySign(severity, glyphs)} `;
  return padLine(
    [span(lead, style), foreign(view, code, style), span('  '), foreign(view, nameOf(problem))],
    body.columns,
  );
}

function nameOf({ object }: ProblemItem): string {
  return object.slice(object.indexOf('/') + 1);
}

function restLines(view: View, problem: ProblemItem, count: number): readonly Line[] {
  const { glyphs, body } = view;
  const name = nameOf(problem);
  const { message } = problem;
  const rest = message.startsWith(name) ? message.slice(name.length).replace(/^[:\s]+/, '') : message;
  const width = body.columns - indent.length;
  let left = cellText(rest, glyphs.name);
  const lines: Line[] = [];
  while (left !== '' && lines.length < Math.max(1, count)) {
    const isLast = lines.length === Math.max(1, count) - 1;
    // The last line goes to the edge: a MAC address is no word to lose.
    const text = isLast ? shorten(left, width, glyphs.ellipsis) : (wrapText(left, width)[0] ?? '');
    lines.push([span(indent + text)]);
    left = isLast ? '' : left.slice(text.length).trimStart();
  }
  return lines;
}
