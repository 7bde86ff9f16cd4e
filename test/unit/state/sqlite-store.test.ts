// The SQLite store: the contract, and what it does with bad disks and damaged files.
import { afterAll, describe, expect, test } from 'bun:test';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { openSqliteStore } from '#state/open-sqlite-store.ts';
import type { SqliteStore } from '#state/sqlite-store.ts';
import { stateStoreContract } from '../../contract/state-store.ts';
import { MemoryDisk, MemoryStateStore } from '../../support/memory-state-store.ts';
import { scratchDirectory } from '../../support/scratch-directory.ts';

const root = scratchDirectory();
afterAll(() => rmSync(root, { recursive: true, force: true }));

function opened(directory: string): SqliteStore {
  const result = openSqliteStore(directory);
  if (result.kind !== 'open') throw new Error('in use');
  return result.store;
}

stateStoreContract('SqliteStore', {
  disk: () => {
    const directory = mkdtempSync(join(root, 'd-'));
    return { open: () => opened(directory) };
  },
});
stateStoreContract('MemoryStateStore', {
  disk: () => {
    const disk = new MemoryDisk();
    return { open: () => new MemoryStateStore(disk) };
  },
});

describe('openSqliteStore()', () => {
  test('tells a second opener that the directory is in use, and by whom', async () => {
    const directory = mkdtempSync(join(root, 'd-'));
    const store = opened(directory);
    const second = Bun.spawnSync([
      process.execPath,
      '-e',
      `import { openSqliteStore } from '${join(import.meta.dir, '../../../src/state/open-sqlite-store.ts')}';
       const r = openSqliteStore('${directory}'); console.log(r.kind, r.pid);`,
    ]);
    expect(second.stdout.toString().trim()).toBe(`in-use ${process.pid}`);
    store.close();
  });
});
