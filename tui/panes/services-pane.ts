// Services, each with how its addresses are answered: ready alone does not say that anybody does.
import type { LeaderItem, ServiceItem } from '#control/list-items.ts';
import type { Cell } from '../layout/table.ts';
import type { World } from '../state/world.ts';
import type { CellContext } from './cell-context.ts';
import { leaderCell } from './leader-panes.ts';
import { definePane, type PaneColumn } from './pane.ts';
import { listRow, sharedColumns } from './shared-column.ts';

interface ServiceRow {
  readonly service: ServiceItem;
  /** The row of its addresses that is in most trouble; null: none is to be answered for. */
  readonly worst: LeaderItem | null;
}

const never = Number.POSITIVE_INFINITY;

/** The worst first. */
const gravity: readonly LeaderItem['state'][] = ['duplicate', 'nobody', 'claiming', 'here', 'standby'];

interface Joined {
  readonly leaders: World['lists']['leaders'];
  readonly rows: readonly ServiceRow[];
}

/** BOUNDED: by the lists that are alive. */
const joined = new WeakMap<World['lists']['services'], Joined>();

function rowsOf({ lists }: World): readonly ServiceRow[] {
  const { services, leaders } = lists;
  const known = joined.get(services);
  if (known?.leaders === leaders) return known.rows;
  const worst = new Map<string, LeaderItem>();
  for (const row of leaders) {
    for (const name of row.services) {
      const before = worst.get(name);
      if (before === undefined || gravity.indexOf(row.state) < gravity.indexOf(before.state)) worst.set(name, row);
    }
  }
  const rows = services.map((service) => ({
    service,
    worst: worst.get(`${service.namespace}/${service.name}`) ?? null,
  }));
  joined.set(services, { leaders, rows });
  return rows;
}

function serviceState({ state }: ServiceItem, { glyphs }: CellContext): Cell {
  switch (state) {
    case 'ready':
      return { text: `${glyphs.here} ready`, style: 'ok' };
    case 'partial':
      return { text: `${glyphs.warning} partial`, style: 'warn' };
    case 'pending':
      return { text: `${glyphs.warning} pending`, style: 'warn' };
  }
}

const shared = sharedColumns('services', {
  NAMESPACE: { priority: 7, min: 8, max: 24 },
  NAME: { priority: never, min: 10, max: 63 },
  IPS: { priority: 6, min: 15, max: 80 },
  STATE: { id: 'state', header: 'STATE', cell: serviceState, min: 9, max: 9, priority: never },
  // Whole before the addresses are.
  REASON: { priority: 6.5, max: 30 },
  // Why it is pending, where there is room for it.
  MESSAGE: { max: 200, min: 30, priority: 2, wide: false, grows: true },
});

const answered: PaneColumn<ServiceRow> = {
  id: 'answered',
  header: 'ANSWERED',
  cell: ({ service, worst }, context) => {
    if (worst !== null) return leaderCell(worst, context);
    // It has an address that no policy announces.
    return service.ips.length > 0 ? { text: `${context.glyphs.warning} nobody`, style: 'warn' } : { text: '-' };
  },
  min: 10,
  max: 20,
  priority: 5,
};

const columns = shared.flatMap((column): readonly PaneColumn<ServiceRow>[] => {
  const { cell, order, ...rest } = column;
  const own: PaneColumn<ServiceRow> = {
    ...rest,
    cell: ({ service }, context) => cell(service, context),
    ...(order === undefined ? {} : { order: (a: ServiceRow, b: ServiceRow) => order(a.service, b.service) }),
  };
  return column.id === 'state' ? [own, answered] : [own];
});

const filterRow = listRow('services');

export const servicesPane = definePane<ServiceRow>({
  id: 'services',
  filterRow: ({ service }, nowMs) => filterRow(service, nowMs),
  rows: rowsOf,
  key: ({ service }) => `${service.namespace}/${service.name}`,
  columns,
  page: ({ service }) => ({ kind: 'service', name: `${service.namespace}/${service.name}` }),
  explains: ({ service }) => `svc/${service.namespace}/${service.name}`,
  address: ({ service }) => service.ips[0] ?? null,
  item: ({ service }) => service,
});
