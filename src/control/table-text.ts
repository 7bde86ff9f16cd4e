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
  style: TableStyle,
): string {
  return new GrowingTable(columns, style).add(items, nowMs);
}

/** A table that gets more lines now and then: its columns never become narrower. */
export class GrowingTable<T> {
  readonly #shown: readonly Column<T>[];
  readonly #maxWidth: number | null;
  /** Null: the header has not been written. */
  #widths: readonly number[] | null = null;

  constructor(columns: readonly Column<T>[], { wide, maxWidth }: TableStyle) {
    this.#shown = columns.filter((column) => wide || column.wide !== true);
    this.#maxWidth = maxWidth;
  }

  /** The text of these items, the first time with the header. */
  add(items: readonly T[], nowMs: number): string {
    const shown = this.#shown;
    const known = this.#widths;
    const rows = items.map((item) => shown.map(({ value }) => safeText(value(item, nowMs))));
    if (!known) rows.unshift(shown.map(({ header }) => header));
    const widths = shown.map((_, index) =>
      rows.reduce((most, row) => Math.max(most, textWidth(row[index] ?? '')), known?.[index] ?? 0),
    );
    this.#widths = widths;
    const lines = rows.map((row) =>
      row
        .map((cell, index) => pad(cell, widths[index] ?? 0, shown[index]?.right === true))
        .join('  ')
        .trimEnd(),
    );
    return lines.map((line) => `${this.#maxWidth === null ? line : clip(line, this.#maxWidth)}\n`).join('');
  }
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
