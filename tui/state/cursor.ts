// The selected row of a list: held by what it is, not by where it stands.

export interface Cursor {
  /** Key of the selected row; null before anything was selected: the first row then. */
  readonly key: string | null;
  /** Where that row stood when it was last seen, for when it is gone. */
  readonly index: number;
  /** First row shown. */
  readonly top: number;
}

/** Keys of the rows of a list, told one at a time: a stream of thousands would make them all anew with every frame. */
export interface RowKeys {
  readonly length: number;
  /** Null beyond the end. */
  at(index: number): string | null;
}

export const startCursor: Cursor = { key: null, index: 0, top: 0 };

/** Index of the selected row; of a row that is gone, the row that took its place; -1 in an empty list. */
export function cursorIndex({ key, index }: Cursor, keys: RowKeys): number {
  if (keys.length === 0) return -1;
  const remembered = Math.min(index, keys.length - 1);
  if (key === null) return 0;
  // Nearly always it stands where it stood.
  if (keys.at(remembered) === key) return remembered;
  return nearest(key, remembered, keys) ?? remembered;
}

/** Rows rarely move far: looks on both sides of where it stood. */
function nearest(key: string, from: number, keys: RowKeys): number | null {
  for (let distance = 1; distance < keys.length; distance++) {
    if (keys.at(from + distance) === key) return from + distance;
    if (from >= distance && keys.at(from - distance) === key) return from - distance;
  }
  return null;
}

/** The cursor where its row stands by now: rows that came before it do not move it on the screen. */
export function placed(cursor: Cursor, keys: RowKeys): Cursor {
  const index = cursorIndex(cursor, keys);
  return {
    ...cursor,
    index: Math.max(0, index),
    top: Math.max(0, index) - (cursor.key === null ? 0 : cursor.index - cursor.top),
  };
}

/** The cursor on the row at `wanted`, or on the nearest there is, with that row among the `height` that are shown. */
export function moveCursor(cursor: Cursor, keys: RowKeys, wanted: number, height: number): Cursor {
  if (keys.length === 0) return startCursor;
  const index = Math.max(0, Math.min(wanted, keys.length - 1));
  return { key: keys.at(index), index, top: topFor(cursor.top, index, keys.length, height) };
}

/** First row to show, so that row `index` is seen and no room is wasted; the same as before where possible. */
export function topFor(top: number, index: number, count: number, height: number): number {
  const room = Math.max(1, height);
  const latest = Math.max(0, count - room);
  const seen = Math.min(Math.max(top, index - room + 1), Math.max(0, index));
  return Math.max(0, Math.min(seen, latest));
}
