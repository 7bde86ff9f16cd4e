// The text of a filter while it is read: where the reader is, and what comes next.
import type { FilterValue } from './filter-tree.ts';

const space = /\s*/y;
/** What a bare word is made of, and a value in a list of them. */
const bareWord = /[^\s()|"]+/y;
const bareValue = /[^\s()|",]+/y;
const quoted = /"((?:[^"\\]|\\.)*)"/sy;

export class FilterText {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get length(): number {
    return this.#text.length;
  }

  /** Where the reader is, behind white space. */
  get at(): number {
    this.#at += this.#exec(space)?.[0].length ?? 0;
    return this.#at;
  }

  /** Where the reader is, white space or not. */
  get position(): number {
    return this.#at;
  }

  get atEnd(): boolean {
    return this.at >= this.#text.length;
  }

  /** Whether no further part of an "and" can begin here. */
  get endsAnd(): boolean {
    const next = this.#text[this.at];
    return next === undefined || next === ')' || next === '|' || this.peekWord('or');
  }

  take(character: string): boolean {
    if (this.#text[this.at] !== character) return false;
    this.#at++;
    return true;
  }

  /** A comma without white space before it. */
  takeComma(): boolean {
    if (this.#text[this.#at] !== ',') return false;
    this.#at++;
    return true;
  }

  /** Whether this bare word, upper or lower case, stands here as a whole. */
  peekWord(word: string): boolean {
    const { at } = this;
    const end = at + word.length;
    if (this.#text.slice(at, end).toLowerCase() !== word) return false;
    const next = this.#text[end];
    return next === undefined || /[\s()|"]/.test(next);
  }

  takeWord(word: string): boolean {
    const found = this.peekWord(word);
    if (found) this.#at += word.length;
    return found;
  }

  /** What the sticky pattern finds here. The reader stays. */
  match(pattern: RegExp): RegExpExecArray | null {
    this.#at = this.at;
    return this.#exec(pattern);
  }

  skip(count: number): void {
    this.#at += count;
  }

  /** A text in quotes or a bare one, which may be empty; null when the quotes are not closed. */
  readValue(inList: boolean): FilterValue | null {
    if (this.#text[this.#at] === '"') {
      const found = this.#exec(quoted);
      if (!found) return null;
      this.#at += found[0].length;
      return { text: (found[1] ?? '').replace(/\\(.)/gs, '$1'), literal: true };
    }
    const text = this.#exec(inList ? bareValue : bareWord)?.[0] ?? '';
    this.#at += text.length;
    return { text, literal: false };
  }

  #exec(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    return pattern.exec(this.#text);
  }
}
