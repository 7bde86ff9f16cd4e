// Who answers for which address: briefly for the Overview, in full for the Leaders screen.
import type { LeaderItem } from '#control/list-items.ts';
import type { Cell } from '../layout/table.ts';
import { type CellContext, timeText } from './cell-context.ts';
import { definePane, type PaneColumn } from './pane.ts';
import { listRow, sharedColumns } from './shared-column.ts';

/** A sign, a word, a color: the word alone says it all. */
export function leaderCell({ state, leader }: LeaderItem, { glyphs }: CellContext): Cell {
  switch (state) {
    case 'here':
      return { text: `${glyphs.here} here`, style: 'here' };
    case 'standby':
      return { text: `${glyphs.peer} ${leader ?? '-'}`, style: 'standby' };
    case 'claiming':
      return { text: `${glyphs.claiming} claiming`, style: 'claiming' };
    case 'duplicate':
      return { text: `${glyphs.critical} DUP`, style: 'crit' };
    case 'nobody':
      return { text: `${glyphs.warning} nobody`, style: 'warn' };
  }
}

function standby({ glyphs }: CellContext): Cell {
  return { text: `${glyphs.peer} standby`, style: 'standby' };
}

const never = Number.POSITIVE_INFINITY;

const vip: PaneColumn<LeaderItem> = {
  id: 'vip',
  header: 'VIP',
  cell: ({ ip }) => ({ text: ip }),
  min: 15,
  max: 39,
  priority: never,
  shortening: 'middle',
};

const state: PaneColumn<LeaderItem> = {
  id: 'state',
  header: 'STATE',
  cell: leaderCell,
  min: 10,
  max: 20,
  priority: never,
};

const since: PaneColumn<LeaderItem> = {
  id: 'since',
  header: 'SINCE',
  cell: (row, context) => ({ text: timeText(row.since, context, 'ago') }),
  min: 6,
  least: 6,
  max: 11,
  priority: 7,
  order: (a, b) => Date.parse(b.since ?? '') - Date.parse(a.since ?? ''),
};

const target = {
  key: (row: LeaderItem) => `${row.ip} ${row.interface ?? ''}`,
  page: ({ ip }: LeaderItem) => ({ kind: 'ip', ip }) as const,
  explains: ({ ip, state }: LeaderItem) => (state === 'standby' ? `leader/${ip}` : `ip/${ip}`),
  address: ({ ip }: LeaderItem) => ip,
};

const fromCommands = sharedColumns('leaders', {
  VIP: vip,
  // Who leads stands beside it.
  STATE: { ...state, cell: (row, context) => (row.state === 'standby' ? standby(context) : leaderCell(row, context)) },
  SINCE: since,
  LEADER: { priority: 8, min: 6, max: 20 },
  SERVICE: { priority: 6, min: 16, max: 60 },
  IF: { priority: 3, min: 6, max: 16 },
  TERM: { priority: 2 },
  MAC: { priority: 1, min: 17, max: 17, wide: false },
  POLICIES: { priority: 0, wide: false },
  MESSAGE: { max: 200, min: 10 },
});

export const leadersPane = definePane({
  ...target,
  id: 'leaders',
  filterRow: listRow('leaders'),
  rows: ({ lists }) => lists.leaders,
  columns: fromCommands,
});

function withHeader(header: string, more: Partial<PaneColumn<LeaderItem>>): PaneColumn<LeaderItem>[] {
  return fromCommands
    .filter((column) => column.header === header)
    .map(({ wide: _, ...column }) => ({ ...column, ...more }));
}

/** BOUNDED: by the lists that are alive. */
const byTrouble = new WeakMap<readonly LeaderItem[], readonly LeaderItem[]>();

const troubled: ReadonlySet<LeaderItem['state']> = new Set(['duplicate', 'nobody', 'claiming']);

/** What somebody has to look at stands first, among thousands, too; the rest stays as it comes. */
function troubledFirst(rows: readonly LeaderItem[]): readonly LeaderItem[] {
  const known = byTrouble.get(rows);
  if (known) return known;
  const first = rows.filter(({ state }) => troubled.has(state));
  const made = first.length === 0 ? rows : [...first, ...rows.filter(({ state }) => !troubled.has(state))];
  byTrouble.set(rows, made);
  return made;
}

export const vipsPane = definePane({
  ...target,
  id: 'vips',
  filterRow: listRow('leaders'),
  rows: ({ lists }) => troubledFirst(lists.leaders),
  columns: [
    vip,
    ...withHeader('SERVICE', {}),
    { ...state, id: 'node', header: 'NODE' },
    ...withHeader('MAC', { priority: 4 }),
    ...withHeader('IF', { priority: 2 }),
    since,
  ],
});
