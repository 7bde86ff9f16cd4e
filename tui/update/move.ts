// Moving the selection, scrolling pages, changing lists.

import { breakpointOf } from '../layout/breakpoint.ts';
import type { PaneId } from '../panes/pane.ts';
import { screenViews } from '../screens/all-screens.ts';
import { explanationOverflow, pageOverflow, viewOf } from '../screens/compose.ts';
import { moveCursor, placed, startCursor } from '../state/cursor.ts';
import type { ExplainPane, Model } from '../state/model.ts';
import { paneRows, selectedIndex } from '../state/selectors.ts';
import { withUi } from './with-ui.ts';

/** How far: rows, screenfuls, or to an end. */
export type Distance =
  | { readonly unit: 'row' | 'half' | 'page'; readonly count: number }
  | { readonly unit: 'end'; readonly count: -1 | 1 };

export function focusedPane(model: Model, nowMs: number): PaneId {
  return viewOf(model, nowMs).focused;
}

export function move(model: Model, distance: Distance, nowMs: number): Model {
  const { ui } = model;
  if (ui.explain !== null && ui.overlay === null && isOfExplanation(model, distance)) {
    return scrollExplanation(model, ui.explain, distance, nowMs);
  }
  return ui.place.page !== null || ui.overlay === 'help' || ui.overlay === 'doctor'
    ? scrollPage(model, distance, nowMs)
    : moveSelection(model, distance, nowMs);
}

/** By screenfuls; where it takes the whole screen by whatever moves. */
function isOfExplanation({ ui }: Model, { unit }: Distance): boolean {
  return unit === 'half' || unit === 'page' || breakpointOf(ui.size) === 'small';
}

function scrollExplanation(model: Model, explain: ExplainPane, distance: Distance, nowMs: number): Model {
  const most = explanationOverflow(model, nowMs);
  const shown = Math.max(1, model.ui.size.rows - viewOf(model, nowMs).body.rows - 6);
  const top = Math.max(0, Math.min(explain.top + steps(distance, shown), most));
  return withUi(model, { explain: { ...explain, top } });
}

function steps({ unit, count }: Distance, screenful: number): number {
  switch (unit) {
    case 'row':
      return count;
    case 'half':
      return count * Math.max(1, Math.floor(screenful / 2));
    case 'page':
      return count * Math.max(1, screenful - 1);
    case 'end':
      return count * Number.MAX_SAFE_INTEGER;
  }
}

function scrollPage(model: Model, distance: Distance, nowMs: number): Model {
  const most = pageOverflow(model, nowMs);
  const wanted = model.ui.pageTop + steps(distance, viewOf(model, nowMs).body.rows);
  return withUi(model, { pageTop: Math.max(0, Math.min(wanted, most)) });
}

function moveSelection(model: Model, distance: Distance, nowMs: number): Model {
  const view = viewOf(model, nowMs);
  const id = view.focused;
  const rows = paneRows(model, id, nowMs);
  const shown = screenViews[model.ui.place.screen].rowsShown(view, id);
  const cursor = placed(model.ui.cursors[id] ?? startCursor, rows.keys);
  const wanted = selectedIndex(model, id, rows) + steps(distance, shown);
  // The end of a stream is its newest frame: there the first row goes on being the newest.
  const follows = id === 'stream' && (wanted <= 0 || (distance.unit === 'end' && distance.count === 1));
  const next = follows ? startCursor : moveCursor(cursor, rows.keys, wanted, shown);
  return withUi(model, { cursors: { ...model.ui.cursors, [id]: next } });
}

/** To the next row that is worth it, such as a duplicate; the model as it was when there is none. */
export function moveToNotable(model: Model, step: 1 | -1, nowMs: number): Model {
  const view = viewOf(model, nowMs);
  const id = view.focused;
  const rows = paneRows(model, id, nowMs);
  const shown = screenViews[model.ui.place.screen].rowsShown(view, id);
  const cursor = placed(model.ui.cursors[id] ?? startCursor, rows.keys);
  let index = selectedIndex(model, id, rows) + step;
  while (index >= 0 && index < rows.keys.length && !rows.isNotable(index)) index += step;
  if (index < 0 || index >= rows.keys.length) return model;
  return withUi(model, { cursors: { ...model.ui.cursors, [id]: moveCursor(cursor, rows.keys, index, shown) } });
}

/** Gives the keys to the next list of the screen that has room for rows. */
export function nextPane(model: Model, step: 1 | -1, nowMs: number): Model {
  const { screen } = model.ui.place;
  const view = viewOf(model, nowMs);
  const shown = screenViews[screen].panes.filter((pane) => screenViews[screen].rowsShown(view, pane) > 0);
  if (shown.length === 0) return model;
  const at = shown.indexOf(view.focused);
  const next = shown[(at + step + shown.length) % shown.length] ?? shown[0];
  return next === undefined ? model : withUi(model, { focus: { ...model.ui.focus, [screen]: next } });
}
