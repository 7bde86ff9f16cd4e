// What the YAML parser says against a text, in plain words and at the place that matters.
import type { ConfigCode } from './codes.ts';

export interface ReadFault {
  readonly code: ConfigCode;
  readonly offset: number;
  readonly message: string;
  readonly hint: string;
}

interface Words {
  readonly code: ConfigCode;
  readonly message: string;
  readonly hint: string;
}

/** By the error codes of `yaml`; its own words are for people who know the grammar. */
const wordsOf: Readonly<Record<string, Words>> = {
  TAB_AS_INDENT: { code: 'LL-CFG-004', message: 'a tab cannot indent YAML', hint: 'use spaces' },
  BLOCK_AS_IMPLICIT_KEY: {
    code: 'LL-CFG-001',
    message: 'malformed YAML: a mapping starts behind a value',
    hint: 'check the indentation of the line below, or quote a value that contains ": "',
  },
  BAD_SCALAR_START: {
    code: 'LL-CFG-001',
    message: 'malformed YAML: a plain value cannot start with this character',
    hint: 'quote the value',
  },
  BAD_ALIAS: { code: 'LL-CFG-006', message: 'an alias is refused', hint: 'write the value out, or quote it' },
  KEY_OVER_1024_CHARS: { code: 'LL-CFG-001', message: 'malformed YAML: a key of more than 1024 characters', hint: '' },
};

/** The first fault that the parser found; what follows it is mostly its consequence. */
export function syntaxFault(
  text: string,
  start: number,
  end: number,
  gaveUp: number,
  error: { readonly code: string; readonly message: string; readonly pos: readonly [number, number] },
): ReadFault {
  const offset = start + error.pos[0];
  if (error.code === 'MISSING_CHAR' && error.message.includes('quote')) {
    const opening = '"\''.includes(text[gaveUp] ?? ' ') ? gaveUp : offset;
    return { code: 'LL-CFG-001', offset: opening, message: 'malformed YAML: a quoted text has no end', hint: '' };
  }
  const words = wordsOf[error.code] ?? { code: 'LL-CFG-001', message: `malformed YAML: ${error.message}`, hint: '' };
  return { ...words, offset: offset < end ? offset : lastContent(text, start, end) };
}

/** A fault at the very end has nothing to show: the last thing written stands for it. */
function lastContent(text: string, start: number, end: number): number {
  let at = end - 1;
  while (at > start && ' \t\r\n'.includes(text[at] ?? '')) at--;
  return Math.max(at, start);
}

export function duplicateKey(text: string, offset: number): ReadFault {
  const key = /^(?:"[^"\n]*"|'[^'\n]*'|[^\s:,}]+)/.exec(text.slice(offset, offset + 100))?.[0] ?? '';
  return { code: 'LL-CFG-005', offset, message: `the key ${key} is here twice`, hint: 'keep one of them' };
}

export interface RegexTrap {
  readonly fault: ReadFault;
  /** The text with the list emptied, every offset as before. */
  readonly withoutList: string;
}

const listLine = /^(\s*(?:- )?([\w-]+):\s*\[)(\s*)([^\s"',\]#][^\s"',]*\[[^\s,]*)([^\n]*)$/;

/** `interfaces: [ ^eth[0-9]+ ]`: the inner bracket starts a list inside, and the parser's words help nobody. */
export function findRegexTrap(text: string, offset: number): RegexTrap | null {
  const lineStart = text.lastIndexOf('\n', offset - 1) + 1;
  const lineEnd = text.indexOf('\n', offset);
  const line = text.slice(lineStart, lineEnd < 0 ? text.length : lineEnd);
  const found = line.length < 1000 ? listLine.exec(line) : null;
  if (!found) return null;
  const [, lead = '', key = '', gap = '', word = '', tail = ''] = found;
  const pattern = balanced(word);
  const at = lead.length + gap.length;
  const close = (word + tail).lastIndexOf(']');
  const emptied = `${lead}]${' '.repeat(Math.max(0, line.length - lead.length - 1))}`;
  if (close < 0 || emptied.length !== line.length) return null;
  return {
    fault: {
      code: 'LL-CFG-003',
      offset: lineStart + at + pattern.indexOf('['),
      message: `${key}: "[" starts a nested list here, so the regex is not text`,
      hint: `quote it: ${key}: ["${pattern}"]`,
    },
    withoutList: `${text.slice(0, lineStart)}${emptied}${text.slice(lineStart + line.length)}`,
  };
}

/** Without the bracket that closes the list around the pattern: `^eth[0-9]+]`. */
function balanced(word: string): string {
  const open = word.split('[').length;
  const closed = word.split(']').length;
  return closed > open && word.endsWith(']') ? word.slice(0, -1) : word;
}
