// Building pieces of pages: titled parts, and facts with their names.
import { panelLines } from '../layout/panel.ts';
import { cellText } from '../text/cell-text.ts';
import { type Line, span } from '../text/line.ts';
import { toWidth } from '../text/to-width.ts';
import { wrapText } from '../text/wrap-text.ts';
import { foreign, type View } from './view.ts';

export interface Part {
  readonly title: string;
  readonly lines: readonly Line[];
}

/** Parts one below the other, each under a rule, as many lines as they need. */
export function partLines(view: View, parts: readonly Part[]): readonly Line[] {
  const { columns } = view.body;
  return parts.flatMap(({ title, lines }) =>
    panelLines({ title, note: '', isFocused: false, lines }, 'rule', columns, lines.length + 1, view.glyphs),
  );
}

const nameWidth = 14;

/** `name   value`, over as many lines as the value needs. */
export function fact(view: View, name: string, value: string, style?: Parameters<typeof span>[1]): readonly Line[] {
  const shown = foreign(view, value === '' ? '-' : value).text;
  return wrapText(shown, view.body.columns - nameWidth - 4).map((text, index) => [
    span('  '),
    span(toWidth(index === 0 ? cellText(name, view.glyphs.name) : '', nameWidth, view.glyphs.ellipsis), 'dim'),
    span(text, style),
  ]);
}
