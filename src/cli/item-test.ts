// Which rows of a list are wanted: by name, by age, by filter.
import { itemRow } from '#control/item-filter.ts';
import type { Items, Kind } from '#control/protocol.ts';
import { isNamed } from '#control/views.ts';
import { rowTest } from '#model/filter-match.ts';
import type { ListOptions } from './actions.ts';
import type { Output } from './output.ts';
import { readFilter } from './read-filter.ts';

export type ItemTest<K extends Kind> = (item: Items[K], nowMs: number) => boolean;

/** `self`: the name that `@self` stands for. */
export type ItemTestFor<K extends Kind> = (self: string) => ItemTest<K>;

/** The test of the rows that are wanted; null, and said why, when the filter is none. */
export function itemTest<K extends Kind>(kind: K, options: ListOptions, output: Output): ItemTestFor<K> | null {
  const { name, sinceMs, filter: text } = options;
  const filter = readFilter(text, output);
  if (!filter) return null;
  return (self) => {
    const fits = rowTest(filter, self);
    return (item, nowMs) => {
      if (name !== null && !isNamed(kind, item, name)) return false;
      if (sinceMs !== null && timeOf(item) < nowMs - sinceMs) return false;
      return filter.kind === 'all' || fits(itemRow(kind, item, nowMs));
    };
  };
}

/** When an entry of the journal was made; other kinds have no time. */
function timeOf(item: Items[Kind]): number {
  if ('time' in item) return Date.parse(item.time);
  return 'at' in item ? Date.parse(item.at) : Number.POSITIVE_INFINITY;
}
