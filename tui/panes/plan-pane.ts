// What another configuration would change: objects, their fields, and what becomes of every VIP.
import type { PlanAnswer, PlanObject } from '#control/protocol.ts';
import type { Cell } from '../layout/table.ts';
import type { Page } from '../state/place.ts';
import { type PlanRow, planRows } from '../state/plan-view.ts';
import type { CellContext } from './cell-context.ts';
import { definePane } from './pane.ts';

type Impact = PlanAnswer['changes'][number]['impact'];

const signs = { added: '+', changed: '~', removed: '-' } as const;

function changeCell(row: PlanRow, { glyphs }: CellContext): Cell {
  switch (row.kind) {
    case 'problem':
      return row.problem.severity === 'error'
        ? { text: `${glyphs.fail} error`, style: 'crit' }
        : { text: `${glyphs.warning} warning`, style: 'warn' };
    case 'object':
      return { text: `${signs[row.object.change]} ${row.object.change}`, style: 'title' };
    case 'field':
      return { text: '' };
    case 'vip':
      return impactCell(row.change.impact, glyphs);
    case 'pending':
      return { text: `${glyphs.warning} PENDING`, style: 'warn' };
  }
}

function impactCell(impact: Impact, glyphs: CellContext['glyphs']): Cell {
  switch (impact) {
    case 'outage':
      return { text: `${glyphs.critical} OUTAGE`, style: 'crit' };
    case 'ip-change':
      return { text: `${glyphs.warning} IP CHANGE`, style: 'warn' };
    case 'new':
      return { text: `${glyphs.here} new`, style: 'ok' };
    case 'none':
      return { text: `${glyphs.info} moves` };
  }
}

function whatText(row: PlanRow): string {
  switch (row.kind) {
    case 'problem':
      return row.problem.code;
    case 'object':
      return `${row.object.kind}/${row.object.name}`;
    case 'field':
      return `  ${row.field.path}`;
    case 'vip':
      return `${row.change.ip}  ${row.change.service}`;
    case 'pending':
      return row.pending.service;
  }
}

function detailText(row: PlanRow, { glyphs }: CellContext): string {
  switch (row.kind) {
    case 'problem':
      return row.problem.message;
    case 'object':
      return row.object.effect;
    case 'field':
      return `${row.field.from ?? '(none)'} ${glyphs.arrow} ${row.field.to ?? '(none)'}`;
    case 'vip': {
      const { from, to, message } = row.change;
      return `${from ?? 'nobody'} ${glyphs.arrow} ${to ?? 'nobody'}${message === '' ? '' : `  ${message}`}`;
    }
    case 'pending':
      return row.pending.message;
  }
}

/** `named`: how much of the path is said. */
function placeText(row: PlanRow, named: (file: string) => string): string {
  if (row.kind === 'problem') return `${named(row.problem.file)}:${row.problem.line}`;
  if (row.kind !== 'object' || row.object.file === null) return '';
  const { change, file, line } = row.object;
  return `${change === 'removed' ? 'was ' : ''}${named(file)}:${line}`;
}

function fileName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** What is there now: something that would be added has no page yet. */
function objectPage({ change, kind, name }: PlanObject): Page | null {
  if (change === 'added') return null;
  switch (kind) {
    case 'CiliumLoadBalancerIPPool':
      return { kind: 'pool', name };
    case 'CiliumL2AnnouncementPolicy':
      return { kind: 'policy', name };
    case 'Service':
      return { kind: 'service', name };
    default:
      return null;
  }
}

function item(row: PlanRow): unknown {
  switch (row.kind) {
    case 'problem':
      return row.problem;
    case 'object':
      return row.object;
    case 'field':
      return row.field;
    case 'vip':
      return row.change;
    case 'pending':
      return row.pending;
  }
}

/** A row in full, with its place and what helps: its cells may be cut. */
export function planRowWords(row: PlanRow, context: CellContext): readonly string[] {
  const place = placeText(row, (file) => file);
  const hint = row.kind === 'problem' ? row.problem.hint : '';
  const said = [whatText(row).trim(), detailText(row, context)].filter((text) => text !== '').join(': ');
  return [said, ...(hint === '' ? [] : [`= ${hint}`]), ...(place === '' ? [] : [place])];
}

const never = Number.POSITIVE_INFINITY;

export const planPane = definePane<PlanRow>({
  id: 'plan',
  // It is never filtered.
  filterRow: (row) => ({ values: () => [], text: () => whatText(row) }),
  rows: ({ plan }) => planRows(plan),
  key: ({ key }) => key,
  columns: [
    { id: 'change', header: 'CHANGE', cell: changeCell, min: 11, max: 11, priority: never },
    { id: 'what', header: 'WHAT', cell: (row) => ({ text: whatText(row) }), min: 31, max: 100, priority: never },
    {
      id: 'detail',
      header: 'FROM, TO',
      cell: (row, context) => ({ text: detailText(row, context) }),
      min: 20,
      max: 120,
      priority: 8,
      grows: true,
    },
    {
      id: 'place',
      header: 'WHERE',
      cell: (row) => ({ text: placeText(row, fileName) }),
      min: 12,
      max: 40,
      priority: 3,
      shortening: 'middle',
    },
    {
      id: 'file',
      header: 'FILE',
      cell: (row) => ({ text: placeText(row, (file) => file) }),
      min: 12,
      max: 100,
      priority: 2,
      shortening: 'middle',
      wide: true,
    },
  ],
  page(row) {
    if (row.kind === 'object') return objectPage(row.object);
    if (row.kind === 'pending') return { kind: 'service', name: row.pending.service };
    return row.kind === 'vip' ? { kind: 'ip', ip: row.change.ip } : null;
  },
  explains(row) {
    if (row.kind === 'vip') return `ip/${row.change.ip}`;
    return row.kind === 'pending' ? `svc/${row.pending.service}` : null;
  },
  address: (row) => (row.kind === 'vip' ? row.change.ip : null),
  isNotable: (row) => row.kind === 'vip' && row.change.impact === 'outage',
  item,
});
