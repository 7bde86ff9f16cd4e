// Sorting that costs one pass when nothing has to move, as in nearly every round.

export function sorted<T>(items: readonly T[], compare: (a: T, b: T) => number): readonly T[] {
  for (let i = 1; i < items.length; i++) {
    const before = items[i - 1] as T;
    const item = items[i] as T;
    if (compare(before, item) > 0) return [...items].sort(compare);
  }
  return items;
}

/** Texts in code-unit order: the same on every machine, whatever its locale. A list that is sorted is returned itself. */
export function sortedText(texts: Iterable<string>): readonly string[] {
  return sorted(Array.isArray(texts) ? (texts as readonly string[]) : [...texts], compareText);
}

export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** By name, each name once: a decision must not depend on which of two came first. */
export function byName<T extends { readonly name: string }>(items: readonly T[]): readonly T[] {
  const names = new Set(items.map(({ name }) => name));
  const once = names.size === items.length ? items : items.filter(({ name }) => names.delete(name));
  return sorted(once, (a, b) => compareText(a.name, b.name));
}
