import { afterEach, beforeEach, expect, test } from 'bun:test';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { lockFile } from '../../../../native/linux/file-lock.ts';

let folder = '';
let path = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lanlord-lock-'));
  path = join(folder, 'lock');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('the second one is told the pid of the holder, and gets the lock after release', () => {
  const first = lockFile(path);
  if (!first.ok) throw new Error(first.error.message);
  expect(readFileSync(path, 'latin1')).toBe(`${process.pid}\n`);
  expect(lockFile(path)).toMatchObject({ ok: false, pid: process.pid, error: { code: 'EAGAIN' } });
  first.release();
  first.release();
  const second = lockFile(path);
  expect(second.ok).toBe(true);
  if (second.ok) second.release();
});

test('a file that cannot be opened is an error without a holder', () => {
  expect(lockFile(join(folder, 'missing', 'lock'))).toMatchObject({ ok: false, pid: null, error: { code: 'ENOENT' } });
});

test('kill -9 frees the lock, also when the holder had started a child that lives on', async () => {
  const module = resolve(import.meta.dir, '../../../../native/linux/file-lock.ts');
  const script = `
    const { lockFile } = await import(${JSON.stringify(module)});
    if (!lockFile(${JSON.stringify(path)}).ok) process.exit(1);
    const sleeper = Bun.spawn(['sleep', '60'], { stdio: ['ignore', 'ignore', 'ignore'] });
    console.log(sleeper.pid);
    setInterval(() => {}, 1000);`;
  const holder = Bun.spawn([process.execPath, '-e', script], { stdout: 'pipe', stderr: 'inherit' });
  const { value } = await holder.stdout.getReader().read();
  const sleeper = Number(new TextDecoder().decode(value));
  try {
    expect(lockFile(path)).toMatchObject({ ok: false, pid: holder.pid });
    holder.kill('SIGKILL');
    await holder.exited;
    process.kill(sleeper, 0);
    const mine = lockFile(path);
    expect(mine.ok).toBe(true);
    if (mine.ok) mine.release();
  } finally {
    process.kill(sleeper, 'SIGKILL');
  }
});
