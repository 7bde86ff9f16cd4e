// Texts in code-unit order: the same on every machine, whatever its locale.

export function sortedText(texts: Iterable<string>): readonly string[] {
  return [...texts].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}
