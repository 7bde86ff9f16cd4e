// A filter text as a test of rows, in the one grammar that commands and interface share.
import { parseFilter } from '#model/filter.ts';
import { rowTest, usesField } from '#model/filter-match.ts';
import { faultText } from '#model/filter-print.ts';
import type { RowFilter } from '../panes/pane.ts';

/** BOUNDED: texts that were typed lately. */
const known = new Map<string, RowFilter>();
const mostKnown = 100;

/** @param self name of this node, for `@self` */
export function rowFilter(text: string, self: string): RowFilter {
  const key = `${self} ${text}`;
  const before = known.get(key);
  if (before) return before;
  const parsed = parseFilter(text);
  // Only valid ones are ever applied.
  const made: RowFilter = parsed.ok
    ? { text, test: rowTest(parsed.filter, self), isTimed: usesField(parsed.filter, isTime) }
    : { text, test: () => true, isTimed: false };
  if (known.size >= mostKnown) known.clear();
  known.set(key, made);
  return made;
}

function isTime(field: string): boolean {
  return field === 'age' || field === 'since';
}

/** What is wrong with a filter text; null: nothing. */
export function filterFault(text: string): string | null {
  const parsed = parseFilter(text);
  return parsed.ok ? null : faultText(parsed.fault);
}
