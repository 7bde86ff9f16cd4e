// Finds the word somebody meant: by an unambiguous prefix, or by the smallest edit distance.

/** The one word that `text` is, or begins. Null when there is none or more than one. */
export function wordByPrefix(text: string, words: readonly string[]): string | null {
  if (words.includes(text)) return text;
  if (text === '') return null;
  const starting = words.filter((word) => word.startsWith(text));
  return starting.length === 1 ? (starting[0] ?? null) : null;
}

/** The nearest word within edit distance 2 (transpositions count once), or null. */
export function nearestWord(text: string, words: readonly string[]): string | null {
  let best: string | null = null;
  let bestDistance = 3;
  for (const word of words) {
    const distance = editDistance(text, word);
    // A distance as large as the word itself would call every short word near.
    if (distance < bestDistance && distance < Math.max(text.length, word.length)) {
      best = word;
      bestDistance = distance;
    }
  }
  return best;
}

/** Insertions, deletions, substitutions and swaps of neighbours; 3 for anything that is more than 2 apart in length. */
function editDistance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 2) return 3;
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, column) => column)];
  const at = (row: number, column: number) => rows[row]?.[column] ?? 3;
  for (let row = 1; row <= a.length; row++) {
    const next = [row];
    rows.push(next);
    for (let column = 1; column <= b.length; column++) {
      const substitution = at(row - 1, column - 1) + (a[row - 1] === b[column - 1] ? 0 : 1);
      const swapped = a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      const swap = swapped ? at(row - 2, column - 2) + 1 : 3;
      next.push(Math.min(at(row - 1, column) + 1, at(row, column - 1) + 1, substitution, swap));
    }
  }
  return at(a.length, b.length);
}
