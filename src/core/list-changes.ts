// What two versions of a long list do not share, found by identity.

export interface ListChanges<T> {
  readonly gone: readonly T[];
  readonly come: readonly T[];
}

/** Texts count as the same when they are equal. Neither list holds anything twice. */
export function listChanges<T>(before: readonly T[], after: readonly T[]): ListChanges<T> {
  if (before === after) return { gone: [], come: [] };
  const shift = after.length - before.length;
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start++;
  let end = before.length;
  while (end > start && end + shift > start && before[end - 1] === after[end - 1 + shift]) end--;
  const left = before.slice(start, end);
  const right = after.slice(start, end + shift);
  // What stands where it stood needs no look at the rest.
  const gone = shift === 0 ? left.filter((item, i) => item !== right[i]) : left;
  const come = shift === 0 ? right.filter((item, i) => item !== left[i]) : right;
  if (gone.length === 0 || come.length === 0) return { gone, come };
  const old = new Set(gone);
  const fresh = new Set(come);
  return { gone: gone.filter((item) => !fresh.has(item)), come: come.filter((item) => !old.has(item)) };
}
