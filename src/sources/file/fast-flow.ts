// Flow collections (`[…]`, `{…}`), which are also JSON, for the fast reader.
import { below, type Cursor, giveUp, isLineEnd } from './cursor.ts';
import { readPlainInFlow, readQuoted } from './fast-scalars.ts';
import { resolvePlain } from './plain-scalar.ts';
import { maxNesting } from './pre-scan.ts';

/**
 * Entries of a top-level list `items` that are kept as they are read. Later ones are read a second time when they are
 * asked for: 50,000 objects at once would not fit.
 */
export const keptItems = 1000;

/** Where the entries of the list `items` start, for lists of objects. */
export interface ItemStart {
  readonly offset: number;
  /** −1 inside of brackets, where columns mean nothing. */
  readonly column: number;
}

export type Starts = ItemStart[];

/**
 * At `[` or `{`; leaves the cursor behind the closing bracket. Lines of it must stand right of column `parent`
 * (YAML 1.2 §7.4; −1 when nothing encloses it).
 */
export function readFlow(cursor: Cursor, parent: number, depth: number, path: string, starts: Starts | null): unknown {
  if (depth > maxNesting) giveUp();
  const isMap = cursor.text[cursor.pos] === '{';
  cursor.pos++;
  return isMap ? readFlowMap(cursor, parent, depth, path) : readFlowList(cursor, parent, depth, path, starts);
}

function readFlowMap(cursor: Cursor, parent: number, depth: number, path: string): unknown {
  const map: Record<string, unknown> = {};
  do {
    skipInFlow(cursor, parent);
    if (cursor.text[cursor.pos] === '}') break;
    readFlowEntry(cursor, parent, depth, path, map);
  } while (hasMore(cursor, parent, '}'));
  cursor.pos++;
  return map;
}

function readFlowEntry(
  cursor: Cursor,
  parent: number,
  depth: number,
  path: string,
  map: Record<string, unknown>,
): void {
  const keyStart = cursor.pos;
  const key = readFlowKey(cursor);
  if (Object.hasOwn(map, key)) giveUp();
  const at = below(cursor, path, key);
  skipInFlow(cursor, parent);
  const valueStart = cursor.pos;
  const c = cursor.text[valueStart];
  const starts: Starts | null = depth === 1 && key === 'items' ? [] : null;
  const isEmpty = c === ',' || c === '}';
  cursor.marks?.set(at, { key: keyStart, value: isEmpty ? keyStart : valueStart });
  setKey(map, key, isEmpty ? null : readFlowNode(cursor, parent, depth, at, starts));
  if (starts) itemStarts.set(map, starts);
}

/** Starts of the entries of `items`, by the root mapping they belong to. */
export const itemStarts = new WeakMap<object, Starts>();

/** `__proto__` is a key like any other, never the prototype. */
export function setKey(map: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__') {
    Object.defineProperty(map, key, { value, enumerable: true, configurable: true, writable: true });
  } else map[key] = value;
}

function readFlowKey(cursor: Cursor): string {
  const { text } = cursor;
  const start = cursor.pos;
  const c = text[cursor.pos];
  const key = c === '"' || c === "'" ? readQuoted(cursor) : resolvePlain(readPlainInFlow(cursor));
  // YAML 1.2 §7.4.2: an implicit key has at most 1024 characters.
  if (typeof key !== 'string' || cursor.pos - start > 1000) return giveUp();
  while (text.charCodeAt(cursor.pos) === 0x20) cursor.pos++;
  if (text[cursor.pos] !== ':') giveUp();
  cursor.pos++;
  return key;
}

function readFlowList(cursor: Cursor, parent: number, depth: number, path: string, starts: Starts | null): unknown {
  const list: unknown[] = [];
  do {
    skipInFlow(cursor, parent);
    if (cursor.text[cursor.pos] === ']') break;
    const start = cursor.pos;
    starts?.push({ offset: start, column: -1 });
    const at = below(cursor, path, list.length);
    cursor.marks?.set(at, { key: start, value: start });
    const value = readFlowNode(cursor, parent, depth, at, null);
    list.push(starts && list.length >= keptItems ? null : value);
  } while (hasMore(cursor, parent, ']'));
  cursor.pos++;
  return list;
}

/** Over a comma; false at the closing bracket. */
function hasMore(cursor: Cursor, parent: number, close: string): boolean {
  skipInFlow(cursor, parent);
  const c = cursor.text[cursor.pos];
  if (c === close) return false;
  if (c !== ',') giveUp();
  cursor.pos++;
  return true;
}

/** Any node inside of brackets. */
export function readFlowNode(
  cursor: Cursor,
  parent: number,
  depth: number,
  path: string,
  starts: Starts | null,
): unknown {
  const c = cursor.text[cursor.pos];
  if (c === '{' || c === '[') return readFlow(cursor, parent, depth + 1, path, starts);
  if (c === '"' || c === "'") return readQuoted(cursor);
  return resolvePlain(readPlainInFlow(cursor));
}

/** Over spaces and line breaks. Comments, and tabs outside of whole-document JSON, are left to the careful reader. */
function skipInFlow(cursor: Cursor, parent: number): void {
  const { text, end } = cursor;
  let broken = false;
  for (;;) {
    if (cursor.pos >= end) giveUp();
    const c = text.charCodeAt(cursor.pos);
    if (c === 0x20 || (c === 0x09 && parent < 0)) cursor.pos++;
    else if (isLineEnd(cursor, cursor.pos)) {
      cursor.pos += c === 0x0d ? 2 : 1;
      cursor.lineStart = cursor.pos;
      broken = true;
    } else break;
  }
  if (broken && parent >= 0 && cursor.pos - cursor.lineStart <= parent) giveUp();
}
