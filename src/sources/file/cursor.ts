// The place of the fast reader in a text, and its one way out: "not certain".
import { type Mark, stepText } from './document.ts';

/**
 * The fast reader reads a plain subset of YAML and is certain of it; at anything else (and at every fault) it stops,
 * and the document goes to the careful reader, which also knows the words for what is wrong.
 */
export class Uncertain extends Error {}

const uncertain = new Uncertain('not certain');

/** Never returns. One object for all: no stack is taken for what is no fault. */
export function giveUp(): never {
  throw uncertain;
}

export interface Cursor {
  readonly text: string;
  readonly end: number;
  pos: number;
  /** Offset at which the line of `pos` starts. */
  lineStart: number;
  /** Column (from 0) of the content at `pos` after `toNextLine`; −1 at the end of the document. */
  column: number;
  /** Filled when marks are wanted. */
  readonly marks: Map<string, Mark> | null;
}

/** Path of a child, where marks are wanted; else nobody reads it. */
export function below(cursor: Cursor, path: string, step: string | number): string {
  return cursor.marks ? stepText(path, step) : '';
}

const space = 0x20;
const tab = 0x09;
const newline = 0x0a;
const carriageReturn = 0x0d;
const hash = 0x23;

export function skipSpaces(cursor: Cursor): void {
  while (cursor.text.charCodeAt(cursor.pos) === space) cursor.pos++;
}

/** Whether the line ends at `at`: line break, or the end of the document. */
export function isLineEnd(cursor: Cursor, at: number): boolean {
  if (at >= cursor.end) return true;
  const c = cursor.text.charCodeAt(at);
  return c === newline || (c === carriageReturn && cursor.text.charCodeAt(at + 1) === newline);
}

export function isSpaceOrLineEnd(cursor: Cursor, at: number): boolean {
  return cursor.text.charCodeAt(at) === space || isLineEnd(cursor, at);
}

/** Over the rest of this line, which may only hold a comment, to the first content of a later line. */
export function toNextLine(cursor: Cursor): void {
  const { text } = cursor;
  const before = cursor.pos;
  skipSpaces(cursor);
  if (text.charCodeAt(cursor.pos) === hash && (cursor.pos > before || cursor.pos === cursor.lineStart))
    skipLine(cursor);
  else if (!isLineEnd(cursor, cursor.pos)) giveUp();
  else skipLine(cursor);
  toContent(cursor);
}

/** From the start of a line to the first content of it or of a later line. */
export function toContent(cursor: Cursor): void {
  const { text, end } = cursor;
  while (cursor.pos < end) {
    cursor.lineStart = cursor.pos;
    skipSpaces(cursor);
    const c = text.charCodeAt(cursor.pos);
    if (c === hash || isLineEnd(cursor, cursor.pos)) {
      skipLine(cursor);
      continue;
    }
    // A tab in the indentation, a byte order mark: the careful reader decides.
    if (c === tab || c === carriageReturn || c === 0xfeff) giveUp();
    cursor.column = cursor.pos - cursor.lineStart;
    return;
  }
  cursor.pos = end;
  cursor.column = -1;
}

function skipLine(cursor: Cursor): void {
  const at = cursor.text.indexOf('\n', cursor.pos);
  cursor.pos = at < 0 || at >= cursor.end ? cursor.end : at + 1;
}
