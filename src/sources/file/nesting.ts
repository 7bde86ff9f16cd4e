// How deep a text nests, told while the parser of `yaml` walks through it: before a tree is made of it.
import { Lexer, Parser } from 'yaml';
import { maxNesting } from './pre-scan.ts';

/** The parser's stack also holds the document and the scalar it is at. */
const maxStack = maxNesting + 2;

/** Offset at which the nesting passes the limit, or −1. */
export function findTooDeep(text: string, start: number, end: number): number {
  const parser = new Parser();
  let at = start;
  for (const lexeme of new Lexer().lex(text.slice(start, end))) {
    for (const _finished of parser.next(lexeme));
    if (parser.stack.length > maxStack) return at;
    // Marks of the lexer's own (document start, scalar ahead) have no width in the text.
    if (!'\u{feff}\u{02}\u{18}\u{1f}'.includes(lexeme)) at += lexeme.length;
  }
  return -1;
}
