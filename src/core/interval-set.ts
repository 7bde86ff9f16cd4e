// Sets of addresses as sorted, disjoint intervals: a /48 costs what one address does.
import type { Family } from '#model/address.ts';
import { type Range, rangeSize } from '#model/range.ts';

/** Per family: sorted by first address, disjoint and not adjacent. */
export type IntervalSet = Readonly<Record<Family, readonly Range[]>>;

/** The union of ranges that may overlap and come in any order. */
export function intervalSet(ranges: readonly Range[]): IntervalSet {
  return { IPv4: merge(ranges, 'IPv4'), IPv6: merge(ranges, 'IPv6') };
}

function merge(ranges: readonly Range[], family: Family): readonly Range[] {
  const sorted = ranges
    .filter((range) => range.family === family)
    .sort((a, b) => (a.first < b.first ? -1 : a.first > b.first ? 1 : 0));
  const merged: { family: Family; first: bigint; last: bigint }[] = [];
  for (const { first, last } of sorted) {
    const previous = merged.at(-1);
    if (!previous || first > previous.last + 1n) merged.push({ family, first, last });
    else if (last > previous.last) previous.last = last;
  }
  return merged;
}

/** The interval that holds the value, or null. */
export function intervalOf(set: IntervalSet, family: Family, value: bigint): Range | null {
  const intervals = set[family];
  let low = 0;
  let high = intervals.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const interval = intervals[middle];
    if (!interval) break;
    if (value < interval.first) high = middle - 1;
    else if (value > interval.last) low = middle + 1;
    else return interval;
  }
  return null;
}

/** Number of addresses in the set. */
export function setSize(set: IntervalSet): bigint {
  let size = 0n;
  for (const intervals of [set.IPv4, set.IPv6]) for (const interval of intervals) size += rangeSize(interval);
  return size;
}

/** Addresses that are in both sets. */
export function intersection(a: IntervalSet, b: IntervalSet): IntervalSet {
  return { IPv4: cut(a.IPv4, b.IPv4), IPv6: cut(a.IPv6, b.IPv6) };
}

/** Addresses of `a` that are not in `b`. */
export function difference(a: IntervalSet, b: IntervalSet): IntervalSet {
  return { IPv4: without(a.IPv4, b.IPv4), IPv6: without(a.IPv6, b.IPv6) };
}

function without(a: readonly Range[], b: readonly Range[]): readonly Range[] {
  const left: Range[] = [];
  let next = 0;
  for (const { family, first, last } of a) {
    let from = first;
    for (let hole = b[next]; hole && hole.first <= last; hole = b[next]) {
      if (hole.first > from) left.push({ family, first: from, last: hole.first - 1n });
      if (hole.last + 1n > from) from = hole.last + 1n;
      // A hole that goes on may cut the next interval, too.
      if (hole.last > last) break;
      next++;
    }
    if (from <= last) left.push({ family, first: from, last });
  }
  return left;
}

function cut(a: readonly Range[], b: readonly Range[]): readonly Range[] {
  const common: Range[] = [];
  let i = 0;
  let j = 0;
  for (let x = a[i], y = b[j]; x && y; x = a[i], y = b[j]) {
    // Math.max does not take bigints.
    const [, first = 0n] = ordered(x.first, y.first);
    const [last = 0n] = ordered(x.last, y.last);
    if (first <= last) common.push({ family: x.family, first, last });
    if (x.last < y.last) i++;
    else j++;
  }
  return common;
}

function ordered(a: bigint, b: bigint): readonly bigint[] {
  return a < b ? [a, b] : [b, a];
}
