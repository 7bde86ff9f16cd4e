// A list on a screen: where its rows come from, its columns, and what a row leads to.
import type { FilterRow } from '#model/filter-match.ts';
import { type Cell, type TableColumn, type TableWindow, tableLines } from '../layout/table.ts';
import type { RowKeys } from '../state/cursor.ts';
import type { Page } from '../state/place.ts';
import type { World } from '../state/world.ts';
import type { Line } from '../text/line.ts';
import { type CellContext, cellForm } from './cell-context.ts';

export type PaneId =
  | 'problems'
  | 'vips'
  | 'pools'
  | 'pool-brief'
  | 'addresses'
  | 'services'
  | 'nodes'
  | 'leaders'
  | 'history'
  | 'policies'
  | 'plan'
  | 'events'
  | 'stream';

export interface PaneColumn<Row> extends Omit<TableColumn<Row>, 'cell'> {
  readonly cell: (row: Row, context: CellContext) => Cell;
  /** Ascending; by its text when there is none. */
  readonly order?: (a: Row, b: Row) => number;
}

export interface PaneDefinition<Row extends object> {
  readonly id: PaneId;
  /** The row as filters see it. */
  readonly filterRow: (row: Row, nowMs: number) => FilterRow;
  /** The same array while nothing changed. */
  readonly rows: (world: World) => readonly Row[];
  /** Unique within the list. */
  readonly key: (row: Row) => string;
  readonly columns: readonly PaneColumn<Row>[];
  readonly page?: (row: Row) => Page | null;
  /** What `explain` is asked for this row. */
  readonly explains?: (row: Row) => string | null;
  readonly address?: (row: Row) => string | null;
  /** Worth jumping to. */
  readonly isNotable?: (row: Row) => boolean;
  /** Whether a row belongs to what is selected in another list, such as a pool. */
  readonly inScope?: (row: Row, scope: string) => boolean;
  /** The whole item, for saving; the row itself when there is none. */
  readonly item?: (row: Row) => unknown;
}

/** Which rows are wanted, in which order. */
export interface RowWishes {
  readonly filter: RowFilter | null;
  readonly sort: Sort | null;
  /** Null: everything. */
  readonly scope?: string | null;
}

export interface RowFilter {
  /** Stands for what `test` does: equal texts, equal results. */
  readonly text: string;
  readonly fits: (row: object, filterRow: () => FilterRow) => boolean;
  /** The result changes with time. */
  readonly isTimed: boolean;
}

export interface Sort {
  readonly column: string;
  readonly reversed: boolean;
}

/** The rows of a pane at one moment. What a row is stays inside. */
export interface PaneRows {
  readonly keys: RowKeys;
  /** Before the filter. */
  readonly total: number;
  /** Header and a window of rows. */
  lines(window: TableWindow, context: CellContext, wide: boolean): readonly Line[];
  page(index: number): Page | null;
  explains(index: number): string | null;
  address(index: number): string | null;
  item(index: number): unknown;
  isNotable(index: number): boolean;
  /** Header → text, as shown when wide. */
  texts(index: number, context: CellContext): Readonly<Record<string, string>>;
}

export interface Pane {
  readonly id: PaneId;
  /** What it can be sorted by. */
  readonly sortable: readonly { readonly id: string; readonly header: string }[];
  rows(world: World, wishes: RowWishes, context: CellContext): PaneRows;
}

export function definePane<Row extends object>(definition: PaneDefinition<Row>): Pane {
  /** BOUNDED: by the lists that are alive, and by `keptWishes` for each. */
  const known = new WeakMap<readonly Row[], Map<string, PaneRows>>();
  return {
    id: definition.id,
    sortable: definition.columns.map(({ id, header }) => ({ id, header })),
    rows(world, wishes, context) {
      const all = definition.rows(world);
      const { filter, sort, scope = null } = wishes;
      const second = filter?.isTimed ? Math.floor(context.nowMs / 1000) : 0;
      const key = JSON.stringify([filter?.text ?? null, sort, scope, second]);
      const kept = known.get(all) ?? new Map<string, PaneRows>();
      known.set(all, kept);
      const before = kept.get(key);
      if (before) return before;
      if (kept.size >= keptWishes) kept.clear();
      const inScope = scoped(definition, all, scope);
      const made = paneRows(definition, inScope.length, chosen(definition, inScope, wishes, context));
      kept.set(key, made);
      return made;
    },
  };
}

const keptWishes = 8;

function scoped<Row extends object>(
  { inScope }: PaneDefinition<Row>,
  all: readonly Row[],
  scope: string | null,
): readonly Row[] {
  return scope === null || inScope === undefined ? all : all.filter((row) => inScope(row, scope));
}

function chosen<Row extends object>(
  { columns, filterRow }: PaneDefinition<Row>,
  all: readonly Row[],
  { filter, sort }: RowWishes,
  context: CellContext,
): readonly Row[] {
  const rows = filter ? all.filter((row) => filter.fits(row, () => filterRow(row, context.nowMs))) : all;
  const column = columns.find(({ id }) => id === sort?.column);
  if (!column) return rows;
  const byText = (a: Row, b: Row) => collator.compare(column.cell(a, context).text, column.cell(b, context).text);
  const order = column.order ?? byText;
  const sorted = rows.toSorted(order);
  return sort?.reversed ? sorted.reverse() : sorted;
}

/** 192.168.10.9 before 192.168.10.10. */
const collator = new Intl.Collator('en', { numeric: true });

function paneRows<Row extends object>(definition: PaneDefinition<Row>, total: number, rows: readonly Row[]): PaneRows {
  const { columns, key, page, explains, address, item, isNotable } = definition;
  const of = <T>(index: number, get: ((row: Row) => T | null) | undefined): T | null => {
    const row = rows[index];
    return row === undefined || get === undefined ? null : get(row);
  };
  return {
    keys: { length: rows.length, at: (index) => of(index, key) },
    total,
    lines(window, context, wide) {
      const shown = columns.filter((column) => wide || !column.wide);
      const bound = shown.map((column) => ({ ...column, cell: (row: Row) => column.cell(row, context) }));
      return tableLines(bound, rows, { ...window, form: cellForm(context) }, context.glyphs);
    },
    page: (index) => of(index, page),
    explains: (index) => of(index, explains),
    address: (index) => of(index, address),
    isNotable: (index) => of(index, isNotable) ?? false,
    item: (index) => of<unknown>(index, item ?? ((row) => row)),
    texts(index, context) {
      const row = rows[index];
      if (row === undefined) return {};
      return Object.fromEntries(columns.map(({ header, cell }) => [header, cell(row, context).text]));
    },
  };
}
