// Configuration problems as text: the line that editors and grep read, the source line with a caret, the hint.
import type { ConfigProblem } from '#model/problem.ts';
import { safeText } from '#model/safe-text.ts';

/** Widest piece of a source line that is shown. */
const snippetWidth = 120;

/** `path:line:col: error[LL-CFG-nnn]: message`, the form of compilers. */
export function renderHeadline(problem: ConfigProblem): string {
  const { file, line, column, severity, code, message } = problem;
  return safeText(`${file}:${line}:${column}: ${severity}[${code}]: ${message}`);
}

/** One problem; without the text of its file there is no snippet. */
export function renderProblem(problem: ConfigProblem, text: string | undefined): string {
  const lines = [renderHeadline(problem)];
  if (text !== undefined) lines.push(...snippet(problem, text));
  if (problem.hint !== '') lines.push(`     = ${safeText(problem.hint)}`);
  return lines.join('\n');
}

/** All problems in the order given, each as by `renderProblem`. `texts`: the texts of the files by path. */
export function renderProblems(problems: readonly ConfigProblem[], texts: ReadonlyMap<string, string>): string {
  return problems.map((problem) => renderProblem(problem, texts.get(problem.file))).join('\n');
}

/** By file in the order of their paths, then by place. */
export function sortProblems(problems: readonly ConfigProblem[]): ConfigProblem[] {
  return [...problems].sort(
    (a, b) => compareText(a.file, b.file) || a.line - b.line || a.column - b.column || compareText(a.code, b.code),
  );
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function snippet(problem: ConfigProblem, text: string): string[] {
  const full = lineOf(text, problem.line);
  if (full === null || full.trim() === '') return [];
  // A long line is cut around the column.
  const from = Math.max(0, problem.column - 1 - snippetWidth / 2);
  const source = full.slice(from, from + snippetWidth);
  const at = problem.column - 1 - from;
  const indent = ' '.repeat(Bun.stringWidth(shown(source.slice(0, at))));
  const marked = shown(source.slice(at, at + tokenLength(source.slice(at))));
  const caret = '^'.repeat(Math.max(1, Bun.stringWidth(marked)));
  return [`${String(problem.line).padStart(4)} | ${shown(source)}`, `     | ${indent}${caret}`];
}

/** As a terminal shows it: a tab is as wide wherever it stands, so that the caret stays below what it means. */
function shown(source: string): string {
  return safeText(source.replaceAll('\t', '    '));
}

function lineOf(text: string, line: number): string | null {
  let start = 0;
  for (let at = 1; at < line; at++) {
    start = text.indexOf('\n', start) + 1;
    if (start === 0) return null;
  }
  const end = text.indexOf('\n', start);
  return text.slice(start, end < 0 ? text.length : end).replace(/\r$/, '');
}

const token = /^(?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[[{]|[^\s,\]}#]+?(?=:(?:\s|$)|[\s,\]}]|$))/;

/** Length of the word or quoted text at the start: what the caret underlines. */
function tokenLength(source: string): number {
  return token.exec(source)?.[0].length ?? 1;
}
