// What the store does when the disk lets it down.
import { afterAll, describe, expect, test } from 'bun:test';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openSqliteStore } from '#state/open-sqlite-store.ts';
import type { SqliteStore } from '#state/sqlite-store.ts';
import { allocation, memory } from '../../support/objects.ts';
import { scratchDirectory } from '../../support/scratch-directory.ts';

const root = scratchDirectory();
const mounted: string[] = [];
afterAll(() => {
  for (const path of mounted) Bun.spawnSync(['umount', path]);
  rmSync(root, { recursive: true, force: true });
});

function opened(directory: string): SqliteStore {
  const result = openSqliteStore(directory);
  if (result.kind !== 'open') throw new Error('in use');
  return result.store;
}

/** A file system of its own, or null where this process may not mount. */
function mount(...options: string[]): string | null {
  const directory = mkdtempSync(join(root, 'm-'));
  const done = Bun.spawnSync(['mount', '-t', 'tmpfs', '-o', options.join(','), 'none', directory]);
  if (!done.success) {
    console.log(`skipped: cannot mount a tmpfs here (${done.stderr.toString().trim()})`);
    return null;
  }
  mounted.push(directory);
  return directory;
}

const one = memory([allocation('a/web', '10.0.0.1')]);

function many(count: number) {
  return memory(Array.from({ length: count }, (_, i) => allocation(`a/s${i}`, `10.0.${i >> 8}.${i & 255}`)));
}

describe('a full disk', () => {
  test('is reported, served from memory, and healed once there is space', () => {
    const directory = mount('size=64k');
    if (!directory) return;
    const store = opened(directory);
    store.saveMemory(many(5000));
    expect(store.fault()).toContain('Cannot write');
    expect(store.loadMemory()?.allocations.length).toBe(5000);
    store.append([{ timeMs: 1, kind: 'k', severity: 'info', object: 'o', message: 'm', fields: {} }], 100);
    expect(store.journal(5).length).toBe(1);
    expect(Bun.spawnSync(['mount', '-o', 'remount,size=16m', directory]).success).toBe(true);
    store.saveMemory(many(5000));
    expect(store.fault()).toBeNull();
    store.close();
    const again = opened(directory);
    expect(again.loadMemory()?.allocations.length).toBe(5000);
    expect(again.damage()).toBeNull();
    expect(again.journal(5).length).toBe(1);
    again.close();
  });

  test('that is full before the first start does not look like lost state at the second', () => {
    const directory = mount('size=64k');
    if (!directory) return;
    writeFileSync(join(directory, 'filler'), 'x'.repeat(statfsSync(directory).bavail * statfsSync(directory).bsize));
    const store = opened(directory);
    store.saveMemory(one);
    expect(store.fault()).toContain('Cannot write');
    store.close();
    rmSync(join(directory, 'filler'));
    const again = opened(directory);
    expect([again.fault(), again.damage()]).toEqual([null, null]);
    again.saveMemory(one);
    expect(again.fault()).toBeNull();
    again.close();
    const third = opened(directory);
    expect(third.loadMemory()?.allocations).toEqual(one.allocations);
    third.close();
  });

  test('keeps the old addresses on disk when the new ones do not fit', () => {
    const directory = mount('size=256k');
    if (!directory) return;
    const store = opened(directory);
    store.saveMemory(one);
    expect(store.fault()).toBeNull();
    store.saveMemory(many(20_000));
    expect(store.fault()).not.toBeNull();
    store.close();
    const again = opened(directory);
    expect(again.loadMemory()?.allocations).toEqual(one.allocations);
    again.close();
  });
});

