// Pools: the list, the addresses of the selected one as a field, and who has them.
import { panelFrame, panelLines } from '../layout/panel.ts';
import { severitySign, severityToken } from '../panes/journal-panes.ts';
import { selectedPool } from '../state/selectors.ts';
import { type Line, span } from '../text/line.ts';
import { poolGrid } from './pool-grid.ts';
import {
  counted,
  foreign,
  grouped,
  isCrowded,
  isRoomy,
  listPanel,
  panelStyle,
  rowsInPanel,
  type ScreenView,
  type View,
} from './view.ts';
import { isAbout, whatToDo } from './what-to-do.ts';

/** What is wrong with the pool, and what to do: a full one says how to get room. */
function troubleLines(view: View, name: string): readonly Line[] {
  if (view.breakpoint === 'small') return [];
  const problems = view.world.lists.problems.filter((problem) => isAbout(problem, `pool/${name}`));
  return problems.map((problem) => [
    span('  '),
    span(`${severitySign(problem.severity, view.glyphs)} `, severityToken[problem.severity]),
    foreign(view, problem.message),
    foreign(view, `: ${whatToDo(problem)}`, 'accent'),
  ]);
}

const originWords: Readonly<Record<string, string>> = { auto: 'automatic', requested: 'requested', shared: 'shared' };

/** How its addresses were come by: whether it is full of what was asked for. Nothing while a filter is told there. */
function givenNote({ world, model }: View, name: string): { readonly note?: string } {
  if (model.ui.filters.pools !== undefined) return {};
  const given = world.lists.ips.filter(({ pool, state }) => pool === name && state === 'allocated');
  const counts = Map.groupBy(given, ({ origin }) => originWords[origin] ?? origin);
  return { note: [...counts].map(([word, { length }]) => `${word} ${grouped(length)}`).join('  ') };
}

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
  if (isCrowded(view)) return { pools: 0, grid: 0, addresses: body.rows };
  const frame = panelFrame[panelStyle(view)].height;
  const gridHeight = grid.length === 0 ? 0 : grid.length + frame;
  const most = Math.max(3, Math.floor((body.rows - gridHeight) / 2) - frame - 1);
  const pools = frame + 1 + Math.max(1, Math.min(world.lists.pools.length, most));
  return { pools, grid: gridHeight, addresses: body.rows - pools - gridHeight };
}

export const poolsScreen: ScreenView = {
  panes: ['pools', 'addresses'],
  rowsShown(view, pane) {
    const name = selectedPool(view.model, view.nowMs) ?? '';
    const { pools, addresses } = heights(view, [...gridLines(view), ...troubleLines(view, name)]);
    return rowsInPanel(view, pane === 'pools' ? pools : addresses);
  },
  draw(view) {
    const { body, glyphs, world, model, nowMs } = view;
    const grid = gridLines(view);
    const name = selectedPool(model, nowMs) ?? '';
    const trouble = troubleLines(view, name);
    const parts = heights(view, [...grid, ...trouble]);
    const gridPanel = { title: '', subject: name, note: '', isFocused: false, lines: [...grid, ...trouble] };
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
        { pane: 'addresses', title: 'Addresses of', subject: name, ...givenNote(view, name), empty: ['none given'] },
        body.columns,
        parts.addresses,
      ),
    ];
  },
};
