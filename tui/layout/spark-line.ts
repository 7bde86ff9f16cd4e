// Numbers as a row of small bars, and a share as a bar.
import type { Glyphs } from '../text/glyphs.ts';

const levels = 7;

/** The newest `width` values, the tallest bar for the largest of them, or for 1; missing ones are empty. Everything above 0 shows. */
export function sparkLine(values: readonly number[], width: number, glyphs: Glyphs): string {
  const shown = values.slice(-width);
  const most = Math.max(1, ...shown);
  const last = glyphs.spark.length - 1;
  const bars = shown.map((value) => {
    if (value <= 0) return glyphs.spark[0] ?? '';
    // The same level in every profile, as near as its signs come.
    const level = Math.max(1, Math.round((value / most) * levels));
    return glyphs.spark[Math.round((level * last) / levels)] ?? '';
  });
  return (glyphs.spark[0] ?? '').repeat(Math.max(0, width - shown.length)) + bars.join('');
}

/** `[####----]`, `width` cells with its brackets. Only nothing is empty, only everything is full. */
export function shareBar(share: number, width: number): string {
  const cells = Math.max(0, width - 2);
  const rounded = Math.round(Math.min(1, Math.max(0, share)) * cells);
  const least = share > 0 ? Math.min(1, cells) : 0;
  const most = share < 1 ? cells - 1 : cells;
  const full = Math.max(least, Math.min(rounded, Math.max(least, most)));
  return `[${'#'.repeat(full)}${'-'.repeat(cells - full)}]`;
}
