// Pools: the list, the addresses of the selected one as a field, and who has them.
import { panelFrame, panelLines } from '../layout/panel.ts';
import { selectedPool } from '../state/selectors.ts';
import type { Line } from '../text/line.ts';
import { poolGrid } from './pool-grid.ts';
import { counted, isRoomy, listPanel, panelStyle, rowsInPanel, type ScreenView, type View } from './view.ts';

interface Heights {
  readonly pools: number;
  readonly grid: number;
  readonly addresses: number;
}

function gridLines(view: View): readonly Line[] {
  const { world, body, model, nowMs, glyphs } = view;
  const name = selectedPool(model, nowMs);
  const pool = world.lists.pools.find((item) => item.name === name);
  if (pool === undefined || view.breakpoint === 'small') return [];
  return poolGrid(world, pool, body.columns - panelFrame[panelStyle(view)].width, isRoomy(view) ? 8 : 4, glyphs);
}

function heights(view: View, grid: readonly Line[]): Heights {
  const { body, world } = view;
  if (view.breakpoint === 'small') return { pools: body.rows, grid: 0, addresses: 0 };
  const frame = panelFrame[panelStyle(view)].height;
  const gridHeight = grid.length === 0 ? 0 : grid.length + frame;
  const most = Math.max(3, Math.floor((body.rows - gridHeight) / 2) - frame - 1);
  const pools = frame + 1 + Math.max(1, Math.min(world.lists.pools.length, most));
  return { pools, grid: gridHeight, addresses: body.rows - pools - gridHeight };
}

export const poolsScreen: ScreenView = {
  panes: ['pools', 'addresses'],
  rowsShown(view, pane) {
    const { pools, addresses } = heights(view, gridLines(view));
    return rowsInPanel(view, pane === 'pools' ? pools : addresses);
  },
  draw(view) {
    const { body, glyphs, world, model, nowMs } = view;
    const grid = gridLines(view);
    const parts = heights(view, grid);
    const name = selectedPool(model, nowMs) ?? '';
    const gridPanel = { title: '', subject: name, note: '', isFocused: false, lines: grid };
    const empty = ['No pools yet.'];
    return [
      ...listPanel(
        view,
        { pane: 'pools', title: counted(view, 'Pool', 'Pools', world.lists.pools.length), empty },
        body.columns,
        parts.pools,
      ),
      ...panelLines(gridPanel, panelStyle(view), body.columns, parts.grid, glyphs),
      ...listPanel(
        view,
        { pane: 'addresses', title: 'Addresses of', subject: name, empty: ['none given'] },
        body.columns,
        parts.addresses,
      ),
    ];
  },
};
