// A table as lines: a header and the rows of a window, every cell exactly as wide as its column.
import { cellText, cellWidth } from '../text/cell-text.ts';
import type { Glyphs } from '../text/glyphs.ts';
import { type Line, padLine, restyle, type Span, span, type Token } from '../text/line.ts';
import { type Shortening, toWidth } from '../text/to-width.ts';
import { columnGap, columnWidths } from './column-widths.ts';

export interface Cell {
  /** As it came: made fit for a cell when it is drawn. */
  readonly text: string;
  readonly style?: Token;
}

export interface TableColumn<Row> {
  readonly id: string;
  readonly header: string;
  readonly cell: (row: Row) => Cell;
  readonly min: number;
  /** Its cells may become this wide without the rows changing, as ages do. */
  readonly least?: number;
  /** Wider cells are shortened. */
  readonly max?: number;
  readonly priority: number;
  readonly right?: boolean;
  readonly grows?: boolean;
  /** How wide it grows at most; as wide as there is room when left out. */
  readonly most?: number;
  readonly shortening?: Shortening;
  /** Shown only when asked for more. */
  readonly wide?: boolean;
}

export interface TableWindow {
  readonly width: number;
  /** Index of the first row shown. */
  readonly top: number;
  /** Rows shown at most, without the header. */
  readonly height: number;
  /** Index of the selected row, -1 for none. */
  readonly selected: number;
  /** The keys go to this table. */
  readonly isFocused: boolean;
  readonly marked?: ReadonlySet<number>;
  /** What cells depend on besides their rows, such as how times are shown. */
  readonly form?: string;
}

/** Left of the first column: room for the sign of the selection. */
const markerWidth = 2;
/** Right of the last one: it does not touch the frame. */
const endWidth = 1;

/** More rows than these are not measured: their cells are shortened if they must. */
const measuredRows = 500;

type Widths = readonly (number | null)[];

/** BOUNDED: by the lists that are alive; keyed by the array, which is a new one when anything in it changed. */
const measured = new WeakMap<readonly unknown[], Map<string, Widths>>();

/** What `columnWidths` says about these rows, measured once per list. Columns do not move while rows scroll by. */
export function tableWidths<Row>(
  columns: readonly TableColumn<Row>[],
  rows: readonly Row[],
  { width, form = '' }: Pick<TableWindow, 'width' | 'form'>,
  glyphs: Glyphs,
): Widths {
  const key = `${width} ${form} ${glyphs.name} ${columns.map(({ id }) => id).join()}`;
  const known = measured.get(rows) ?? new Map<string, Widths>();
  measured.set(rows, known);
  const before = known.get(key);
  if (before) return before;
  const wishes = columns.map(({ header, cell, min: wanted, least = 0, max = 400, priority, grows, most }) => {
    let natural = Math.max(header.length, least);
    const growth = grows ? { grows, ...(most === undefined ? {} : { most }) } : {};
    // A fixed width needs no measuring: streams bring new rows all the time.
    if (wanted === max) return { min: wanted, natural: max, priority, ...growth };
    // A column whose header is cut says nothing.
    const min = Math.max(wanted, Math.min(header.length, max));
    for (const row of rows.slice(0, measuredRows)) {
      if (natural >= max) break;
      natural = Math.max(natural, cellWidth(cellText(cell(row).text, glyphs.name)));
    }
    return { min, natural: Math.min(natural, max), priority, ...growth };
  });
  const widths = columnWidths(wishes, width - markerWidth - endWidth);
  known.set(key, widths);
  return widths;
}

/** Header and rows, each exactly `window.width` wide. Fewer lines when there are fewer rows. */
export function tableLines<Row>(
  columns: readonly TableColumn<Row>[],
  rows: readonly Row[],
  window: TableWindow,
  glyphs: Glyphs,
): readonly Line[] {
  const widths = tableWidths(columns, rows, window, glyphs);
  const lines: Line[] = [headerLine(columns, widths, window.width, glyphs)];
  for (const [offset, row] of rows.slice(window.top, window.top + window.height).entries()) {
    lines.push(rowLine(columns, widths, { row, index: window.top + offset }, window, glyphs));
  }
  return lines;
}

function headerLine<Row>(columns: readonly TableColumn<Row>[], widths: Widths, width: number, glyphs: Glyphs): Line {
  const cells = columns.map((column, index) =>
    cellSpan({ text: column.header, style: 'dim' }, column, widths[index], glyphs),
  );
  return padLine([span(' '.repeat(markerWidth)), ...joined(cells)], width);
}

function rowLine<Row>(
  columns: readonly TableColumn<Row>[],
  widths: Widths,
  { row, index }: { readonly row: Row; readonly index: number },
  { width, selected, isFocused, marked }: TableWindow,
  glyphs: Glyphs,
): Line {
  const isSelected = index === selected;
  const cells = columns.map((column, at) => cellSpan(column.cell(row), column, widths[at], glyphs));
  const mark = marked?.has(index) ? '+' : ' ';
  const marker = isSelected ? `${glyphs.selected}${mark}` : ` ${mark}`;
  const line = padLine([span(marker), ...joined(cells)], width);
  return isSelected && isFocused ? restyle(line, 'selection') : line;
}

function cellSpan<Row>(
  { text, style }: Cell,
  { right = false, shortening = 'end' }: TableColumn<Row>,
  width: number | null | undefined,
  glyphs: Glyphs,
): Span | null {
  if (width === null || width === undefined) return null;
  return span(toWidth(cellText(text, glyphs.name), width, glyphs.ellipsis, { right, shortening }), style);
}

function joined(cells: readonly (Span | null)[]): Line {
  const gap = span(' '.repeat(columnGap));
  return cells.filter((cell) => cell !== null).flatMap((cell, index) => (index === 0 ? [cell] : [gap, cell]));
}
