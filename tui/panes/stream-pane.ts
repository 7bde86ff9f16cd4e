// Frames as they were heard and sent, newest first.
import { trafficColumns } from '#control/traffic-columns.ts';
import type { TrafficItem } from '#control/traffic-protocol.ts';
import { trafficRow } from '#control/traffic-row.ts';
import type { Cell } from '../layout/table.ts';
import type { TrafficRow } from '../state/traffic-tail.ts';
import type { Token } from '../text/line.ts';
import type { CellContext } from './cell-context.ts';
import { definePane, type PaneColumn } from './pane.ts';

const never = Number.POSITIVE_INFINITY;

/** What is said of columns besides what the command says; the widest cells of IPv6 are shortened in the middle. */
const looks: Readonly<Record<string, Partial<PaneColumn<TrafficRow>>>> = {
  'TIME (UTC)': { header: 'TIME', priority: 9 },
  IF: { priority: 5 },
  DIR: { priority: 3 },
  OP: { priority: 8 },
  // No address is longer.
  IP: { priority: never, grows: true, most: 39, shortening: 'middle' },
  FROM: { priority: 6 },
  VERDICT: { priority: never, min: 20, max: 20 },
};

export function verdictToken({ verdict }: TrafficItem): Token | undefined {
  switch (verdict) {
    case 'duplicate':
      return 'crit';
    case 'ours':
      return 'accent';
    case 'answered':
      return 'ok';
    case 'ignored':
      return 'dim';
  }
}

function lostCell(header: string, row: Extract<TrafficRow, { kind: 'lost' }>): Cell {
  const style = row.isSkipped ? 'dim' : 'warn';
  if (header === 'IP') return { text: `${row.frames} frames`, style };
  if (header === 'VERDICT') return { text: row.why, style };
  return header === 'IF' ? { text: row.interface } : { text: '' };
}

function frameCell(header: string, item: TrafficItem, text: string, { glyphs }: CellContext): Cell {
  if (header !== 'VERDICT') return { text };
  const token = verdictToken(item);
  const sign = { duplicate: `${glyphs.critical} `, answered: `${glyphs.arrow} `, ours: '', ignored: '' }[item.verdict];
  return token === undefined ? { text } : { text: `${sign}${text}`, style: token };
}

const columns = trafficColumns.map(
  ({ header, width, wide, right, value }): PaneColumn<TrafficRow> => ({
    id: header.toLowerCase(),
    header,
    min: width,
    max: width,
    priority: 1,
    ...(wide ? { wide } : {}),
    ...(right ? { right } : {}),
    ...looks[header],
    cell(row, context) {
      if (row.kind === 'lost') return lostCell(header, row);
      return frameCell(header, row.item, value(row.item, context.nowMs), context);
    },
  }),
);

function textOf(row: TrafficRow): string {
  return row.kind === 'lost' ? `lost ${row.frames} ${row.why}` : '';
}

export const streamPane = definePane<TrafficRow>({
  id: 'stream',
  rows: ({ traffic }) => traffic.rows,
  key: (row) => (row.kind === 'lost' ? row.key : `${row.item.interface} ${row.item.sequence}`),
  columns,
  filterRow(row, nowMs) {
    if (row.kind === 'frame') return trafficRow(row.item, nowMs);
    return { values: () => [], text: () => textOf(row) };
  },
  page: (row) => (row.kind === 'frame' && row.item.ip !== null ? { kind: 'ip', ip: row.item.ip } : null),
  explains: (row) => (row.kind === 'frame' && row.item.ip !== null ? `ip/${row.item.ip}` : null),
  address: (row) => (row.kind === 'frame' ? row.item.ip : null),
  isNotable: (row) => (row.kind === 'lost' ? !row.isSkipped : row.item.verdict === 'duplicate'),
  item: (row) => (row.kind === 'frame' ? row.item : row),
});
