// Lists that were written before: a list of `-o json`, or lines of `-o jsonl`, with or without what a watch adds.
import type { ClientResult } from '#control/client.ts';
import { itemSample } from '#control/item-sample.ts';
import { apiVersion, type Items, type Kind, type List, listKinds } from '#control/protocol.ts';
import { isJournalKind } from '#control/stream-protocol.ts';
import { rowKey } from '#control/stream-rows.ts';
import { isObject, readValues, refusal } from './json-values.ts';

/** @returns the list, or why it is none, as a refusal. */
export async function readItems<K extends Kind>(kind: K, path: string): Promise<ClientResult<List<K>>> {
  const read = await readValues(path);
  if (!read.ok) return read;
  const { place, values } = read.value;
  const [first] = values;
  if (values.length === 1 && isObject(first) && Array.isArray(first['items'])) {
    if (first['kind'] !== listKinds[kind]) return refusal(`${place} holds ${String(first['kind'])}, not ${kind}`);
    return checked(kind, first['items'], place, first);
  }
  return checked(kind, replayed(kind, values), place, {});
}

/** Of lines that a watch wrote, what was there at the end. */
function replayed(kind: Kind, lines: readonly unknown[]): readonly unknown[] {
  const values = lines.filter((line) => !isLoss(line));
  if (!values.every(isChange)) return values;
  if (isJournalKind(kind)) return values.map(({ object }) => object);
  const rows = new Map<string, unknown>();
  for (const { type, object } of values) {
    const key = looksLike(itemSample[kind], object) ? rowKey(kind, object as Items[typeof kind]) : '';
    if (type === 'DELETED') rows.delete(key);
    else rows.set(key, object);
  }
  return [...rows.values()];
}

function isChange(value: unknown): value is { readonly type: unknown; readonly object: unknown } {
  return isObject(value) && typeof value['type'] === 'string' && isObject(value['object']);
}

/** That something is missing there is no item. */
function isLoss(value: unknown): boolean {
  return isObject(value) && value['type'] === 'LOST' && !('object' in value);
}

function checked<K extends Kind>(
  kind: K,
  items: readonly unknown[],
  place: string,
  head: Readonly<Record<string, unknown>>,
): ClientResult<List<K>> {
  const bad = items.findIndex((item) => !looksLike(itemSample[kind], item));
  if (bad >= 0) return refusal(`${place}: item ${bad + 1} is none of ${kind}`);
  const { generatedAt, node } = head;
  const value: List<K> = {
    apiVersion,
    kind: listKinds[kind],
    generatedAt: typeof generatedAt === 'string' ? generatedAt : new Date().toISOString(),
    node: typeof node === 'string' ? node : '',
    items: items.map((item) => completed(itemSample[kind], item)),
  };
  return { ok: true, value };
}

/** Whether the first field of the sample, which names the item, and every other that is there have its form. */
export function looksLike(sample: unknown, value: unknown): boolean {
  if (sample === null || sample === undefined) return value !== undefined;
  if (Array.isArray(sample)) return Array.isArray(value) && value.every((item) => looksLike(sample[0], item));
  if (!isObject(sample)) return typeof value === typeof sample;
  if (!isObject(value)) return false;
  const fields = Object.entries(sample);
  return fields.every(([name, inner], i) => (i > 0 && value[name] === undefined) || looksLike(inner, value[name]));
}

/** Fields that an older version did not write are empty. */
function completed<T>(sample: T, value: unknown): T {
  const given = isObject(value) ? value : {};
  const missing = Object.entries(sample as object).filter(([name]) => given[name] === undefined);
  return { ...given, ...Object.fromEntries(missing.map(([name, inner]) => [name, emptied(inner)])) } as T;
}

function emptied(sample: unknown): unknown {
  if (Array.isArray(sample)) return [];
  if (typeof sample === 'string') return '';
  if (typeof sample === 'number') return 0;
  if (typeof sample === 'boolean') return false;
  return sample;
}
