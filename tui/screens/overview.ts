// Overview: what is wrong, who answers, what the wire does, pools, what happened.
import { beside } from '../layout/beside.ts';
import { panelFrame, panelLines } from '../layout/panel.ts';
import type { PaneId } from '../panes/pane.ts';
import { type Line, padLine } from '../text/line.ts';
import { failoverLines } from './failover-lines.ts';
import { emptyAdvice, poolLine, rateCharts, rateLine } from './overview-parts.ts';
import { smallProblemHeight, smallProblemRows, smallProblems } from './small-problems.ts';
import { counted, isCrowded, isRoomy, listPanel, panelStyle, rowsInPanel, type ScreenView, type View } from './view.ts';

/** Heights of the parts, with their frames. */
interface Heights {
  readonly problems: number;
  readonly vips: number;
  readonly pools: number;
  readonly rates: number;
  readonly events: number;
}

/** Width of the column with the charts. */
const side = { roomy: 36, wide: 64 };

function isSmall({ breakpoint, model }: View): boolean {
  return breakpoint === 'small' && model.ui.explain === null;
}

function clamp(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(value, most));
}

/** The list that has the keys; problems leave the rest to who answers. */
function crowdedHeights(view: View): Heights {
  const { body, focused, world } = view;
  const none = { problems: 0, vips: 0, pools: 0, rates: 0, events: 0 };
  if (focused === 'events') return { ...none, events: body.rows };
  if (focused === 'pool-brief') return { ...none, pools: body.rows };
  const frame = panelFrame[panelStyle(view)].height;
  const problems = Math.min(frame + clamp(world.lists.problems.length, 1, 4), Math.ceil(body.rows / 2));
  return { ...none, problems, vips: body.rows - problems };
}

function heights(view: View): Heights {
  const { body, world, breakpoint } = view;
  const { problems, pools } = world.lists;
  if (isCrowded(view)) return crowdedHeights(view);
  if (breakpoint === 'small') {
    const problemLines = smallProblemHeight(view);
    return { problems: problemLines, vips: body.rows - problemLines - 1, pools: 0, rates: 1, events: 0 };
  }
  if (breakpoint === 'plain') {
    const problemLines = 1 + clamp(problems.length, 1, 3);
    return { problems: problemLines, vips: body.rows - problemLines - 7, pools: 2, rates: 2, events: 3 };
  }
  const problemLines = 2 + clamp(problems.length, 1, Math.floor(body.rows / 5));
  const poolLines = 3 + clamp(pools.length, 3, 5);
  const events = 2 + clamp(Math.floor(body.rows / 8), 3, 10);
  const vips = body.rows - problemLines - poolLines - events;
  return { problems: problemLines, vips, pools: poolLines, rates: 0, events };
}

const shownRows: Readonly<Partial<Record<PaneId, (view: View, heights: Heights) => number>>> = {
  problems: (view, { problems }) =>
    isSmall(view) ? Math.min(problems, smallProblemRows(view)) : rowsInPanel(view, problems, false),
  vips: (view, { vips }) => rowsInPanel(view, vips, !isSmall(view)),
  'pool-brief': (view, { pools }) => rowsInPanel(view, pools),
  events: (view, { events }) => rowsInPanel(view, events, false),
};

export const overview: ScreenView = {
  panes: ['problems', 'vips', 'pool-brief', 'events'],
  rowsShown: (view, pane) => shownRows[pane]?.(view, heights(view)) ?? 0,
  draw(view) {
    const parts = heights(view);
    if (isCrowded(view)) return drawCrowded(view, parts);
    return isRoomy(view) ? drawRoomy(view, parts) : drawNarrow(view, parts);
  },
};

function problemsPanel(view: View, height: number): readonly Line[] {
  const { problems } = view.world.lists;
  const note = isRoomy(view) ? 'enter open  e explain' : '';
  const empty = view.world.status === null ? [] : ['none'];
  const list = {
    pane: 'problems',
    title: counted(view, 'Problem', 'Problems', problems.length),
    note,
    hasHeader: false,
    empty,
  } as const;
  return listPanel(view, list, view.body.columns, height);
}

function vipsPanel(view: View, width: number, height: number): readonly Line[] {
  const isFiltered = view.model.ui.filters.overview !== undefined;
  const title = isSmall(view) ? 'VIPs' : 'Who answers now';
  const note = isFiltered ? {} : { note: vipCounts(view) };
  return listPanel(
    view,
    { pane: 'vips', title, ...note, empty: emptyAdvice(view), hasHeader: !isSmall(view) },
    width,
    height,
  );
}

function vipCounts({ world }: View): string {
  if (world.status === null) return '';
  const { here, peers, claiming, nobody } = world.status.vips;
  const duplicates = world.lists.leaders.filter(({ state }) => state === 'duplicate').length;
  const counts = [
    ['here', here],
    ['peers', peers],
    ['claiming', claiming],
    ['nobody', nobody],
    ['dup', duplicates],
  ] as const;
  return counts.flatMap(([word, count]) => (count > 0 || word === 'here' ? [`${word} ${count}`] : [])).join('  ');
}

function drawCrowded(view: View, parts: Heights): readonly Line[] {
  const { columns } = view.body;
  return [
    ...problemsPanel(view, parts.problems),
    ...vipsPanel(view, columns, parts.vips),
    ...listPanel(view, { pane: 'pool-brief', title: 'Pools' }, columns, parts.pools),
    ...listPanel(view, { pane: 'events', title: 'Events', hasHeader: false }, columns, parts.events),
  ];
}

function drawRoomy(view: View, parts: Heights): readonly Line[] {
  const { body, glyphs } = view;
  const right = view.breakpoint === 'wide' ? side.wide : side.roomy;
  const left = body.columns - right;
  const style = panelStyle(view);
  const charts = { title: 'ARP/NDP last 60 s', note: '', isFocused: false, lines: rateCharts(view, right - 4) };
  const changes = {
    title: 'Failovers',
    note: '4 Leaders',
    isFocused: false,
    lines: failoverLines(view, parts.pools - 2),
  };
  const pools = { pane: 'pool-brief', title: 'Pools', note: '2 Pools' } as const;
  const events = { pane: 'events', title: 'Events', note: '7 Events', hasHeader: false } as const;
  return [
    ...problemsPanel(view, parts.problems),
    ...beside(vipsPanel(view, left, parts.vips), panelLines(charts, style, right, parts.vips, glyphs), left, right),
    ...beside(
      listPanel(view, pools, left, parts.pools),
      panelLines(changes, style, right, parts.pools, glyphs),
      left,
      right,
    ),
    ...listPanel(view, events, body.columns, parts.events),
  ];
}

function drawNarrow(view: View, parts: Heights): readonly Line[] {
  const { columns } = view.body;
  const problems = isSmall(view) ? smallProblems(view) : problemsPanel(view, parts.problems);
  const vips = vipsPanel(view, columns, parts.vips);
  if (isSmall(view)) return [...problems, ...vips, padLine(rateLine(view), columns)];
  const rule = (title: string, line: Line, height: number, isFocused = false) =>
    panelLines({ title, note: '', isFocused, lines: [line] }, 'rule', columns, height, view.glyphs);
  return [
    ...problems,
    ...vips,
    ...rule('Pools', poolLine(view), parts.pools, view.focused === 'pool-brief'),
    ...rule('ARP/NDP', rateLine(view), parts.rates),
    ...listPanel(view, { pane: 'events', title: 'Events', hasHeader: false }, columns, parts.events),
  ];
}
