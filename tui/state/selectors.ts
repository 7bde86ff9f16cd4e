// What the screens and the keys both need to know about the model.
import { panes } from '../panes/all-panes.ts';
import type { CellContext } from '../panes/cell-context.ts';
import type { PaneId, PaneRows } from '../panes/pane.ts';
import { profiles } from '../text/glyphs.ts';
import { cursorIndex, startCursor } from './cursor.ts';
import type { Model } from './model.ts';
import { rowFilter } from './row-filter.ts';
import type { World } from './world.ts';

/** The world as it is shown: the frozen one, or the newest. */
export function shownWorld({ world, ui }: Model): World {
  return ui.frozen?.world ?? world;
}

/** Leaving would stop a daemon that runs: the one that was started with this interface, unless nobody listens any more. */
export function leavingStops({ ui, connection }: Model): boolean {
  const isGone =
    connection.state === 'lost' && (connection.loss.cause === 'refused' || connection.loss.cause === 'absent');
  return ui.ownsDaemon && !isGone;
}

/** The page that says why there is no connection lies over everything else. */
export function isLossShown({ ui, connection, world }: Model): boolean {
  return connection.state === 'lost' && (!ui.lossDismissed || world.status === null);
}

export function cellContext(model: Model, nowMs: number): CellContext {
  const { ui, connection } = model;
  // On a screen that does not move, ages stand still, too: they are those of the moment that is shown.
  const isOld = ui.frozen !== null || connection.state === 'lost';
  return {
    glyphs: profiles[ui.profile],
    nowMs: isOld ? shownWorld(model).atMs || nowMs : nowMs,
    time: ui.time,
  };
}

/** Problems, the brief lists of the Overview and a plan ignore the filter: it must never hide that something is wrong. */
const unfiltered: ReadonlySet<PaneId> = new Set(['problems', 'pool-brief', 'nodes', 'plan']);

export function paneRows(model: Model, id: PaneId, nowMs: number): PaneRows {
  const { ui } = model;
  const text = unfiltered.has(id) ? undefined : ui.filters[ui.place.screen];
  const scope = id === 'addresses' ? selectedPool(model, nowMs) : null;
  const wishes = {
    filter: text === undefined ? null : rowFilter(text, shownWorld(model).status?.node ?? ''),
    sort: ui.sorts[id] ?? null,
    scope,
  };
  return panes[id].rows(shownWorld(model), wishes, cellContext(model, nowMs));
}

/** Index of the selected row of a pane; -1 in an empty one. */
export function selectedIndex(model: Model, id: PaneId, rows: PaneRows): number {
  return cursorIndex(model.ui.cursors[id] ?? startCursor, rows.keys);
}

/** Name of the pool whose addresses are shown: that of its page, or the selected one. */
export function selectedPool(model: Model, nowMs: number): string | null {
  const { page } = model.ui.place;
  if (page?.kind === 'pool') return page.name;
  const rows = paneRows(model, 'pools', nowMs);
  return rows.keys.at(selectedIndex(model, 'pools', rows));
}
