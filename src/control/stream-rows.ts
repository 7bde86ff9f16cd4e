// What the rows of a stream are: their keys, when one counts as changed, and when a whole kind need not be looked at.
import { sameData } from '#core/same-data.ts';
import type { DaemonView } from '#ports.ts';
import { statusAnswer } from './answers.ts';
import type { Kind } from './protocol.ts';
import type { JournalKind, StreamItems, StreamKind } from './stream-protocol.ts';
import { viewPrints } from './view-prints.ts';
import { itemsOf } from './views.ts';

export type BookKind = Exclude<StreamKind, JournalKind>;

interface Rules<K extends BookKind> {
  readonly key: (item: StreamItems[K]) => string;
  /** Left out: equal in every field. */
  readonly same?: (a: StreamItems[K], b: StreamItems[K]) => boolean;
  /** While all of these are the same objects, no row has changed. Left out: nobody can tell. */
  readonly sources?: (view: DaemonView) => readonly unknown[];
}

const byName = ({ name }: { readonly name: string }) => name;
const byRow = (row: { readonly ip: string; readonly interface: string | null }) => `${row.ip}%${row.interface ?? ''}`;
const snapshotOnly = ({ snapshot }: DaemonView) => [snapshot];

const rules: { readonly [K in BookKind]: Rules<K> } = {
  pools: { key: byName, sources: snapshotOnly },
  ips: { key: ({ ip }) => ip, sources: ({ snapshot, claims }) => [snapshot, claims?.quarantine] },
  services: { key: ({ namespace, name }) => `${namespace}/${name}`, sources: snapshotOnly },
  leaders: {
    key: byRow,
    sources(view) {
      const { rows, groups, claims } = viewPrints(view);
      return [view.snapshot, view.leading, rows, groups, claims];
    },
  },
  announcements: {
    key: byRow,
    sources(view) {
      const { rows, counters } = viewPrints(view);
      return [view.snapshot, rows, counters];
    },
  },
  policies: { key: byName, sources: snapshotOnly },
  nodes: {
    key: byName,
    sources(view) {
      const { rows, groups } = viewPrints(view);
      // When other boxes were last heard changes all the time: nobody can tell.
      const others = (view.peers ?? []).length === 0 ? null : {};
      return [view.snapshot, view.configValid, view.generation, rows, groups, others];
    },
  },
  interfaces: { key: byName },
  problems: { key: ({ code, object }) => `${code} ${object}`, sources: ({ problems }) => [problems] },
  status: {
    key: () => 'status',
    same: sameStatus,
    sources(view) {
      const { rows, groups } = viewPrints(view);
      const { snapshot, problems, generation, configValid, isDiskNewer, loadedMs } = view;
      return [snapshot, problems, generation, configValid, isDiskNewer, loadedMs, rows, groups];
    },
  },
};

export function sourcesOf(kind: BookKind, view: DaemonView): readonly unknown[] | null {
  return rules[kind].sources?.(view) ?? null;
}

/** Which row of its kind this is. */
export function rowKey<K extends BookKind>(kind: K, item: StreamItems[K]): string {
  return rules[kind].key(item);
}

/** Rows with their keys; the second one of a key is told apart by a number. */
export function* keyedRows<K extends BookKind>(
  kind: K,
  view: DaemonView,
  adminSocket: string,
): Iterable<readonly [key: string, item: StreamItems[K]]> {
  const seen = new Map<string, number>();
  for (const item of rowsOf(kind, view, adminSocket)) {
    const key = rowKey(kind, item);
    const count = (seen.get(key) ?? 0) + 1;
    seen.set(key, count);
    yield [count === 1 ? key : `${key} #${count}`, item];
  }
}

function rowsOf<K extends BookKind>(kind: K, view: DaemonView, adminSocket: string): Iterable<StreamItems[K]> {
  if (kind === 'status') return [statusAnswer(view, adminSocket)] as Iterable<StreamItems[K]>;
  return itemsOf(kind as Kind, { view, journal: () => [] }) as Iterable<StreamItems[K]>;
}

export function sameRow<K extends BookKind>(kind: K, a: StreamItems[K], b: StreamItems[K]): boolean {
  return a === b || (rules[kind].same ?? sameFields)(a, b);
}

/** Two items of one kind, so with the same fields; lists in them are mostly the same objects. */
function sameFields<T extends object>(a: T, b: T): boolean {
  for (const field in a) {
    const [left, right] = [a[field], b[field]];
    if (left !== right && !(typeof left === 'object' && sameData(left, right))) return false;
  }
  return true;
}

/** Clocks and counters are no change: readers count time themselves, and counters are rows of `interfaces`. */
function sameStatus(a: StreamItems['status'], b: StreamItems['status']): boolean {
  return sameData(lasting(a), lasting(b));
}

function lasting({ generatedAt: _time, uptimeSeconds: _age, interfaces, ...rest }: StreamItems['status']) {
  const links = interfaces.map(({ name, mac, up, carrier, capture, detail }) => [
    name,
    mac,
    up,
    carrier,
    capture,
    detail,
  ]);
  return { ...rest, links };
}
