// Pools, their addresses, policies and nodes.
import type { NodeItem, PoolItem } from '#control/list-items.ts';
import { poolShare, poolWord } from '#control/pool-word.ts';
import { shareBar } from '../layout/spark-line.ts';
import type { Cell } from '../layout/table.ts';
import type { CellContext } from './cell-context.ts';
import { definePane, type PaneColumn } from './pane.ts';
import { listRow, sharedColumns } from './shared-column.ts';

const never = Number.POSITIVE_INFINITY;

export function poolState(pool: PoolItem, { glyphs }: CellContext): Cell {
  const word = poolWord(pool);
  switch (word) {
    case 'ok':
      return { text: word, style: 'ok' };
    case 'disabled':
    case 'empty':
      return { text: word, style: 'dim' };
    case 'nearly full':
      return { text: `${glyphs.warning} ${word}`, style: 'warn' };
    default:
      return { text: `${glyphs.critical} ${word}`, style: 'crit' };
  }
}

const share: PaneColumn<PoolItem> = {
  id: 'share',
  header: '%',
  cell: (pool) => ({ text: `${shareBar(poolShare(pool), 12)} ${Math.floor(poolShare(pool) * 100)}` }),
  min: 16,
  max: 16,
  priority: 4,
  order: (a, b) => poolShare(a) - poolShare(b),
};

const poolColumns = sharedColumns('pools', {
  NAME: { priority: never, min: 6, max: 30 },
  BLOCKS: { priority: 3, min: 12, max: 80 },
  USED: { priority: 6, min: 6, max: 24 },
  '%': share,
  FREE: { priority: 5, max: 24 },
  STATE: { id: 'state', header: 'STATE', cell: poolState, min: 8, max: 14, priority: never },
  MESSAGE: { max: 200, min: 10 },
});

export const poolsPane = definePane({
  id: 'pools',
  filterRow: listRow('pools'),
  rows: ({ lists }) => lists.pools,
  key: ({ name }) => name,
  columns: poolColumns,
  page: ({ name }) => ({ kind: 'pool', name }),
});

export const poolBriefPane = definePane({
  id: 'pool-brief',
  filterRow: listRow('pools'),
  rows: ({ lists }) => lists.pools,
  key: ({ name }) => name,
  columns: poolColumns.filter(({ wide }) => !wide),
  page: ({ name }) => ({ kind: 'pool', name }),
});

export const addressesPane = definePane({
  id: 'addresses',
  filterRow: listRow('ips'),
  rows: ({ lists }) => lists.ips,
  key: ({ ip }) => ip,
  columns: sharedColumns('ips', {
    IP: { priority: never, min: 15, max: 79, shortening: 'middle' },
    POOL: { priority: 4, max: 20 },
    SERVICE: { priority: 6, min: 8, max: 60 },
    SINCE: { min: 6, least: 6 },
    ORIGIN: { priority: 5, max: 12, style: ({ state }) => (state === 'quarantined' ? 'crit' : undefined) },
  }),
  page: ({ ip, services }) => (services.length > 0 ? { kind: 'ip', ip } : null),
  explains: ({ ip, services }) => (services.length > 0 ? `ip/${ip}` : null),
  address: ({ ip }) => (ip.includes('-') ? null : ip),
  inScope: ({ pool }, scope) => pool === scope,
});

export const policiesPane = definePane({
  id: 'policies',
  filterRow: listRow('policies'),
  rows: ({ lists }) => lists.policies,
  key: ({ name }) => name,
  columns: sharedColumns('policies', {
    NAME: { priority: never, min: 10, max: 40 },
    'THIS-NODE': { priority: 6, style: ({ matchesNode }) => (matchesNode ? 'ok' : 'dim') },
    SERVICES: { priority: 5 },
    INTERFACES: {
      priority: never,
      min: 8,
      max: 60,
      grows: true,
      style: ({ interfaces }) => (interfaces.length === 0 ? 'warn' : undefined),
    },
    MESSAGE: { max: 200, min: 10 },
  }),
  page: ({ name }) => ({ kind: 'policy', name }),
  explains: ({ name }) => `policy/${name}`,
});

function nodeState({ state }: NodeItem, { glyphs }: CellContext): Cell {
  if (state === 'ready') return { text: `${glyphs.here} ${state}`, style: 'ok' };
  return state === 'lost'
    ? { text: `${glyphs.critical} ${state}`, style: 'crit' }
    : { text: `${glyphs.warning} ${state}`, style: 'warn' };
}

export const nodesPane = definePane({
  id: 'nodes',
  filterRow: listRow('nodes'),
  rows: ({ lists }) => lists.nodes,
  key: ({ name }) => name,
  columns: sharedColumns('nodes', {
    NAME: { priority: never, min: 10, max: 40 },
    STATE: { id: 'state', header: 'STATE', cell: nodeState, min: 14, max: 15, priority: never },
    ADDRESS: { priority: 5, min: 15, max: 39 },
    VIPS: { priority: 6 },
  }),
  page: ({ name }) => ({ kind: 'node', name }),
});
