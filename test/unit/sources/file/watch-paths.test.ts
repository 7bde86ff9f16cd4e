// What a watched path notices, in a directory of its own.
import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { mkdirSync, renameSync, rmSync, symlinkSync, unlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PathWatcher } from '#sources/file/watch-paths.ts';
import { scratchDirectory } from '../../../support/scratch-directory.ts';

let directory = '';
let watcher: PathWatcher;
let changes = 0;

beforeEach(() => {
  directory = scratchDirectory();
  changes = 0;
});

afterEach(() => {
  watcher.stop();
  rmSync(directory, { recursive: true, force: true });
});

async function watching(...paths: string[]): Promise<void> {
  watcher = new PathWatcher(paths);
  await watcher.remember();
  watcher.start(() => changes++);
  await Bun.sleep(100);
}

/** Waits until one more change was reported, for at most 8 s. */
async function changed(): Promise<void> {
  const before = changes;
  for (let waited = 0; changes === before && waited < 8000; waited += 20) await Bun.sleep(20);
  expect(changes).toBe(before + 1);
}

async function quiet(ms: number): Promise<void> {
  const before = changes;
  await Bun.sleep(ms);
  expect(changes).toBe(before);
}

const put = (name: string, text: string) => writeFileSync(join(directory, name), text);

describe('PathWatcher', () => {
  test('notices new, changed and removed files of a directory', async () => {
    put('a.yaml', '1');
    await watching(directory);
    put('b.yaml', '1');
    await changed();
    put('b.yaml', '2');
    await changed();
    unlinkSync(join(directory, 'a.yaml'));
    await changed();
  }, 30_000);

  test('reports a burst of writes once, and nothing for files that are no manifests', async () => {
    put('a.yaml', '1');
    await watching(directory);
    for (let i = 0; i < 5; i++) {
      put('a.yaml', `${i}${'x'.repeat(i)}`);
      await Bun.sleep(50);
    }
    await changed();
    await quiet(1000);
    put('.a.yaml.swp', 'x');
    put('notes.txt', 'x');
    await quiet(2500);
  }, 30_000);

  test('notices a changed file in a directory too large to be polled', async () => {
    for (let i = 0; i < 1100; i++) put(`${i}.yaml`, '1');
    await watching(directory);
    put('77.yaml', 'other');
    await changed();
    await quiet(500);
  }, 30_000);

  test('reports in spite of somebody who writes without pause', async () => {
    put('a.yaml', '1');
    await watching(directory);
    const busy = setInterval(() => put('noise.log', `${performance.now()}`), 50);
    put('a.yaml', 'other');
    await changed();
    clearInterval(busy);
  }, 30_000);

  test('notices a file that an editor replaces by a rename', async () => {
    put('a.yaml', '1');
    await watching(join(directory, 'a.yaml'));
    put('.a.yaml.swp', '2');
    renameSync(join(directory, '.a.yaml.swp'), join(directory, 'a.yaml'));
    await changed();
    put('.a.yaml.swp', '3');
    renameSync(join(directory, '.a.yaml.swp'), join(directory, 'a.yaml'));
    await changed();
  }, 30_000);

  test('notices the symlink swap of a mounted config map', async () => {
    for (const version of ['..1', '..2']) {
      mkdirSync(join(directory, version));
      put(`${version}/a.yaml`, version);
    }
    symlinkSync('..1', join(directory, '..data'));
    symlinkSync('..data/a.yaml', join(directory, 'a.yaml'));
    await watching(directory);
    symlinkSync('..2', join(directory, '..tmp'));
    renameSync(join(directory, '..tmp'), join(directory, '..data'));
    await changed();
  }, 30_000);

  test('notices a directory that goes, comes back, and changes again', async () => {
    const path = join(directory, 'conf');
    mkdirSync(path);
    put('conf/a.yaml', '1');
    await watching(path);
    rmSync(path, { recursive: true });
    await changed();
    mkdirSync(path);
    put('conf/a.yaml', '2');
    await changed();
    // By the poll at the latest the new directory is watched too.
    put('conf/b.yaml', '2');
    await changed();
  }, 40_000);

  test('does not report what was there before the load, but what changed during it', async () => {
    put('a.yaml', '1');
    watcher = new PathWatcher([directory]);
    await watcher.remember();
    put('b.yaml', 'written while the files were being read');
    watcher.start(() => changes++);
    await changed();
    await quiet(1000);
  }, 30_000);

  test('is silent after a touch that changes no content only once, and after stop', async () => {
    put('a.yaml', '1');
    await watching(directory);
    utimesSync(join(directory, 'a.yaml'), 1, 1);
    await changed();
    watcher.stop();
    put('a.yaml', '2');
    await quiet(1000);
  }, 30_000);
});
