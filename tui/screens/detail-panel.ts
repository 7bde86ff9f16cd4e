// The page of the selected row where there is room for it: beside its list, or below a short one.
import { beside } from '../layout/beside.ts';
import type { Size } from '../layout/breakpoint.ts';
import { panelFrame, panelLines } from '../layout/panel.ts';
import type { PaneId } from '../panes/pane.ts';
import { paneRows, selectedIndex } from '../state/selectors.ts';
import type { Line } from '../text/line.ts';
import { pageLines, pageTitle } from './object-pages.ts';
import { panelStyle, type View } from './view.ts';

/** Width of the side, its frame included. */
const sideWidth = 64;

/** Exactly as many lines as `size` has rows, each as wide. */
export function detailPanel(view: View, pane: PaneId, { columns, rows }: Size): readonly Line[] {
  const all = paneRows(view.model, pane, view.nowMs);
  const page = all.page(selectedIndex(view.model, pane, all));
  const style = panelStyle(view);
  const frame = panelFrame[style];
  const inside = { ...view, body: { columns: columns - frame.width, rows: rows - frame.height } };
  const lines = page === null ? [] : pageLines(inside, page);
  const isWhole = lines.length <= inside.body.rows;
  const subject = page === null ? '' : pageTitle(page);
  const panel = { title: '', subject, note: isWhole ? '' : 'enter shows all', isFocused: false, lines };
  return panelLines(panel, style, columns, rows, view.glyphs);
}

/** A list, with the page of its selected row beside it where the terminal is wide. `list` draws the former. */
export function withSide(view: View, pane: PaneId, height: number, list: (width: number) => readonly Line[]) {
  const { columns } = view.body;
  if (view.breakpoint !== 'wide') return list(columns);
  const width = columns - sideWidth;
  return beside(list(width), detailPanel(view, pane, { columns: sideWidth, rows: height }), width, sideWidth);
}
