// A list in the form that was asked for.
import { type Column, columns } from '#control/columns.ts';
import type { Items, Kind, List } from '#control/protocol.ts';
import { asciiJson } from '#control/stream-list.ts';
import { tableText } from '#control/table-text.ts';
import { safeText } from '#model/safe-text.ts';
import type { OutputFormat } from './actions.ts';
import type { Output } from './output.ts';
import { printJson } from './print-json.ts';

export async function printList<K extends Kind>(
  kind: K,
  list: List<K>,
  format: OutputFormat,
  output: Output,
): Promise<void> {
  const items: readonly Items[K][] = list.items;
  await printItems({ ...list, items }, columns[kind], `No ${kind}`, format, output);
}

/** A document with items of any kind. `none`: what a table says without any. */
export async function printItems<T>(
  document: { readonly generatedAt: string; readonly items: readonly T[] },
  shown: readonly Column<T>[],
  none: string,
  format: OutputFormat,
  output: Output,
): Promise<void> {
  switch (format) {
    case 'json':
      return printJson(document, output);
    case 'jsonl':
      for (const item of document.items) output.data(`${asciiJson(item)}\n`);
      return;
    case 'yaml': {
      const { stringify } = await import('yaml');
      output.data(stringify(harmless(document), { lineWidth: 0 }));
      return;
    }
    default: {
      if (document.items.length === 0) return output.note(none);
      const wide = format === 'wide';
      const maxWidth = output.isTty && !wide ? (process.stdout.columns ?? null) : null;
      output.data(tableText(shown, document.items, Date.parse(document.generatedAt), { wide, maxWidth }));
    }
  }
}

/** The same value with every text made harmless: YAML writes bidirectional and zero-width characters as they are. */
function harmless(value: unknown): unknown {
  if (typeof value === 'string') return safeText(value);
  if (Array.isArray(value)) return value.map(harmless);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [safeText(key), harmless(inner)]));
}
