// Traffic: rates, how fast answers were, and every frame with what became of it.
import { durationText } from '#control/duration-text.ts';
import type { TrafficItem } from '#control/traffic-protocol.ts';
import { beside } from '../layout/beside.ts';
import { panelFrame, panelLines } from '../layout/panel.ts';
import { sparkLine } from '../layout/spark-line.ts';
import { verdictToken } from '../panes/stream-pane.ts';
import { paneRows, selectedIndex } from '../state/selectors.ts';
import { quantile, type TrafficRow } from '../state/traffic-tail.ts';
import { type Line, span } from '../text/line.ts';
import { mostText, rateLine } from './overview-parts.ts';
import {
  filterNote,
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

/** A MAC address fits beside its name. */
const sideWidth = 30;

interface Heights {
  readonly charts: number;
  readonly stream: number;
  readonly selected: number;
}

function heights(view: View): Heights {
  const { body, breakpoint } = view;
  if (isCrowded(view)) return { charts: 0, stream: body.rows, selected: 0 };
  if (isRoomy(view)) return { charts: 6, stream: body.rows - 6, selected: 0 };
  if (breakpoint === 'small') return { charts: 1, stream: body.rows - 1, selected: 0 };
  return { charts: 2, stream: body.rows - 2 - 3, selected: 3 };
}

export const trafficScreen: ScreenView = {
  panes: ['stream'],
  rowsShown: (view) => rowsInPanel(view, heights(view).stream),
  draw(view) {
    const { body, glyphs } = view;
    const parts = heights(view);
    if (isCrowded(view)) return streamPanel(view, body.columns, parts.stream);
    if (!isRoomy(view)) {
      const charts = view.breakpoint === 'small' ? [rateLine(view)] : [rateLine(view), latencyLine(view)];
      const selected = panelLines(
        { title: 'Selected', note: '', isFocused: false, lines: briefly(view) },
        'rule',
        body.columns,
        parts.selected,
        glyphs,
      );
      return [...charts, ...streamPanel(view, body.columns, parts.stream), ...selected];
    }
    const main = body.columns - sideWidth;
    const names = view.world.lists.interfaces.map(({ name }) => name).join(', ');
    const charts = {
      title: `ARP/NDP on ${names}`,
      note: '',
      isFocused: false,
      lines: chartLines(view, body.columns - 2),
    };
    const selected = { title: 'Selected', note: '', isFocused: false, lines: inFull(view) };
    return [
      ...panelLines(charts, 'box', body.columns, parts.charts, glyphs),
      ...beside(
        streamPanel(view, main, parts.stream),
        panelLines(selected, panelStyle(view), sideWidth, parts.stream, glyphs),
        main,
        sideWidth,
      ),
    ];
  },
};

function streamPanel(view: View, width: number, height: number): readonly Line[] {
  const rows = paneRows(view.model, 'stream', view.nowMs);
  const { frozen } = view.model.ui;
  const arrived = frozen === null ? 0 : view.model.world.traffic.total - view.world.traffic.total;
  const state =
    frozen === null
      ? 'newest first'
      : `frozen ${durationText((view.nowMs - frozen.sinceMs) / 1000)}${arrived > 0 ? `, +${grouped(arrived)}` : ''}`;
  const note = [filterNote(view, rows), state].filter((text) => text !== '').join('  ');
  const quiet = `No ARP and no NDP yet. That is normal on an idle LAN: a on an address asks once.`;
  return listPanel(view, { pane: 'stream', title: 'Stream', note, empty: [quiet] }, width, height);
}

function latencyText({ world }: View): string {
  const { latencies } = world.traffic;
  const shown = (share: number) => {
    const value = quantile(latencies, share);
    return value === null ? '-' : (value * 1000).toFixed(2);
  };
  return `answered in p50 ${shown(0.5)}  p95 ${shown(0.95)}  p99 ${shown(0.99)} ms`;
}

function kernelDrops({ world }: View): number {
  return world.lists.interfaces.reduce((sum, link) => sum + link.kernelDrops, 0);
}

function latencyLine(view: View): Line {
  return [span(`  ${latencyText(view)}  kernel drops ${grouped(kernelDrops(view))}`)];
}

function chartLines(view: View, width: number): readonly Line[] {
  const { rates } = view.world;
  const room = Math.min(60, Math.floor(width / 2) - 20);
  const chart = (name: string, values: readonly number[]): Line => {
    const last = (values.at(-1) ?? 0).toFixed(1);
    const most = mostText(values);
    return [
      span(` ${name.padEnd(9)}`),
      span(sparkLine(values, room, view.glyphs), 'accent'),
      span(`  ${last}/s (max ${most})`.padEnd(24)),
    ];
  };
  return [
    [...chart('requests', rates.requests), span(latencyText(view))],
    [...chart('answers', rates.answers), span(`kernel drops ${grouped(kernelDrops(view))}`)],
    [
      ...chart('ignored', rates.ignored),
      span(`${grouped(view.world.traffic.total)} frames since this screen was opened`, 'dim'),
    ],
    [span(' 60 s, one column a second', 'dim')],
  ];
}

function selectedRow(view: View): TrafficRow | null {
  const rows = paneRows(view.model, 'stream', view.nowMs);
  const index = selectedIndex(view.model, 'stream', rows);
  const item = rows.item(index) as TrafficItem | TrafficRow | null;
  if (item === null) return null;
  return 'kind' in item ? item : { kind: 'frame', item };
}

function briefly(view: View): readonly Line[] {
  const row = selectedRow(view);
  if (row === null) return [];
  if (row.kind === 'lost')
    return [[span('  '), foreign(view, `${row.frames} frames of ${row.interface}: ${row.why}`, 'warn')]];
  const { item } = row;
  const what = `${item.protocol ?? 'unreadable'} ${item.operation ?? ''}`;
  return [
    [
      span('  '),
      foreign(
        view,
        `${what}, sender ${item.sender ?? '-'} (${item.senderMac ?? item.source}), target ${item.target ?? '-'}`,
      ),
    ],
    [
      span('  '),
      foreign(view, `${item.verdict}: ${item.reason}`, verdictToken(item)),
      foreign(view, `, ${item.length} bytes to ${item.destination}`),
    ],
  ];
}

function inFull(view: View): readonly Line[] {
  const row = selectedRow(view);
  if (row === null) return [];
  const width = sideWidth - panelFrame.box.width;
  if (row.kind === 'lost') {
    return [
      [span(' '), foreign(view, `${grouped(row.frames)} frames lost`, 'warn')],
      [span(' '), foreign(view, row.why)],
    ];
  }
  const { item } = row;
  const pair = (name: string, value: string | null): readonly Line[] => {
    if (value === null) return [];
    // It is cut rather than wrapped when it does not fit a line of its own either.
    const isLong = value.length > width - 11;
    const lead = span(` ${name.padEnd(10)}`, 'dim');
    const below = [span('  '), foreign(view, value)];
    if (!isLong) return [[lead, foreign(view, value)]];
    return name === '' ? [below] : [[lead], below];
  };
  return [
    [
      span(' '),
      foreign(view, `${item.protocol ?? 'unreadable'} ${item.operation ?? ''}`, 'title'),
      span(`  ${item.length} bytes`),
    ],
    ...pair('time', item.time.slice(11, 26)),
    ...pair('interface', `${item.interface} ${item.direction}`),
    [],
    ...pair('eth from', item.source),
    ...pair('eth to', item.destination),
    ...pair('vlan', item.vlan === null ? null : String(item.vlan)),
    ...pair('sender', item.sender),
    ...pair('', item.senderMac),
    ...pair('target', item.target),
    [],
    [span(' verdict   ', 'dim'), foreign(view, item.verdict, verdictToken(item))],
    ...pair('why', item.reason),
    ...pair('answered', item.latencySeconds === null ? null : `in ${(item.latencySeconds * 1000).toFixed(2)} ms`),
    [],
    ...(item.ip === null ? [] : [[span(' enter', 'accent'), span('  its page')]]),
    [span(' x', 'accent'), span('      packets into a file')],
  ];
}
