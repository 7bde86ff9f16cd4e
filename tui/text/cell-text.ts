// Text of any origin as it may stand in a cell: harmless, within the glyph profile, and of a width nobody disputes.
import { safeText } from '#model/safe-text.ts';
import { isShown, type ProfileName, translated } from './glyphs.ts';

const plain = /^[\x20-\x7e]*$/;

/**
 * The text with every character that the profile does not show written as its number (`\u{4e2d}`). Each character of the
 * result is one or two cells wide and joins with no neighbor, so that widths add up in every terminal.
 */
export function cellText(text: string, profile: ProfileName): string {
  if (plain.test(text)) return text;
  let result = '';
  for (const character of safeText(text.normalize('NFC'))) result += shown(character, profile);
  return result;
}

function shown(character: string, profile: ProfileName): string {
  const sign = translated(character, profile);
  if (sign !== undefined) return sign;
  if (isShown(character, profile)) return character;
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}

/** BOUNDED: `mostKnown` texts of frames, most of which come again in the next one. */
const known = new Map<string, number>();
const mostKnown = 4096;

/** Width of a text that `cellText` made, in cells. */
export function cellWidth(text: string): number {
  if (plain.test(text)) return text.length;
  const before = known.get(text);
  if (before !== undefined) return before;
  let width = 0;
  for (const character of text) width += characterWidth(character);
  if (known.size >= mostKnown) known.clear();
  known.set(text, width);
  return width;
}

/** BOUNDED: characters that frames held; there are 150,000 at most. */
const widths = new Map<string, number>();

export function characterWidth(character: string): number {
  if (character <= '~') return 1;
  const before = widths.get(character);
  if (before !== undefined) return before;
  const width = Bun.stringWidth(character);
  widths.set(character, width);
  return width;
}
