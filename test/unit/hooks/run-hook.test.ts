import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hookRunner } from '#hooks/run-hook.ts';
import { hookFault } from '#sources/file/hook-fault.ts';
import { scratchDirectory } from '../../support/scratch-directory.ts';

let folder = '';
const run = hookRunner(hookFault);

function script(name: string, body: string, mode = 0o755): string {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\n${body}\n`);
  chmodSync(path, mode);
  return path;
}

beforeAll(() => {
  folder = scratchDirectory();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a hook', () => {
  test('gets its arguments and standard input, and nothing of our environment', async () => {
    const said = join(folder, 'said');
    const program = script('good', `{ echo "$@"; cat; env; } > ${said}`);
    process.env['LANLORD_TEST_SECRET'] = 'canary';
    const fault = await run({
      program,
      args: ['leader', 'a b; rm -rf /'],
      stdin: '{"ip":"192.0.2.1"}\n',
      timeoutMs: 5000,
    });
    expect(fault).toBe(null);
    const text = readFileSync(said, 'utf8');
    expect(text).toStartWith('leader a b; rm -rf /\n{"ip":"192.0.2.1"}\n');
    expect(text).not.toContain('canary');
  });

  test('that fails is told with its exit code and what it said', async () => {
    const program = script('bad', 'echo no such bridge >&2; exit 3');
    expect(await run({ program, args: [], stdin: '', timeoutMs: 5000 })).toBe('exit code 3: no such bridge');
  });

  test('that hangs is killed together with what it started', async () => {
    const late = join(folder, 'late');
    const program = script('slow', `(sleep 2; touch ${late}) & wait`);
    expect(await run({ program, args: [], stdin: '', timeoutMs: 100 })).toBe('killed after 0.1 s');
    await Bun.sleep(2300);
    expect(existsSync(late)).toBe(false);
  });

  test('that does not read its standard input, and leaves something running, ends when it ends', async () => {
    const program = script('detaching', 'sleep 30 >/dev/null & exit 0');
    expect(await run({ program, args: [], stdin: 'x'.repeat(1_000_000), timeoutMs: 5000 })).toBe(null);
  });

  test('that the system does not even begin to start is told like any other', async () => {
    const program = script('odd', 'exit 0');
    const told = await run({ program, args: ['a\0b'], stdin: '', timeoutMs: 5000 });
    expect(told).toStartWith('cannot be run: ');
  });

  test.each([
    ['is missing', () => join(folder, 'none'), 'no such file'],
    ['is not executable', () => script('plain', 'exit 0', 0o644), 'not executable (chmod +x)'],
    ['is writable by everybody', () => script('open', 'exit 0', 0o757), 'writable by everybody (chmod o-w)'],
    ['is a folder', () => folder, 'not a file'],
    ['is named relatively', () => 'hook.sh', 'not an absolute path'],
  ])('that %s is not run', async (_, program, why) => {
    expect(await run({ program: program(), args: [], stdin: '', timeoutMs: 5000 })).toBe(`not run: ${why}`);
  });
});
