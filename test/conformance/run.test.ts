// The runner as people call it: what it cannot read ends it with a message and exit code 2, never with a stack trace.
import { afterAll, beforeAll, expect, test } from 'bun:test';
import { cpSync, mkdirSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { scratchDirectory } from '../support/scratch-directory.ts';

const cases = join(import.meta.dir, 'cases/l2');
let folder = '';

beforeAll(() => {
  folder = scratchDirectory();
  mkdirSync(join(folder, 'some'));
  const [first = ''] = readdirSync(cases).sort();
  cpSync(join(cases, first), join(folder, 'some', first));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(...args: readonly string[]) {
  const { exitCode, stdout, stderr } = Bun.spawnSync([process.execPath, join(import.meta.dir, 'run.ts'), ...args]);
  return { exitCode, stdout: String(stdout), stderr: String(stderr) };
}

test('runs what is there and counts it', () => {
  expect(run(join(folder, 'some'))).toMatchObject({ exitCode: 0, stdout: '1 passed, 0 failed, 0 skipped\n' });
});

test('a folder that is missing, and a link that leads nowhere, are told and end it with 2', () => {
  const missing = run(join(folder, 'some'), join(folder, 'no-such'));
  expect(missing).toMatchObject({ exitCode: 2, stdout: '' });
  expect(missing.stderr).toMatch(/^Cannot read the cases: ENOENT.*no-such.*\n$/);
  mkdirSync(join(folder, 'linked'));
  symlinkSync('nowhere', join(folder, 'linked', 'case.yaml'));
  const dangling = run(join(folder, 'linked'));
  expect(dangling.exitCode).toBe(2);
  expect(dangling.stderr).toMatch(/^Cannot read the cases: ENOENT.*case\.yaml.*\n$/);
});

test('misuse prints the usage and ends it with 2', () => {
  for (const args of [[], ['--order', 'sideways', folder], ['--no-such-option', folder]]) {
    const { exitCode, stderr } = run(...args);
    expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: expect.stringMatching(/usage: .*DIR\.\.\.\n$/) });
    expect(stderr).not.toContain('    at ');
  }
});
