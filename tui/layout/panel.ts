// A titled part of the screen: a box where there is room, a rule above it where there is little.
import { cellText, cellWidth } from '../text/cell-text.ts';
import type { Glyphs } from '../text/glyphs.ts';
import { type Line, padLine, span } from '../text/line.ts';
import { shorten } from '../text/to-width.ts';

export type PanelStyle = 'box' | 'rule';

export interface Panel {
  readonly title: string;
  /** Goes on after the title: a name, which is never written in capitals. */
  readonly subject?: string;
  /** At the right end of the title line; may be empty. */
  readonly note: string;
  /** Which part of a longer list is shown: at the end of the bottom of a box, or of the rule. */
  readonly place?: string;
  /** The keys go here. */
  readonly isFocused: boolean;
  readonly lines: readonly Line[];
}

/** Lines and columns that the frame of a panel takes. */
export const panelFrame: Readonly<Record<PanelStyle, { readonly height: number; readonly width: number }>> = {
  box: { height: 2, width: 2 },
  rule: { height: 1, width: 0 },
};

/** Exactly `height` lines of `width` cells; lines that are too many are left out at the end. */
export function panelLines(panel: Panel, style: PanelStyle, width: number, height: number, glyphs: Glyphs): Line[] {
  if (height <= 0) return [];
  const frame = panelFrame[style];
  const inner = Math.max(0, width - frame.width);
  const count = Math.max(0, height - frame.height);
  const content = Array.from({ length: count }, (_, index) => padLine(panel.lines[index] ?? [], inner));
  if (style === 'rule') return [ruleLine(panel, width, glyphs), ...content].slice(0, height);
  const { vertical, bottomLeft, bottomRight, horizontal } = glyphs;
  const side = span(vertical, 'dim');
  const place = (panel.place ?? '') === '' ? '' : ` ${panel.place} ${horizontal}`;
  const line = horizontal.repeat(Math.max(0, width - 2 - place.length));
  const bottom = span(bottomLeft + line + place + bottomRight, 'dim');
  const lines = [
    topLine(panel, width, glyphs),
    ...content.map((line) => [side, ...line, side]),
    padLine([bottom], width),
  ];
  return lines.slice(0, height);
}

function topLine(panel: Panel, width: number, glyphs: Glyphs): Line {
  const { topLeft, topRight, horizontal } = glyphs;
  const { title, note, fill } = titles(panel, width - 6, glyphs);
  return padLine(
    [
      span(`${topLeft}${horizontal} `, 'dim'),
      span(title, panel.isFocused ? 'accent' : 'title'),
      span(` ${horizontal.repeat(fill)}`, 'dim'),
      span(note === '' ? '' : ` ${note} `, 'dim'),
      span(`${horizontal}${topRight}`, 'dim'),
    ],
    width,
  );
}

const roomForBoth = 60;

function ruleLine(panel: Panel, width: number, glyphs: Glyphs): Line {
  const { place = '' } = panel;
  // Where there is little room, the place in the list is worth more.
  const both = place === '' || width < roomForBoth ? place || panel.note : `${panel.note}   ${place}`.trim();
  const { title, note, fill } = titles({ ...panel, title: panel.title.toUpperCase(), note: both }, width - 2, glyphs);
  return padLine(
    [
      span(' '),
      span(title, panel.isFocused ? 'accent' : 'title'),
      span(` ${glyphs.horizontal.repeat(fill)}`, 'dim'),
      span(note === '' ? '' : ` ${note}`, 'dim'),
    ],
    width,
  );
}

/** What of both fits, and how much line is drawn between them; the note gives way first. */
function titles(panel: Panel, room: number, glyphs: Glyphs): { title: string; note: string; fill: number } {
  const title = shorten(cellText(wholeTitle(panel), glyphs.name), Math.max(0, room), glyphs.ellipsis);
  const left = room - cellWidth(title);
  const wanted = cellText(panel.note, glyphs.name);
  const note = left > 8 ? shorten(wanted, left - 3, glyphs.ellipsis) : '';
  const taken = note === '' ? 0 : cellWidth(note) + 2;
  return { title, note, fill: Math.max(0, left - taken) };
}

function wholeTitle({ title, subject = '' }: Panel): string {
  return title === '' || subject === '' ? `${title}${subject}` : `${title} ${subject}`;
}
