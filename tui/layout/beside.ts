// Two blocks of lines side by side.
import { type Line, padLine } from '../text/line.ts';

/** As many lines as the longer block has; the left one is filled up to `leftWidth`. */
export function beside(left: readonly Line[], right: readonly Line[], leftWidth: number, rightWidth: number): Line[] {
  const height = Math.max(left.length, right.length);
  return Array.from({ length: height }, (_, index) => [
    ...padLine(left[index] ?? [], leftWidth),
    ...padLine(right[index] ?? [], rightWidth),
  ]);
}
