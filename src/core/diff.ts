// The difference between what should be and what is, by key.

export interface Diff<T> {
  readonly added: readonly T[];
  /** The new version of what is there with other content. */
  readonly changed: readonly T[];
  readonly removed: readonly T[];
}

/** `same` says whether two things with one key are equal. Each list is in the order of its input. */
export function diff<T>(
  desired: Iterable<T>,
  actual: Iterable<T>,
  key: (item: T) => string,
  same: (a: T, b: T) => boolean,
): Diff<T> {
  const left = new Map<string, T>();
  for (const item of actual) left.set(key(item), item);
  const added: T[] = [];
  const changed: T[] = [];
  const seen = new Set<string>();
  for (const item of desired) {
    const name = key(item);
    if (seen.has(name)) continue;
    seen.add(name);
    const old = left.get(name);
    if (old === undefined) added.push(item);
    else if (!same(item, old)) changed.push(item);
    left.delete(name);
  }
  return { added, changed, removed: [...left.values()] };
}
