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
  const made = filterOf(text, self);
  if (known.size >= mostKnown) known.clear();
  known.set(key, made);
  return made;
}

function filterOf(text: string, self: string): RowFilter {
  const parsed = parseFilter(text);
  // Only valid ones are ever applied.
  if (!parsed.ok) return { text, isTimed: false, fits: () => true };
  const test = rowTest(parsed.filter, self);
  if (usesField(parsed.filter, isTime)) return { text, isTimed: true, fits: (_, filterRow) => test(filterRow()) };
  // Rows that stayed are not looked at again: a stream brings some new ones to thousands of old ones. BOUNDED: by them.
  const results = new WeakMap<object, boolean>();
  return {
    text,
    isTimed: false,
    fits(row, filterRow) {
      const before = results.get(row);
      if (before !== undefined) return before;
      const result = test(filterRow());
      results.set(row, result);
      return result;
    },
  };
}

function isTime(field: string): boolean {
  return field === 'age' || field === 'since';
}

/** What is wrong with a filter text; null: nothing. */
export function filterFault(text: string): string | null {
  const parsed = parseFilter(text);
  return parsed.ok ? null : faultText(parsed.fault);
}
