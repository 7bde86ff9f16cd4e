// The text of the stream, in pieces of many lines.
import type { JournalEntry } from '#model/journal.ts';
import { type BookChange, type BookRow, changeLine } from './stream-book.ts';
import { asciiJson } from './stream-list.ts';
import type { JournalKind, StreamLine } from './stream-protocol.ts';
import type { BookKind } from './stream-rows.ts';
import { eventItems, generationItems, historyItems } from './view-journal.ts';

export interface Piece {
  readonly text: string;
  readonly lines: number;
}

const linesPerPiece = 500;

export function lineText(line: StreamLine): string {
  return `${asciiJson(line)}\n`;
}

export function changePieces(kind: BookKind, changes: readonly BookChange[], revision: number): readonly Piece[] {
  const pieces: Piece[] = [];
  for (let at = 0; at < changes.length; at += linesPerPiece) {
    const part = changes.slice(at, at + linesPerPiece);
    const text = part.map(({ type, row }) => changeLine(type, kind, row, revision)).join('');
    pieces.push({ text, lines: part.length });
  }
  return pieces;
}

export interface JournalRows {
  readonly node: string;
  readonly entries: readonly JournalEntry[];
  readonly revision: number;
  /** Key of the nth row. */
  readonly keyOf: (index: number) => string;
}

/** Rows that entries of the journal are or contain. `last`: only so many of the newest. */
export function journalPiece(
  kind: JournalKind,
  { node, entries, revision, keyOf }: JournalRows,
  last = Number.POSITIVE_INFINITY,
): Piece {
  const rows = [...itemsOfJournal(kind, node, entries)];
  const shown = rows.slice(-last);
  const lines = shown.map((object, i) => lineText({ type: 'ADDED', kind, key: keyOf(i), revision, object }));
  return { text: lines.join(''), lines: lines.length };
}

function itemsOfJournal(kind: JournalKind, node: string, entries: readonly JournalEntry[]) {
  switch (kind) {
    case 'events':
      return eventItems(entries);
    case 'history':
      return historyItems(node, entries);
    case 'generations':
      return generationItems(entries);
  }
}

export interface WholeState {
  readonly head: StreamLine;
  readonly books: readonly (readonly [BookKind, Iterable<BookRow>])[];
  readonly journals: readonly Piece[];
  readonly synced: StreamLine;
}

/** Made piece by piece while the reader takes them. */
export function* statePieces({ head, books, journals, synced }: WholeState): Generator<string, void> {
  let text = lineText(head);
  let lines = 1;
  for (const [kind, rows] of books) {
    for (const row of rows) {
      text += changeLine('ADDED', kind, row, synced.revision);
      if (++lines < linesPerPiece) continue;
      yield text;
      text = '';
      lines = 0;
    }
  }
  yield `${text}${journals.map((piece) => piece.text).join('')}${lineText(synced)}`;
}
