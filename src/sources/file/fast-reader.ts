// The fast reader: plain block YAML and JSON in one pass, without a syntax tree. Equal to `yaml` where it is certain.
// Why there are two readers: docs/decisions/0008-two-yaml-readers.md.
import {
  below,
  type Cursor,
  giveUp,
  isLineEnd,
  isSpaceOrLineEnd,
  skipSpaces,
  toContent,
  toNextLine,
  Uncertain,
} from './cursor.ts';
import { documentWithin, type Mark, type Marks, type RawDocument } from './document.ts';
import { type ItemStart, itemStarts, keptItems, readFlow, readFlowNode, type Starts, setKey } from './fast-flow.ts';
import { readLiteral } from './fast-literal.ts';
import { checkPlainStart, findKeyColon, readPlainLine, readQuoted, withoutTrailingSpaces } from './fast-scalars.ts';
import { resolvePlain } from './plain-scalar.ts';
import type { DocumentSpan } from './pre-scan.ts';
import { maxNesting } from './pre-scan.ts';

export type FastResult =
  | { readonly certain: true; readonly document: RawDocument }
  /** The careful reader must read it; `offset` is where this one gave up, at or in front of the cause. */
  | { readonly certain: false; readonly offset: number };

export function readFast(text: string, span: DocumentSpan): FastResult {
  const cursor = cursorAt(text, span.content, span.end, null);
  try {
    const start = toRoot(cursor, span);
    return { certain: true, document: rootDocument(text, span, start, readRoot(cursor)) };
  } catch (error) {
    if (error instanceof Uncertain) return { certain: false, offset: cursor.pos };
    throw error;
  }
}

function cursorAt(text: string, pos: number, end: number, marks: Map<string, Mark> | null): Cursor {
  return { text, end, pos, lineStart: pos, column: 0, marks };
}

function rootDocument(text: string, span: DocumentSpan, start: number, value: unknown): RawDocument {
  let marks: Marks | undefined;
  const allMarks = () => {
    marks ??= collectMarks(text, span);
    return marks;
  };
  const whole = documentWithin(value, start, allMarks, '');
  const starts = typeof value === 'object' && value !== null ? itemStarts.get(value) : undefined;
  const items = (value as { readonly items?: unknown }).items;
  if (!starts || !Array.isArray(items) || starts.length !== items.length) return whole;
  const item = (index: number): RawDocument => {
    const at = starts[index];
    if (!at) return whole.item(index);
    const itemValue = index < keptItems ? items[index] : readItem(text, span.end, at, null);
    const itemMarks = () => {
      // Marked one by one: marks of 50,000 objects at once would not fit.
      const found = new Map<string, Mark>([['', { key: at.offset, value: at.offset }]]);
      readItem(text, span.end, at, found);
      return found;
    };
    return documentWithin(itemValue, at.offset, itemMarks, '');
  };
  return { ...whole, item };
}

/** An entry of `items` once more; it was read before, so this is certain. */
function readItem(text: string, end: number, at: ItemStart, marks: Map<string, Mark> | null): unknown {
  const cursor = cursorAt(text, at.offset, end, marks);
  if (at.column < 0) return readFlowNode(cursor, -1, 0, '', null);
  cursor.column = at.column;
  cursor.lineStart = at.offset - at.column;
  return readBlock(cursor, 1, '', null);
}

function collectMarks(text: string, span: DocumentSpan): Marks {
  const marks = new Map<string, Mark>();
  const cursor = cursorAt(text, span.content, span.end, marks);
  const start = toRoot(cursor, span);
  marks.set('', { key: start, value: start });
  readRoot(cursor);
  return marks;
}

/** To the first content; behind a marker `---` on the same line only JSON is certain. Returns its offset. */
function toRoot(cursor: Cursor, span: DocumentSpan): number {
  if (span.content > span.start) {
    skipSpaces(cursor);
    const c = cursor.text[cursor.pos];
    if (c !== '{' && c !== '[') toNextLine(cursor);
  } else toContent(cursor);
  return cursor.pos;
}

function readRoot(cursor: Cursor): unknown {
  if (cursor.column < 0) giveUp();
  const value = readBlock(cursor, 1, '', null);
  if (cursor.column !== -1) giveUp();
  return value;
}

/** A collection at the cursor, which stands at the start of its first line's content. */
function readBlock(cursor: Cursor, depth: number, path: string, starts: Starts | null): unknown {
  if (depth > maxNesting) giveUp();
  const c = cursor.text[cursor.pos];
  const { column } = cursor;
  if (c === '{' || c === '[') {
    const value = readFlow(cursor, depth === 1 ? -1 : column - 1, depth, path, starts);
    toNextLine(cursor);
    return value;
  }
  if (isDash(cursor)) return readList(cursor, column, depth, path, starts);
  return readMap(cursor, column, depth, path);
}

function isDash(cursor: Cursor): boolean {
  return cursor.text.charCodeAt(cursor.pos) === 0x2d && isSpaceOrLineEnd(cursor, cursor.pos + 1);
}

