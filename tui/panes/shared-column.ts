// Columns of the commands as columns of a pane: what a cell says is defined once, in control/columns.ts.
import { columns } from '#control/columns.ts';
import { itemRow } from '#control/item-filter.ts';
import type { Items, Kind } from '#control/protocol.ts';
import type { FilterRow } from '#model/filter-match.ts';
import type { Token } from '../text/line.ts';
import type { PaneColumn } from './pane.ts';

type Look<Row> = Partial<Omit<PaneColumn<Row>, 'id' | 'cell'>> & {
  readonly style?: (row: Row) => Token | undefined;
};

/** How much a column is worth where nothing is said about it. */
const usual = { min: 4, max: 40, priority: 1 };

/**
 * Every column of a kind, in the order of the commands, with what `looks` says about some of them by header; null leaves one
 * out. A new column of the commands shows here by itself.
 */
export function sharedColumns<K extends Kind>(
  kind: K,
  looks: Readonly<Record<string, Look<Items[K]> | PaneColumn<Items[K]> | null>>,
): readonly PaneColumn<Items[K]>[] {
  return columns[kind].flatMap(({ header, wide, right, value }): PaneColumn<Items[K]>[] => {
    const look = looks[header];
    if (look === null) return [];
    const base = { id: header.toLowerCase(), header, ...usual, ...(wide ? { wide } : {}), ...(right ? { right } : {}) };
    if (look !== undefined && 'cell' in look) return [look];
    const { style, ...rest } = look ?? {};
    return [
      {
        ...base,
        ...rest,
        cell(row, { nowMs }) {
          const text = value(row, nowMs);
          const token = style?.(row);
          return token === undefined ? { text } : { text, style: token };
        },
      },
    ];
  });
}

/** Rows of a list of the API as filters see them. */
export function listRow<K extends Kind>(kind: K): (row: Items[K], nowMs: number) => FilterRow {
  return (row, nowMs) => itemRow(kind, row, nowMs);
}
