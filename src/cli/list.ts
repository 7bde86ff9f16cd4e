// Lists of one kind: asked of the daemon, followed, or read from a file; filtered, and written in any form.
import { controlClient } from '#control/client.ts';
import { itemRow } from '#control/item-filter.ts';
import type { Items, Kind } from '#control/protocol.ts';
import { isNamed } from '#control/views.ts';
import { parseFilter } from '#model/filter.ts';
import { rowTest } from '#model/filter-match.ts';
import { safeText } from '#model/safe-text.ts';
import { exitCode } from './exit-code.ts';
import { reportFailure } from './failure.ts';
import { readItems } from './input-file.ts';
import type { ListOptions } from './list-options.ts';
import type { Output } from './output.ts';
import { printList } from './print-list.ts';
import { watchList } from './watch-list.ts';

export type ItemTest<K extends Kind> = (item: Items[K], nowMs: number) => boolean;

/** @returns 0; 1 when a name was given and nothing has it; 2 for a filter or a form that makes no sense. */
export async function list<K extends Kind>(kind: K, options: ListOptions, output: Output): Promise<number> {
  const test = itemTest(kind, options, output);
  if (!test) return exitCode.usage;
  if (options.watch) return await watchList(kind, options, test, output);
  const { name } = options;
  const sinceMs = options.sinceMs === null ? null : Date.now() - options.sinceMs;
  const answer =
    options.inputFile === null
      ? await controlClient(options.socket, options.timeoutMs).list(kind, { name, sinceMs })
      : await readItems(kind, options.inputFile);
  if (!answer.ok) return reportFailure(answer.failure, output);
  const nowMs = Date.parse(answer.value.generatedAt);
  const items = answer.value.items.filter((item) => test(item, nowMs));
  if (name !== null && items.length === 0 && kind !== 'history') {
    output.note(`lanlord: no ${kind} named "${safeText(name)}"`);
    return exitCode.found;
  }
  await printList(kind, { ...answer.value, items }, options.output, output);
  return exitCode.clean;
}

/** The test of the rows that are wanted; null, and said why, when the filter is none. */
function itemTest<K extends Kind>(kind: K, options: ListOptions, output: Output): ItemTest<K> | null {
  const { name, sinceMs, filter: text } = options;
  const parsed = parseFilter(text);
  if (!parsed.ok) {
    const { at, length, message, hint } = parsed.fault;
    output.note(`lanlord: --filter: ${safeText(message)}${hint === '' ? '' : ` (${safeText(hint)})`}`);
    output.note(`  ${safeText(text)}\n  ${' '.repeat(at)}${'^'.repeat(length)}`);
    return null;
  }
  const fits = rowTest(parsed.filter);
  const all = parsed.filter.kind === 'all';
  return (item, nowMs) => {
    if (name !== null && !isNamed(kind, item, name)) return false;
    if (sinceMs !== null && timeOf(item) < nowMs - sinceMs) return false;
    return all || fits(itemRow(kind, item, nowMs));
  };
}

/** When an entry of the journal was made; other kinds have no time. */
function timeOf(item: Items[Kind]): number {
  if ('time' in item) return Date.parse(item.time);
  return 'at' in item ? Date.parse(item.at) : Number.POSITIVE_INFINITY;
}
