// What a screen is drawn from, and how it draws its lists.
import type { Breakpoint, Size } from '../layout/breakpoint.ts';
import { type PanelStyle, panelFrame, panelLines } from '../layout/panel.ts';
import type { CellContext } from '../panes/cell-context.ts';
import type { PaneId, PaneRows } from '../panes/pane.ts';
import { placed, startCursor, topFor } from '../state/cursor.ts';
import type { Model } from '../state/model.ts';
import { paneRows, selectedIndex } from '../state/selectors.ts';
import type { World } from '../state/world.ts';
import { cellText } from '../text/cell-text.ts';
import type { Glyphs } from '../text/glyphs.ts';
import { type Line, span, type Token } from '../text/line.ts';
import { wrapText } from '../text/wrap-text.ts';

export interface View {
  readonly model: Model;
  readonly world: World;
  readonly context: CellContext;
  readonly glyphs: Glyphs;
  readonly nowMs: number;
  /** What is left for the screen itself. */
  readonly body: Size;
  readonly breakpoint: Breakpoint;
  /** The list that the keys go to. */
  readonly focused: PaneId;
}

export interface ScreenView {
  /** Its lists in the order of the tab key; the first has the keys at the start. */
  readonly panes: readonly PaneId[];
  /** How many rows of one of them are seen. */
  rowsShown(view: View, pane: PaneId): number;
  /** Exactly `view.body.rows` lines. */
  draw(view: View): readonly Line[];
}

/** An explanation takes the lower part: above it stands the list that has the keys, and little else. */
export function isCrowded({ model }: View): boolean {
  return model.ui.explain !== null;
}

export function isRoomy({ breakpoint }: View): boolean {
  return breakpoint === 'wide' || breakpoint === 'roomy';
}

export function panelStyle(view: View): PanelStyle {
  return isRoomy(view) ? 'box' : 'rule';
}

export interface ListPanel {
  readonly pane: PaneId;
  readonly title: string;
  readonly subject?: string;
  readonly note?: string;
  readonly hasHeader?: boolean;
  /** Shown in place of rows when there is none at all. */
  readonly empty?: readonly string[];
}

/** Rows that a list panel of this height shows. */
export function rowsInPanel(view: View, height: number, hasHeader = true): number {
  return Math.max(0, height - panelFrame[panelStyle(view)].height - (hasHeader ? 1 : 0));
}

/** A list in its panel, exactly `height` lines of `width` cells. */
export function listPanel(view: View, list: ListPanel, width: number, height: number): readonly Line[] {
  const { glyphs, model } = view;
  const style = panelStyle(view);
  const rows = paneRows(model, list.pane, view.nowMs);
  const inner = width - panelFrame[style].width;
  const hasHeader = list.hasHeader ?? true;
  const room = rowsInPanel(view, height, hasHeader);
  const isFocused = view.focused === list.pane;
  const note = list.note ?? filterNote(view, rows);
  const top = topOf(view, list.pane, rows, room);
  const lines =
    rows.keys.length === 0 ? emptyLines(view, list, rows, inner) : listLines(view, list.pane, rows, inner, room);
  const place = rows.keys.length > room && room > 0 ? placeText(top, room, rows.keys.length) : '';
  const shown = hasHeader || rows.keys.length === 0 ? lines : lines.slice(1);
  const { title, subject = '' } = list;
  return panelLines({ title, subject, note, place, isFocused, lines: shown }, style, width, height, glyphs);
}

/** `13-24 of 5,000`. */
function placeText(top: number, room: number, count: number): string {
  return `${grouped(top + 1)}-${grouped(Math.min(top + room, count))} of ${grouped(count)}`;
}

/** First row shown. */
function topOf({ model }: View, id: PaneId, rows: PaneRows, height: number): number {
  const { index, top } = placed(model.ui.cursors[id] ?? startCursor, rows.keys);
  return topFor(top, index, rows.keys.length, height);
}

function listLines(view: View, id: PaneId, rows: PaneRows, width: number, height: number): readonly Line[] {
  const { model, context } = view;
  const selected = selectedIndex(model, id, rows);
  const top = topOf(view, id, rows, height);
  const isFocused = view.focused === id && model.ui.overlay === null;
  const window = { width, top, height, selected: isFocused ? selected : -1, isFocused };
  return rows.lines(window, context, model.ui.wide);
}

function emptyLines(view: View, { empty = [], pane }: ListPanel, { total }: PaneRows, width: number): readonly Line[] {
  if (total > 0) return [textLine(`0 of ${total} match. esc clears the filter.`)];
  const texts = empty.length > 0 ? empty : [view.world.status === null ? '' : `no ${pane}`];
  return texts.flatMap((text) => {
    const indent = /^ */.exec(text)?.[0] ?? '';
    const lines = wrapText(cellText(text.trimStart(), view.glyphs.name), width - 4 - indent.length);
    return lines.map((line): Line => [span(`  ${indent}${line}`, 'dim')]);
  });
}

/** `filter: plex  3 of 38` while a filter is applied. */
export function filterNote({ model }: View, rows: PaneRows): string {
  const filter = model.ui.filters[model.ui.place.screen];
  if (filter === undefined) return '';
  return `filter: ${filter}  ${grouped(rows.keys.length)} of ${grouped(rows.total)}`;
}

/** A sentence of our own, indented like rows. */
export function textLine(text: string, style?: Token): Line {
  return [span('  '), span(text, style)];
}

/** Foreign text made fit for a line. */
export function foreign(view: Pick<View, 'glyphs'>, text: string, style?: Token): Line[number] {
  return span(cellText(text, view.glyphs.name), style);
}

/** `Pools (3)`, in a rule `POOLS 3`. */
export function counted(view: View, singular: string, plural: string, count: number): string {
  return isRoomy(view) ? `${plural} (${grouped(count)})` : `${count === 1 ? singular : plural} ${grouped(count)}`;
}

/** 12044 as 12,044. */
export function grouped(value: number | string): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',');
}
