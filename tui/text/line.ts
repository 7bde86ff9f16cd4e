// One line of a frame: pieces of text, each with what it means. Colors are decided when it is painted.
import { cellWidth } from './cell-text.ts';
import { takeStart } from './to-width.ts';

/** Meanings, not colors. */
export type Token =
  | 'ok'
  | 'here'
  | 'standby'
  | 'claiming'
  | 'warn'
  | 'crit'
  | 'info'
  | 'dim'
  | 'accent'
  | 'title'
  | 'selection'
  | 'frozen'
  | 'stale';

export interface Span {
  /** Made by `cellText`. */
  readonly text: string;
  readonly style?: Token;
}

export type Line = readonly Span[];

export function span(text: string, style?: Token): Span {
  return style === undefined ? { text } : { text, style };
}

export function lineWidth(line: Line): number {
  let width = 0;
  for (const { text } of line) width += cellWidth(text);
  return width;
}

/** At most `width` cells of the line. */
export function cutLine(line: Line, width: number): Line {
  const result: Span[] = [];
  let rest = width;
  for (const piece of line) {
    if (rest <= 0) break;
    const text = takeStart(piece.text, rest);
    rest -= cellWidth(text);
    result.push(text === piece.text ? piece : { ...piece, text });
    if (text !== piece.text) break;
  }
  return result;
}

/** Exactly `width` cells. */
export function padLine(line: Line, width: number): Line {
  const missing = width - lineWidth(line);
  if (missing === 0) return line;
  if (missing > 0) return [...line, span(' '.repeat(missing))];
  const cut = cutLine(line, width);
  // A character of two cells may have been cut off where one cell is left.
  const left = width - lineWidth(cut);
  return left > 0 ? [...cut, span(' '.repeat(left))] : cut;
}

/** Left and right ends of one line, exactly `width` cells; the left end gives way. */
export function spread(left: Line, right: Line, width: number): Line {
  const room = Math.max(0, width - lineWidth(right) - 1);
  return padLine([...padLine(left, room), span(' '), ...right], width);
}

/** The same text in one style, as a selected row is drawn. */
export function restyle(line: Line, style: Token): Line {
  return [span(plainText(line), style)];
}

export function plainText(line: Line): string {
  return line.map(({ text }) => text).join('');
}
