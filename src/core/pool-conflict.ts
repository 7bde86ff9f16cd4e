// Pools whose ranges overlap: the younger one, equally old the later name, is closed.
import { formatAddress } from '#model/address.ts';
import type { Range } from '#model/range.ts';
import { comparePoolAge, type PoolState } from './pool-state.ts';

export interface PoolConflict {
  readonly range: Range;
  readonly otherRange: Range;
  /** Name of the older pool; its own name when two of its blocks overlap. */
  readonly other: string;
}

interface Entry {
  readonly range: Range;
  readonly pool: PoolState;
  /** Place of its pool by age. */
  readonly rank: number;
}

/**
 * For every conflicting pool one overlap with the oldest pool it overlaps. Selectors, priority and `disabled` do not
 * matter. O(n log n) in the number of blocks: a sweep over range starts, with the oldest open range on a heap for what
 * began before, and the oldest range that begins inside found by a tree of minima.
 */
export function poolConflicts(pools: readonly PoolState[]): ReadonlyMap<string, PoolConflict> {
  const conflicts = new Map<string, PoolConflict>();
  const byAge = [...pools].sort(comparePoolAge);
  const entries = byAge.flatMap((pool, rank) => pool.ranges.map((range) => ({ range, pool, rank })));
  const oldest = new Map<string, number>();
  const note = (entry: Entry, other: Entry) => {
    const { name } = entry.pool;
    if (other.rank > entry.rank || (oldest.get(name) ?? Number.POSITIVE_INFINITY) <= other.rank) return;
    oldest.set(name, other.rank);
    conflicts.set(name, { range: entry.range, otherRange: other.range, other: other.pool.name });
  };
  for (const family of ['IPv4', 'IPv6'] as const) {
    sweep(entries.filter((entry) => entry.range.family === family).sort(byFirst), note);
  }
  return conflicts;
}

function byFirst(a: Entry, b: Entry): number {
  return a.range.first < b.range.first ? -1 : a.range.first > b.range.first ? 1 : a.rank - b.rank;
}

function sweep(entries: readonly Entry[], note: (entry: Entry, other: Entry) => void): void {
  const open = new OldestHeap();
  const lastOfPool = new Map<number, Entry>();
  for (const entry of entries) {
    const oldest = open.oldestReaching(entry.range.first);
    if (oldest && oldest.rank !== entry.rank) note(entry, oldest);
    // Two blocks of one pool: compare with the block of this pool that reaches furthest.
    const before = lastOfPool.get(entry.rank);
    if (before && before.range.last >= entry.range.first) note(entry, before);
    if (!before || entry.range.last > before.range.last) lastOfPool.set(entry.rank, entry);
    open.push(entry);
  }
  const minima = minimumTree(entries);
  entries.forEach((entry, i) => {
    const inside = oldestBetween(minima, entries, i + 1, lastStarting(entries, entry.range.last));
    if (inside && inside.rank < entry.rank) note(entry, inside);
  });
}

/** A binary heap of ranges, oldest pool first. */
class OldestHeap {
  readonly #items: Entry[] = [];

  push(entry: Entry): void {
    const items = this.#items;
    let at = items.push(entry) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (rankAt(items, parent) <= entry.rank) break;
      items[at] = items[parent] as Entry;
      at = parent;
    }
    items[at] = entry;
  }

  /** The oldest range that still reaches `first`. Ranges that ended before it are thrown away for ever. */
  oldestReaching(first: bigint): Entry | null {
    for (let top = this.#items[0]; top; top = this.#items[0]) {
      if (top.range.last >= first) return top;
      this.#pop();
    }
    return null;
  }

  #pop(): void {
    const items = this.#items;
    const moved = items.pop();
    if (!moved || items.length === 0) return;
    let at = 0;
    for (;;) {
      let child = at * 2 + 1;
      if (child >= items.length) break;
      if (child + 1 < items.length && rankAt(items, child + 1) < rankAt(items, child)) child++;
      if (rankAt(items, child) >= moved.rank) break;
      items[at] = items[child] as Entry;
      at = child;
    }
    items[at] = moved;
  }
}

function rankAt(items: readonly Entry[], at: number): number {
  return items[at]?.rank ?? Number.POSITIVE_INFINITY;
}

/** Index of the last range that starts at or before `value`. */
function lastStarting(entries: readonly Entry[], value: bigint): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const entry = entries[middle];
    if (entry && entry.range.first <= value) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** Indexes of the oldest range below each node; leaves start at `entries.length`. */
function minimumTree(entries: readonly Entry[]): Int32Array {
  const size = entries.length;
  const tree = new Int32Array(new ArrayBuffer(Math.max(1, size * 2) * 4));
  for (let i = 0; i < size; i++) tree[size + i] = i;
  for (let i = size - 1; i > 0; i--) tree[i] = older(entries, tree[i * 2] ?? 0, tree[i * 2 + 1] ?? 0);
  return tree;
}

function older(entries: readonly Entry[], a: number, b: number): number {
  return rankAt(entries, b) < rankAt(entries, a) ? b : a;
}

function oldestBetween(tree: Int32Array, entries: readonly Entry[], from: number, to: number): Entry | null {
  const size = entries.length;
  let best = -1;
  for (let low = from + size, high = to + size + 1; low < high; low >>= 1, high >>= 1) {
    if (low & 1) best = pick(entries, best, tree[low++] ?? -1);
    if (high & 1) best = pick(entries, best, tree[--high] ?? -1);
  }
  return best < 0 ? null : (entries[best] ?? null);
}

function pick(entries: readonly Entry[], best: number, candidate: number): number {
  return best < 0 ? candidate : older(entries, best, candidate);
}

/** Cilium's words. */
export function conflictMessage(conflict: PoolConflict): string {
  return `Pool conflicts since range '${ends(conflict.range)}' overlaps range '${ends(conflict.otherRange)}' from IP Pool '${conflict.other}'`;
}

function ends({ family, first, last }: Range): string {
  return `${formatAddress({ family, value: first })} - ${formatAddress({ family, value: last })}`;
}
