// Rows of the journal of transitions.
import type { DatabaseSync } from 'node:sqlite';
import type { JournalEntry } from '#model/journal.ts';

/** Entries held while nothing can be written: a day of transitions of a calm box, 1 MB at most. */
export const pendingBound = 1000;

export function writeJournal(db: DatabaseSync, entries: readonly JournalEntry[], keep: number): void {
  const add = db.prepare(
    'INSERT INTO journal (time_ms, kind, severity, object, message, fields) VALUES (?, ?, ?, ?, ?, ?)',
  );
  for (const entry of entries) {
    const { timeMs, kind, severity, object, message, fields } = entry;
    add.run(timeMs, kind, severity, object, message, JSON.stringify(fields));
  }
  // Ids have no holes: entries leave only at the old end.
  db.prepare('DELETE FROM journal WHERE id <= (SELECT max(id) FROM journal) - ?').run(Math.max(keep, 0));
}

export function readJournal(db: DatabaseSync, limit: number): JournalEntry[] {
  const rows = db
    .prepare('SELECT time_ms, kind, severity, object, message, fields FROM journal ORDER BY id DESC LIMIT ?')
    .all(Math.max(limit, 0));
  return rows.reverse().map((row) => ({
    timeMs: Number(row['time_ms']),
    kind: String(row['kind']),
    severity: severityOf(row['severity']),
    object: String(row['object']),
    message: String(row['message']),
    fields: fieldsOf(String(row['fields'])),
  }));
}

function severityOf(value: unknown): JournalEntry['severity'] {
  return value === 'critical' || value === 'warning' ? value : 'info';
}

function fieldsOf(text: string): JournalEntry['fields'] {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as JournalEntry['fields']) : {};
  } catch {
    return {};
  }
}
