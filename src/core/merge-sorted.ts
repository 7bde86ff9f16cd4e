// Changes to sorted lists that cost one pass, not a sort.
import { compareAddresses, type IpAddress } from '#model/address.ts';

/** `list` without what is gone and with `fresh`; both are sorted by `compare`, and so is the result. */
export function mergeSorted<T>(
  list: readonly T[],
  gone: ReadonlySet<T>,
  fresh: readonly T[],
  compare: (a: T, b: T) => number,
): readonly T[] {
  const merged: T[] = [];
  let next = 0;
  for (const item of list) {
    if (gone.has(item)) continue;
    for (let candidate = fresh[next]; candidate !== undefined; candidate = fresh[next]) {
      if (compare(candidate, item) >= 0) break;
      merged.push(candidate);
      next++;
    }
    merged.push(item);
  }
  for (; next < fresh.length; next++) merged.push(fresh[next] as T);
  return merged;
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
    const from = lowerBound(rows, address, at);
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

/** Index of the first row from `start` on that is not before the address. */
function lowerBound(rows: readonly Row[], address: IpAddress, start: number): number {
  let low = start;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compareAddresses((rows[middle] as Row).address, address) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
