// A list in the form that was asked for.
import { columns } from '#control/columns.ts';
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
  switch (format) {
    case 'json':
      return printJson(list, output);
    case 'jsonl':
      for (const item of list.items) output.data(`${asciiJson(item)}\n`);
      return;
    case 'yaml': {
      const { stringify } = await import('yaml');
      output.data(stringify(harmless(list), { lineWidth: 0 }));
      return;
    }
    default:
      return printTable(kind, list, format === 'wide', output);
  }
}

function printTable<K extends Kind>(kind: K, list: List<K>, wide: boolean, output: Output): void {
  if (list.items.length === 0) {
    output.note(`No ${kind}`);
    return;
  }
  const maxWidth = output.isTty && !wide ? (process.stdout.columns ?? null) : null;
  const items: readonly Items[K][] = list.items;
  output.data(tableText(columns[kind], items, Date.parse(list.generatedAt), { wide, maxWidth }));
}

/** The same value with every text made harmless: YAML writes bidirectional and zero-width characters as they are. */
function harmless(value: unknown): unknown {
  if (typeof value === 'string') return safeText(value);
  if (Array.isArray(value)) return value.map(harmless);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [safeText(key), harmless(inner)]));
}
