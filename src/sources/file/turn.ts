// Long work on the main thread in slices: frames, signals and clients get their turn in between.

/** Objects handled in one go; measured well below 100 ms on a slow core. */
export const sliceSize = 1000;

/** Resolves after the event loop has served whatever was waiting. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** `list` in pieces of `sliceSize`, giving way between them. */
export async function inSlices<T>(list: readonly T[], work: (slice: readonly T[]) => void): Promise<void> {
  for (let at = 0; at < list.length; at += sliceSize) {
    if (at > 0) await turn();
    work(list.slice(at, at + sliceSize));
  }
}
