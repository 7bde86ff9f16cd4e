// Text brought to a width in cells.
import { cellWidth, characterWidth } from './cell-text.ts';

/** What is left out when there is too much: names read from the front, addresses need both ends. */
export type Shortening = 'end' | 'middle';

/** At most `width` cells of `text`, from the front. */
export function takeStart(text: string, width: number): string {
  if (text.length <= width && cellWidth(text) <= width) return text;
  let taken = 0;
  let result = '';
  for (const character of text) {
    taken += characterWidth(character);
    if (taken > width) break;
    result += character;
  }
  return result;
}

/** At most `width` cells of `text`, from the end. */
export function takeEnd(text: string, width: number): string {
  const characters = [...text];
  let taken = 0;
  let from = characters.length;
  while (from > 0) {
    taken += characterWidth(characters[from - 1] ?? '');
    if (taken > width) break;
    from--;
  }
  return characters.slice(from).join('');
}

/** The text, or as much of it as `width` cells hold with `ellipsis` (one cell) where something is missing. */
export function shorten(text: string, width: number, ellipsis: string, shortening: Shortening = 'end'): string {
  if (cellWidth(text) <= width) return text;
  if (width <= 0) return '';
  if (shortening === 'end' || width < 5) return takeStart(text, width - 1) + ellipsis;
  const tail = Math.floor((width - 1) / 3);
  return takeStart(text, width - 1 - tail) + ellipsis + takeEnd(text, tail);
}

/** Exactly `width` cells: shortened, or filled with spaces. */
export function toWidth(
  text: string,
  width: number,
  ellipsis: string,
  { right = false, shortening = 'end' }: { readonly right?: boolean; readonly shortening?: Shortening } = {},
): string {
  const short = shorten(text, width, ellipsis, shortening);
  const fill = ' '.repeat(Math.max(0, width - cellWidth(short)));
  return right ? fill + short : short + fill;
}
