// Sorting that costs one pass when nothing has to move, as in nearly every round.

export function sorted<T>(items: readonly T[], compare: (a: T, b: T) => number): readonly T[] {
  for (let i = 1; i < items.length; i++) {
    const before = items[i - 1] as T;
    const item = items[i] as T;
    if (compare(before, item) > 0) return [...items].sort(compare);
  }
  return items;
}

/** Texts in code-unit order: the same on every machine, whatever its locale. */
export function sortedText(texts: Iterable<string>): readonly string[] {
  return sorted([...texts], compareText);
}

export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
