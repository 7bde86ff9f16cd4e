// Changes to sorted lists that cost one pass, not a sort.
import { compareAddresses, type IpAddress } from '#model/address.ts';

/** Up to so many changes it is cheaper to look for the places than to walk along the list. */
const fewChanges = 64;

/**
 * `list` without what is gone and with `fresh`; all are sorted by `compare`, and so is the result. What compares equal is
 * the same; what is gone need not have been there.
 */
export function mergeSorted<T>(
  list: readonly T[],
  gone: readonly T[],
  fresh: readonly T[],
  compare: (a: T, b: T) => number,
): readonly T[] {
  const changes = gone.length + fresh.length;
  if (changes === 0) return list;
  return changes <= fewChanges ? inserted(list, gone, fresh, compare) : merged(list, gone, fresh, compare);
}

function inserted<T>(
  list: readonly T[],
  gone: readonly T[],
  fresh: readonly T[],
  compare: (a: T, b: T) => number,
): readonly T[] {
  const result = list.slice();
  for (const item of gone) {
    const at = placeOf(result, item, compare);
    if (at < result.length && compare(result[at] as T, item) === 0) result.splice(at, 1);
  }
  for (const item of fresh) result.splice(placeOf(result, item, compare), 0, item);
  return result;
}

function merged<T>(
  list: readonly T[],
  gone: readonly T[],
  fresh: readonly T[],
  compare: (a: T, b: T) => number,
): readonly T[] {
  const result: T[] = [];
  let at = 0;
  const leaving = new Set(gone);
  for (const item of fresh) {
    for (; at < list.length && compare(list[at] as T, item) <= 0; at++) keep(list[at] as T);
    result.push(item);
  }
  for (; at < list.length; at++) keep(list[at] as T);
  return result;

  function keep(item: T): void {
    if (!leaving.has(item)) result.push(item);
  }
}

/** Index of the first item that is not before this one. */
function placeOf<T>(list: readonly T[], item: T, compare: (a: T, b: T) => number, start = 0): number {
  let low = start;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compare(list[middle] as T, item) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

interface Row {
  readonly address: IpAddress;
}

/** Rows sorted by address in which all rows of `addresses` are replaced by those of `fresh`. All lists are sorted. */
export function replaceRows<T extends Row>(
  rows: readonly T[],
  addresses: readonly IpAddress[],
  fresh: readonly T[],
): readonly T[] {
  const replaced: T[] = [];
  let at = 0;
  let next = 0;
  for (const address of addresses) {
    const from = placeOf<Row>(rows, { address }, compareRows, at);
    for (; at < from; at++) replaced.push(rows[at] as T);
    while (isAt(rows[at], address)) at++;
    for (; isAt(fresh[next], address); next++) replaced.push(fresh[next] as T);
  }
  for (; at < rows.length; at++) replaced.push(rows[at] as T);
  return replaced;
}

function isAt(row: Row | undefined, address: IpAddress): boolean {
  return row !== undefined && compareAddresses(row.address, address) === 0;
}

function compareRows(a: Row, b: Row): number {
  return compareAddresses(a.address, b.address);
}
