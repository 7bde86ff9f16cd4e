// Records: one change costs one row, and what is the same is not written.
import { describe, expect, test } from 'bun:test';
import { DatabaseSync } from 'node:sqlite';
import { type Entries, entriesOf, memoryOf, readKept, writeDifference } from '#state/records.ts';
import { sameMemory } from '#state/same-memory.ts';
import { address, allocation, memory, pool } from '../../support/objects.ts';

function table(): DatabaseSync {
  const db = new DatabaseSync(':memory:');
  db.exec(
    `CREATE TABLE record (kind TEXT, id TEXT, body TEXT, crc INTEGER, PRIMARY KEY (kind, id)) WITHOUT ROWID;
     CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID`,
  );
  return db;
}

function changes(db: DatabaseSync, action: () => void): number {
  const count = () => Number(db.prepare('SELECT total_changes() AS n').get()?.['n']);
  const before = count();
  action();
  return count() - before;
}

const allocations = Array.from({ length: 5000 }, (_, i) => allocation(`a/s${i}`, `10.0.${i >> 8}.${i & 255}`));
/** The seal is a row of its own. */
const seal = 1;

describe('writeDifference()', () => {
  test('writes one row for one changed, added or removed allocation among thousands', () => {
    const db = table();
    const none: Entries = new Map();
    const first = entriesOf(memory(allocations), none);
    expect(changes(db, () => writeDifference(db, none, first))).toBe(5000 + seal);
    const edits = [
      allocations.with(77, allocation('a/s77', '10.9.9.9')),
      allocations.with(77, allocation('a/s77', '10.0.0.77', { sinceMs: 5 })),
      [...allocations, allocation('a/new', '10.9.9.9')],
      allocations.toSpliced(77, 1),
    ];
    const rows = edits.map((edited) => {
      const after = entriesOf(memory(edited), first);
      const count = changes(db, () => writeDifference(db, first, after));
      writeDifference(db, after, first);
      return count - seal;
    });
    expect(rows).toEqual([2, 1, 1, 1]);
    expect(readKept(db).intact).toBe(true);
  });

  test('writes nothing for equal memories made of other objects', () => {
    const db = table();
    const before = entriesOf(memory(allocations, [pool('blue')]), new Map());
    writeDifference(db, new Map(), before);
    const copies = allocations.map((a) => ({ ...a, address: { ...a.address } }));
    const position = { file: 'other.yaml', line: 9, column: 1 };
    const after = entriesOf(memory(copies, [pool('blue', '10.0.0.0/24', { position })]), before);
    expect(changes(db, () => writeDifference(db, before, after))).toBe(seal);
    expect(sameMemory(memory(allocations), memory(copies))).toBe(true);
  });
});

describe('readKept()', () => {
  test('notices a changed row, a row that is gone, and one that was put in', () => {
    for (const [sql, left] of [
      ["UPDATE record SET id = 'a/s1 10.0.0.99' WHERE id = 'a/s1 10.0.0.1'", 9],
      ["DELETE FROM record WHERE id = 'a/s1 10.0.0.1'", 9],
      ["INSERT INTO record VALUES ('allocation', 'a/evil 10.0.0.99', '[\"blue\",\"auto\",1]', 1)", 10],
    ] as const) {
      const db = table();
      const entries = entriesOf(memory(allocations.slice(0, 10)), new Map());
      writeDifference(db, new Map(), entries);
      expect(readKept(db)).toMatchObject({ intact: true, stored: true });
      db.exec(sql);
      const kept = readKept(db);
      expect([kept.intact, kept.entries.size]).toEqual([false, left]);
    }
  });

  test('gives back every kind of record as it was', () => {
    const db = table();
    const whole = {
      ...memory([allocation('a/x', 'fd00::1', { share: 'k' })], [pool('blue')]),
      owned: new Map([['a/x', ['fd00::1']]]),
      released: [address('10.0.0.9'), address('10.0.0.2')],
      policyFaults: new Map([['p', ['t']]]),
      claimed: new Map([['fd00::1', ['eth0', 'eth1']]]),
      quarantine: [{ address: address('10.0.0.3'), interface: 'eth0', mac: '02:00:00:00:00:bb', sinceMs: 7 }],
    };
    writeDifference(db, new Map(), entriesOf(whole, new Map()));
    expect(memoryOf(readKept(db).entries)).toEqual(whole);
  });
});
