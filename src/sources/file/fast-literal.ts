// Literal blocks (`|`, `|-`) for the fast reader.
// Read YAML 1.2 §8.1 before changing this file.
import { type Cursor, giveUp, isLineEnd, skipSpaces, toContent } from './cursor.ts';

/** At `|`: the text of a node whose parent stands in column `parent`. Leaves the cursor at the next content. */
export function readLiteral(cursor: Cursor, parent: number): string {
  const strip = readHeader(cursor);
  const lines = readLines(cursor, parent);
  toContent(cursor);
  while (lines.at(-1) === '') lines.pop();
  return strip ? lines.join('\n') : `${lines.join('\n')}\n`;
}

function readLines(cursor: Cursor, parent: number): string[] {
  const lines: string[] = [];
  let indent = -1;
  while (cursor.pos < cursor.end) {
    const line = lineAt(cursor);
    if (line.blank) checkBlank(line, indent < 0 ? parent : indent);
    else if (indent < 0) indent = line.width;
    if (!line.blank && (line.width < indent || indent <= parent)) break;
    lines.push(line.blank ? '' : cursor.text.slice(cursor.pos + indent, line.end));
    cursor.pos = line.next;
  }
  return indent > parent ? lines : giveUp();
}

/** A blank line with more spaces than the indentation is content, or a fault. */
function checkBlank(line: Line, indent: number): void {
  if (line.width > indent) giveUp();
}

/** Over the header to the first line. Comments, indentation indicators and `|+` are rare: the careful reader's. */
function readHeader(cursor: Cursor): boolean {
  const { text, end } = cursor;
  cursor.pos++;
  const strip = text[cursor.pos] === '-';
  if (strip) cursor.pos++;
  skipSpaces(cursor);
  if (!isLineEnd(cursor, cursor.pos)) giveUp();
  cursor.pos = text.indexOf('\n', cursor.pos) + 1;
  // A last line without line break is a special case of its own.
  if (cursor.pos === 0 || text.charCodeAt(end - 1) !== 0x0a) giveUp();
  return strip;
}

interface Line {
  /** Spaces in front. */
  readonly width: number;
  /** Nothing but spaces. */
  readonly blank: boolean;
  /** Offset of the line break. */
  readonly end: number;
  readonly next: number;
}

function lineAt(cursor: Cursor): Line {
  const { text, pos } = cursor;
  cursor.lineStart = pos;
  const lineFeed = text.indexOf('\n', pos);
  const end = text.charCodeAt(lineFeed - 1) === 0x0d ? lineFeed - 1 : lineFeed;
  let at = pos;
  while (at < end && text.charCodeAt(at) === 0x20) at++;
  if (at < end && text.charCodeAt(at) === 0x09) giveUp();
  return { width: at - pos, blank: at >= end, end: Math.max(end, pos), next: lineFeed + 1 };
}
