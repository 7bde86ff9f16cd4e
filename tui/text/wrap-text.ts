// Text over several lines.
import { cellWidth } from './cell-text.ts';
import { takeStart } from './to-width.ts';

/** Lines of at most `width` cells, broken between words; a word that is too long is broken anywhere. */
export function wrapText(text: string, width: number): readonly string[] {
  const room = Math.max(1, width);
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const joined = line === '' ? word : `${line} ${word}`;
    if (cellWidth(joined) <= room) {
      line = joined;
      continue;
    }
    if (line !== '') lines.push(line);
    line = word;
    while (cellWidth(line) > room) {
      // A character of two cells in a room of one would never fit.
      const part = takeStart(line, room) || line.slice(0, 1);
      lines.push(part);
      line = line.slice(part.length);
    }
  }
  return [...lines, line];
}