describe('a read-only directory', () => {
  test('is reported, and what it holds is loaded, also from the log of a killed process', () => {
    const directory = mount('size=4m');
    if (!directory) return;
    const writer = Bun.spawnSync([
      process.execPath,
      '-e',
      `import { openSqliteStore } from '${join(import.meta.dir, '../../../src/state/open-sqlite-store.ts')}';
       import { allocation, memory } from '${join(import.meta.dir, '../../support/objects.ts')}';
       const { store } = openSqliteStore('${directory}');
       store.saveMemory(memory([allocation('a/web', '10.0.0.1')]));
       store.saveApplied('k', { generation: 3, digest: 'd', documents: [{ file: 'f', text: 't' }] });
       process.kill(process.pid, 'SIGKILL');`,
    ]);
    expect(writer.signalCode).toBe('SIGKILL');
    expect(Bun.spawnSync(['mount', '-o', 'remount,ro', directory]).success).toBe(true);
    const store = opened(directory);
    expect(store.fault()).toContain('Cannot write');
    expect(store.loadMemory()?.allocations).toEqual(one.allocations);
    expect(store.loadApplied('k')?.documents).toEqual([{ file: 'f', text: 't' }]);
    store.saveMemory(many(2));
    store.append([{ timeMs: 1, kind: 'k', severity: 'info', object: 'o', message: 'm', fields: {} }], 100);
    expect(store.journal(5).length).toBe(1);
    expect(Bun.spawnSync(['mount', '-o', 'remount,rw', directory]).success).toBe(true);
    store.saveMemory(many(2));
    expect(store.fault()).toBeNull();
    expect(store.loadApplied('k')?.generation).toBe(3);
    store.close();
    const again = opened(directory);
    expect(again.loadMemory()?.allocations.length).toBe(2);
    expect(again.journal(5).length).toBe(1);
    again.close();
  });

  test('that does not exist and cannot be made is reported', () => {
    const file = join(root, 'a-file');
    writeFileSync(file, 'x');
    const store = opened(join(file, 'below'));
    store.saveMemory(one);
    expect(store.fault()).toContain('Cannot write');
    expect(store.loadMemory()).toEqual(one);
    store.close();
  });

  test('a missing directory is made, with everything above it, for its owner alone', () => {
    const directory = join(root, 'x/y/z');
    const store = opened(directory);
    expect(store.fault()).toBeNull();
    store.close();
    expect(Bun.spawnSync(['stat', '-c', '%a', directory]).stdout.toString().trim()).toBe('700');
  });
});

test('a state file that is a directory is reported, not fatal', () => {
  const directory = mkdtempSync(join(root, 'd-'));
  mkdirSync(join(directory, 'state.db'));
  const store = opened(directory);
  store.saveMemory(one);
  expect(store.fault()).toContain('Cannot write');
  expect(store.loadMemory()).toEqual(one);
  store.close();
});

test('a directory that is deleted while in use is noticed, or the state is written again', () => {
  const directory = mkdtempSync(join(root, 'd-'));
  const store = opened(directory);
  store.saveMemory(one);
  rmSync(directory, { recursive: true });
  for (let n = 2; n < 6; n++) store.saveMemory(many(n));
  const kept = existsSync(join(directory, 'state.db'));
  expect(kept || store.fault() !== null).toBe(true);
  store.close();
});

test('what a killed process had committed is there, kill after kill', async () => {
  const directory = mkdtempSync(join(root, 'd-'));
  let committed = 0;
  const rounds = 30;
  for (let round = 0; round < rounds; round++) {
    const child = Bun.spawn([process.execPath, join(import.meta.dir, '../../support/state-writer.ts'), directory], {
      stdout: 'pipe',
      stderr: 'inherit',
    });
    const reader = child.stdout.getReader();
    let text = '';
    const wanted = 1 + (round % 7);
    while (text.split('\n').length - 1 < wanted) {
      const { value, done } = await reader.read();
      if (done) throw new Error('the writer ended by itself');
      text += new TextDecoder().decode(value);
    }
    child.kill('SIGKILL');
    for (;;) {
      const { value, done } = await reader.read();
      if (done) break;
      text += new TextDecoder().decode(value);
    }
    await child.exited;
    committed = Math.max(committed, ...text.split('\n').slice(0, -1).map(Number));
    const store = opened(directory);
    expect(store.loadMemory()?.allocations.length).toBeGreaterThanOrEqual(committed);
    expect([store.fault(), store.damage()]).toEqual([null, null]);
    store.close();
  }
  expect(readdirSync(directory)).toEqual(['state.db']);
}, 120_000);
