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

function editDistance(a: string, b: string): number {
  // Names that differ this much in length are more than 2 edits apart; also bounds the work for hostile input.
  if (Math.abs(a.length - b.length) > 2) return 3;
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const next = [row];
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1];
      let cost = Math.min(
        (last[column] ?? 0) + 1,
        (next[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (same ? 0 : 1),
      );
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) {
        cost = Math.min(cost, (beforeLast[column - 2] ?? 0) + 1);
      }
      next.push(cost);
    }
    beforeLast = last;
    last = next;
  }
  return last[b.length] ?? 0;
}
