// The filter of a command line, or what is wrong with it and where.
import { textWidth } from '#control/table-text.ts';
import { parseFilter } from '#model/filter.ts';
import { faultText } from '#model/filter-print.ts';
import type { FilterFault, FilterNode } from '#model/filter-tree.ts';
import { safeText } from '#model/safe-text.ts';
import type { Output } from './output.ts';

/** Null when it makes no sense, which has been told then. */
export function readFilter(text: string, output: Output): FilterNode | null {
  const parsed = parseFilter(text);
  if (parsed.ok) return parsed.filter;
  for (const line of faultLines(text, parsed.fault)) output.note(line);
  return null;
}

/** What is wrong, and below it the text with a mark under the place. */
export function faultLines(text: string, fault: FilterFault): readonly string[] {
  const message = `lanlord: --filter: ${faultText(fault)}`;
  const shown = safeText(text);
  // A line that wraps would have its mark anywhere.
  if (textWidth(shown) > 100) return [message];
  const before = textWidth(safeText(text.slice(0, fault.at)));
  const wrong = textWidth(safeText(text.slice(fault.at, fault.at + fault.length)));
  return [message, `  ${shown}`, `  ${' '.repeat(before)}${'^'.repeat(Math.max(1, wrong))}`];
}
