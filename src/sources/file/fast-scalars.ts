// The scalars that the fast reader reads: quoted and plain ones of one line, and literal blocks.
import { type Cursor, giveUp, isLineEnd, isSpaceOrLineEnd } from './cursor.ts';

const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  '"': '"',
  '\\': '\\',
  '/': '/',
  0: '\0',
  b: '\b',
  f: '\f',
};

/** At a quote; leaves the cursor behind the closing one. Quoted text of several lines is left to the careful reader. */
export function readQuoted(cursor: Cursor): string {
  return cursor.text[cursor.pos] === '"' ? readDouble(cursor) : readSingle(cursor);
}

function readDouble(cursor: Cursor): string {
  const { text, end } = cursor;
  const start = cursor.pos + 1;
  let escaped = false;
  for (let at = start; at < end; at++) {
    const c = text.charCodeAt(at);
    if (c === 0x22) {
      cursor.pos = at + 1;
      const inside = text.slice(start, at);
      return escaped ? withoutEscapes(inside) : inside;
    }
    if (c === 0x5c) {
      escaped = true;
      at++;
      if (isLineEnd(cursor, at)) giveUp();
    } else if (c === 0x0a || c === 0x0d) giveUp();
  }
  return giveUp();
}

function withoutEscapes(inside: string): string {
  return inside.replace(/\\(u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|.)/gs, (_all, code: string) => {
    if (code.length > 1) return String.fromCharCode(Number.parseInt(code.slice(1), 16));
    return escapes[code] ?? giveUp();
  });
}

function readSingle(cursor: Cursor): string {
  const { text, end } = cursor;
  const start = cursor.pos + 1;
  let doubled = false;
  for (let at = start; at < end; at++) {
    const c = text.charCodeAt(at);
    if (c === 0x27) {
      if (text.charCodeAt(at + 1) !== 0x27) {
        cursor.pos = at + 1;
        const inside = text.slice(start, at);
        return doubled ? inside.replaceAll("''", "'") : inside;
      }
      doubled = true;
      at++;
    } else if (c === 0x0a || c === 0x0d) giveUp();
  }
  return giveUp();
}

// YAML 1.2 §5.3: characters that no plain scalar starts with. `-`, `?` and `:` may, in front of more text.
const indicators = new Uint8Array(128);
for (const character of ',[]{}#&*!|>\'"%@`?') indicators[character.charCodeAt(0)] = 1;

/** Offset of the colon that makes the plain text at the cursor a key, or −1 when it is no key. */
export function findKeyColon(cursor: Cursor): number {
  const { text } = cursor;
  for (let at = cursor.pos; !isLineEnd(cursor, at); at++) {
    const c = text.charCodeAt(at);
    if (c === 0x3a && isSpaceOrLineEnd(cursor, at + 1)) return at;
    if (c === 0x23 && text.charCodeAt(at - 1) === 0x20) return -1;
    if (isOdd(c)) giveUp();
  }
  return -1;
}

export function checkPlainStart(cursor: Cursor): void {
  const first = cursor.text.charCodeAt(cursor.pos);
  if (indicators[first] === 1 || Number.isNaN(first)) giveUp();
  if ((first === 0x2d || first === 0x3a) && isSpaceOrLineEnd(cursor, cursor.pos + 1)) giveUp();
}

/** Plain text up to the end of the line or a comment. Text with `: ` in it is a fault or a key. */
export function readPlainLine(cursor: Cursor): string {
  checkPlainStart(cursor);
  const { text, pos: start } = cursor;
  let at = start;
  for (; !isLineEnd(cursor, at); at++) {
    const c = text.charCodeAt(at);
    if (c === 0x3a && isSpaceOrLineEnd(cursor, at + 1)) giveUp();
    if (c === 0x23 && text.charCodeAt(at - 1) === 0x20) break;
    if (isOdd(c)) giveUp();
  }
  const plain = withoutTrailingSpaces(text, start, at);
  cursor.pos = start + plain.length;
  return plain;
}

/** Tabs, lone carriage returns and byte order marks inside plain text: the careful reader decides. */
function isOdd(c: number): boolean {
  return c === 0x09 || c === 0x0d || c === 0xfeff;
}

/** Plain text inside `[…]` or `{…}`. */
export function readPlainInFlow(cursor: Cursor): string {
  checkPlainStart(cursor);
  const { text, pos: start } = cursor;
  const first = text[start];
  if (first === ':' || (first === '-' && endsInFlow(cursor, start + 1))) giveUp();
  // `yaml` takes these for document markers behind a tab, too.
  if (text.startsWith('---', start) || text.startsWith('...', start)) giveUp();
  let at = start;
  for (; !isLineEnd(cursor, at); at++) {
    const c = text.charCodeAt(at);
    if (isFlowIndicator(c)) break;
    if (c === 0x3a && endsInFlow(cursor, at + 1)) break;
    if (isOdd(c) || (c === 0x23 && text.charCodeAt(at - 1) === 0x20)) giveUp();
  }
  cursor.pos = at;
  return withoutTrailingSpaces(text, start, at);
}

function endsInFlow(cursor: Cursor, at: number): boolean {
  return isSpaceOrLineEnd(cursor, at) || isFlowIndicator(cursor.text.charCodeAt(at));
}

function isFlowIndicator(c: number): boolean {
  return c === 0x2c || c === 0x5b || c === 0x5d || c === 0x7b || c === 0x7d;
}

export function withoutTrailingSpaces(text: string, start: number, end: number): string {
  let last = end;
  while (last > start && text.charCodeAt(last - 1) === 0x20) last--;
  return text.slice(start, last);
}