function readMap(cursor: Cursor, column: number, depth: number, path: string): unknown {
  if (depth > maxNesting) giveUp();
  const map: Record<string, unknown> = {};
  do {
    const keyStart = cursor.pos;
    const key = readKey(cursor);
    if (Object.hasOwn(map, key)) giveUp();
    const at = below(cursor, path, key);
    skipSpaces(cursor);
    const starts: Starts | null = depth === 1 && key === 'items' ? [] : null;
    const mark = { key: keyStart, value: keyStart };
    cursor.marks?.set(at, mark);
    setKey(map, key, readValue(cursor, column, depth, at, { mark, starts, listAtColumn: true }));
    if (starts) itemStarts.set(map, starts);
    if (cursor.column > column) giveUp();
  } while (cursor.column === column && !isDash(cursor));
  return map;
}

function readKey(cursor: Cursor): string {
  const { text } = cursor;
  const start = cursor.pos;
  const c = text[start];
  let key: unknown;
  if (c === '"' || c === "'") {
    key = readQuoted(cursor);
    skipSpaces(cursor);
  } else {
    checkPlainStart(cursor);
    const colon = findKeyColon(cursor);
    if (colon < 0) giveUp();
    key = resolvePlain(withoutTrailingSpaces(text, start, colon));
    cursor.pos = colon;
  }
  if (text[cursor.pos] !== ':' || !isSpaceOrLineEnd(cursor, cursor.pos + 1)) giveUp();
  // YAML 1.2 §7.4.2: an implicit key has at most 1024 characters.
  if (typeof key !== 'string' || cursor.pos - start > 1000) return giveUp();
  cursor.pos++;
  return key;
}

interface Place {
  /** Gets the offset of the value, when there is one. */
  readonly mark: { key: number; value: number };
  readonly starts: Starts | null;
  /** YAML 1.2 §8.2.1: the list of a key may stand in the key's own column. */
  readonly listAtColumn: boolean;
}

/** Behind `:` or `-`: the value on this line or below. Leaves the cursor at the next content. */
function readValue(cursor: Cursor, parent: number, depth: number, path: string, place: Place): unknown {
  const { text } = cursor;
  const c = text[cursor.pos];
  if (isLineEnd(cursor, cursor.pos) || c === '#') {
    toNextLine(cursor);
    const isList = place.listAtColumn && cursor.column === parent && isDash(cursor);
    if (cursor.column <= parent && !isList) return null;
    place.mark.value = cursor.pos;
    if (isList) return readList(cursor, parent, depth + 1, path, place.starts);
    return readBlock(cursor, depth + 1, path, place.starts);
  }
  place.mark.value = cursor.pos;
  const value = readInline(cursor, parent, depth, path, place.starts);
  // A longer line below would be a continuation.
  if (cursor.column > parent) giveUp();
  return value;
}

function readInline(cursor: Cursor, parent: number, depth: number, path: string, starts: Starts | null): unknown {
  const c = cursor.text[cursor.pos];
  if (c === '|') return readLiteral(cursor, parent);
  let value: unknown;
  if (c === '"' || c === "'") value = readQuoted(cursor);
  else if (c === '{' || c === '[') value = readFlow(cursor, parent, depth + 1, path, starts);
  else value = resolvePlain(readPlainLine(cursor));
  toNextLine(cursor);
  return value;
}

function readList(cursor: Cursor, column: number, depth: number, path: string, starts: Starts | null): unknown {
  if (depth > maxNesting) giveUp();
  const list: unknown[] = [];
  do {
    const mark = { key: cursor.pos, value: cursor.pos };
    const at = below(cursor, path, list.length);
    cursor.marks?.set(at, mark);
    cursor.pos++;
    skipSpaces(cursor);
    const value = readEntry(cursor, column, depth, at, { mark, starts, listAtColumn: false });
    const isDropped = starts !== null && list.length >= keptItems;
    if (isDropped && starts.length !== list.length + 1) giveUp();
    list.push(isDropped ? null : value);
    mark.key = mark.value;
    if (cursor.column > column) giveUp();
  } while (cursor.column === column && isDash(cursor));
  return list;
}

function readEntry(cursor: Cursor, column: number, depth: number, path: string, place: Place): unknown {
  const inner = cursor.pos - cursor.lineStart;
  if (isDash(cursor) || startsMap(cursor)) {
    place.mark.value = cursor.pos;
    place.starts?.push({ offset: cursor.pos, column: inner });
    cursor.column = inner;
    return readBlock(cursor, depth + 1, path, null);
  }
  return readValue(cursor, column, depth, path, { ...place, starts: null });
}

/** Whether a compact mapping (`- key: value`) starts here. */
function startsMap(cursor: Cursor): boolean {
  const c = cursor.text[cursor.pos];
  if (c === undefined || isLineEnd(cursor, cursor.pos) || '#[{|'.includes(c)) return false;
  if (c !== '"' && c !== "'") return findKeyColon(cursor) >= 0;
  const start = cursor.pos;
  readQuoted(cursor);
  skipSpaces(cursor);
  const isKey = cursor.text[cursor.pos] === ':';
  cursor.pos = start;
  return isKey;
}
