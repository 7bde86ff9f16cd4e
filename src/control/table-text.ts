// Tables as aligned text.
import { safeText } from '#model/safe-text.ts';
import type { Column } from './columns.ts';

export interface TableStyle {
  readonly wide: boolean;
  /** Width to cut lines at; null: nothing is ever cut (pipes and files get everything). */
  readonly maxWidth: number | null;
}

/** Header and one line per item, columns two spaces apart, without trailing spaces. Text of the items is made harmless. */
export function tableText<T>(
  columns: readonly Column<T>[],
  items: readonly T[],
  nowMs: number,
  { wide, maxWidth }: TableStyle,
): string {
  const shown = columns.filter((column) => wide || column.wide !== true);
  const rows = [
    shown.map(({ header }) => header),
    ...items.map((item) => shown.map(({ value }) => safeText(value(item, nowMs)))),
  ];
  const widths = shown.map((_, index) => rows.reduce((most, row) => Math.max(most, textWidth(row[index] ?? '')), 0));
  const lines = rows.map((row) =>
    row
      .map((cell, index) => pad(cell, widths[index] ?? 0, shown[index]?.right === true))
      .join('  ')
      .trimEnd(),
  );
  return lines.map((line) => `${maxWidth === null ? line : clip(line, maxWidth)}\n`).join('');
}

/** Cells of a terminal that the text takes; wide characters take two. */
export function textWidth(text: string): number {
  return Bun.stringWidth(text);
}

function pad(text: string, width: number, right: boolean): string {
  const space = ' '.repeat(Math.max(0, width - textWidth(text)));
  return right ? space + text : text + space;
}

/** Cut to the width, with an ellipsis that says so. */
function clip(text: string, width: number): string {
  if (textWidth(text) <= width) return text;
  let taken = '';
  let used = 0;
  for (const character of text) {
    used += textWidth(character);
    if (used > width - 1) break;
    taken += character;
  }
  return `${taken}…`;
}
