// Every truncation and flipped bit of a state file: never a throw, never a loss that is not told.
import { afterAll, describe, expect, test } from 'bun:test';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Memory } from '#model/snapshot.ts';
import { openSqliteStore } from '#state/open-sqlite-store.ts';
import type { SqliteStore } from '#state/sqlite-store.ts';
import { allocation, memory, pool } from '../../support/objects.ts';
import { scratchDirectory } from '../../support/scratch-directory.ts';

const root = scratchDirectory();
afterAll(() => rmSync(root, { recursive: true, force: true }));

const known: Memory = {
  ...memory(
    Array.from({ length: 120 }, (_, i) => allocation(`ns/s${i}`, `10.0.0.${i}`)),
    [pool('blue'), pool('green', '10.1.0.0/16')],
  ),
};

function opened(directory: string): SqliteStore {
  const result = openSqliteStore(directory);
  if (result.kind !== 'open') throw new Error('in use');
  return result.store;
}

const master = mkdtempSync(join(root, 'master-'));
{
  const store = opened(master);
  store.saveMemory(known);
  store.firstSeen(['Service/a/b'], 5);
  store.saveApplied('k', { generation: 3, digest: 'd', documents: [{ file: 'f', text: 'text'.repeat(50) }] });
  store.close();
}
const good = readFileSync(join(master, 'state.db'));

function texts(loaded: Memory | null): Set<string> {
  return new Set(loaded?.allocations.map((a) => `${a.service} ${a.address.value} ${a.pool} ${a.sinceMs}`));
}

const whole = texts(known);

/** Opens damaged bytes: all is there, or the damage is told; nothing is there that was never kept. */
function judge(bytes: Uint8Array, what: string): 'whole' | 'told' {
  const directory = mkdtempSync(join(root, 'x-'));
  writeFileSync(join(directory, 'state.db'), bytes);
  const store = opened(directory);
  const loaded = store.loadMemory();
  const found = texts(loaded);
  for (const text of found) if (!whole.has(text)) throw new Error(`${what}: invented ${text}`);
  const complete = found.size === whole.size && loaded?.goodPools.size === 2;
  const told = store.damage() !== null || store.fault() !== null;
  if (!complete && !told) throw new Error(`${what}: lost silently`);
  // Goes on as well as a fresh one.
  store.saveMemory(memory([allocation('new/one', '10.9.9.9')]));
  store.loadApplied('k');
  store.journal(5);
  if (store.fault() === null) {
    store.close();
    const again = opened(directory);
    expect(texts(again.loadMemory()).size).toBe(1);
    again.close();
  } else store.close();
  rmSync(directory, { recursive: true });
  return told ? 'told' : 'whole';
}

describe('a damaged state file', () => {
  test('truncated anywhere is put aside and told', () => {
    const outcomes = { whole: 0, told: 0 };
    for (let length = 0; length < good.length; length += 211) {
      outcomes[judge(good.subarray(0, length), `truncated at ${length}`)]++;
    }
    expect(outcomes.whole).toBe(0);
  }, 60_000);

  test('with any bit flipped loses nothing silently and invents nothing', () => {
    const outcomes = { whole: 0, told: 0 };
    for (let at = 0; at < good.length; at += at < 120 ? 1 : 89) {
      const bytes = Uint8Array.from(good);
      bytes[at] = (bytes[at] ?? 0) ^ (1 << (at % 8));
      outcomes[judge(bytes, `bit ${at % 8} of byte ${at}`)]++;
    }
    expect(outcomes.told).toBeGreaterThan(20);
  }, 120_000);

  test('full of noise, or no database at all, is kept aside under a new name each time', () => {
    const directory = mkdtempSync(join(root, 'n-'));
    for (let n = 1; n <= 3; n++) {
      writeFileSync(join(directory, 'state.db'), `not a database, number ${n}, ${'x'.repeat(5000)}`);
      const store = opened(directory);
      expect(store.loadMemory()).toBeNull();
      expect(store.damage()).toContain(`state.db.corrupt-${n}`);
      store.close();
      expect(readFileSync(join(directory, `state.db.corrupt-${n}`), 'utf8')).toStartWith(`not a database, number ${n}`);
    }
  });

  test('whose records can still be read keeps its addresses', () => {
    const directory = mkdtempSync(join(root, 's-'));
    const bytes = Buffer.from(good);
    // One character of one record: its checksum does not match, all others do.
    const record = 'ns/s7 10.0.0.7["blue"';
    // Free pages may hold older copies of it.
    for (let at = bytes.indexOf(record); at >= 0; at = bytes.indexOf(record, at + 1)) {
      bytes[at + record.length - 2] = 'E'.charCodeAt(0);
    }
    writeFileSync(join(directory, 'state.db'), bytes);
    const store = opened(directory);
    expect(store.loadMemory()?.allocations.length).toBe(119);
    expect(store.damage()).toContain('does not match its checksum');
    store.close();
    const again = opened(directory);
    expect(again.damage()).toBeNull();
    again.close();
  });

  test('of a newer version is read but not written, and not put aside', () => {
    const directory = mkdtempSync(join(root, 'v-'));
    const bytes = Buffer.from(good);
    bytes.writeUInt32BE(2, 60); // user_version
    writeFileSync(join(directory, 'state.db'), bytes);
    const store = opened(directory);
    expect(store.loadMemory()?.allocations.length).toBe(120);
    expect(store.fault()).toContain('newer version');
    store.saveMemory(memory());
    store.close();
    expect(existsSync(join(directory, 'state.db.corrupt-1'))).toBe(false);
    expect(readFileSync(join(directory, 'state.db')).equals(bytes)).toBe(true);
  });
});

describe('a damaged log', () => {
  const live = mkdtempSync(join(root, 'live-'));
  const killed = Bun.spawnSync([
    process.execPath,
    '-e',
    `import { openSqliteStore } from '${join(import.meta.dir, '../../../src/state/open-sqlite-store.ts')}';
     import { allocation, memory } from '${join(import.meta.dir, '../../support/objects.ts')}';
     const { store } = openSqliteStore('${live}');
     for (let n = 1; n <= 40; n++)
       store.saveMemory(memory(Array.from({ length: n }, (_, i) => allocation('ns/s' + i, '10.0.0.' + i))));
     process.kill(process.pid, 'SIGKILL');`,
  ]);

  test('with flipped bits gives a state that was once committed, and tells when it is not the last', () => {
    expect(killed.signalCode).toBe('SIGKILL');
    const log = readFileSync(join(live, 'state.db-wal'));
    expect(statSync(join(live, 'state.db-wal')).size).toBeGreaterThan(40 * 4096);
    let told = 0;
    for (let at = 0; at < log.length - 2 * 4120; at += 1471) {
      const directory = mkdtempSync(join(root, 'w-'));
      copyFileSync(join(live, 'state.db'), join(directory, 'state.db'));
      const bytes = Uint8Array.from(log);
      bytes[at] = (bytes[at] ?? 0) ^ (1 << (at % 8));
      writeFileSync(join(directory, 'state.db-wal'), bytes);
      const store = opened(directory);
      const count = store.loadMemory()?.allocations.length ?? 0;
      const isTold = store.damage() !== null || store.fault() !== null;
      if (count !== 40 && !isTold) throw new Error(`byte ${at}: ${count} of 40 addresses, and not a word`);
      if (isTold) told++;
      store.close();
      rmSync(directory, { recursive: true });
    }
    expect(told).toBeGreaterThan(50);
  }, 60_000);
});
