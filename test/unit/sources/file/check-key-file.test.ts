// `check` looks at the key of hellos as at a hook: it must be one, and for nobody else's eyes.
import { afterAll, expect, test } from 'bun:test';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadHelloKey } from '#election/hello-key.ts';
import { checkPaths } from '#sources/file/check.ts';

const folder = mkdtempSync(join(tmpdir(), 'lanlord-key-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function found(keyFile: string) {
  const manifest = join(folder, 'node.yaml');
  writeFileSync(
    manifest,
    `apiVersion: lanlord.dev/v1\nkind: NodeConfig\nspec:\n  election:\n    hello:\n      keyFile: ${keyFile}\n`,
  );
  const { problems } = await checkPaths([manifest]);
  return problems.map(({ code, severity, line, column, message }) => ({ code, severity, line, column, message }));
}

function key(name: string, text: string, mode: number): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

const secret = 'c2VjcmV0IHNlY3JldCBzZWNyZXQ=\n';

test('a key of its own is fine, and so is none', async () => {
  expect(await found(key('good', secret, 0o640))).toEqual([]);
  expect(await found('""')).toEqual([]);
});

test('a missing one, an open one, a short one, a large one and a folder are errors at their place', async () => {
  mkdirSync(join(folder, 'dir'), { mode: 0o700 });
  for (const [path, words] of [
    [join(folder, 'none'), 'does not exist'],
    [key('open', secret, 0o644), 'is open to everybody: chmod o='],
    [key('short', '  abc  \n', 0o600), 'less than 16 bytes'],
    [key('blank', ' '.repeat(40), 0o600), 'less than 16 bytes'],
    [key('large', 'x'.repeat(5000), 0o600), 'has 5000 bytes, which is no key'],
    [join(folder, 'dir'), 'is not a file'],
  ] as const) {
    const all = await found(path);
    expect(all).toMatchObject([{ code: 'LL-CFG-047', severity: 'error', line: 6, column: 16 }]);
    expect(all[0]?.message).toContain(`election.hello.keyFile ${JSON.stringify(path)} `);
    expect(all[0]?.message).toContain(words);
  }
});

test('check and the daemon judge alike', async () => {
  for (const path of [
    key('a', secret, 0o600),
    key('b', secret, 0o604),
    key('c', 'short', 0o600),
    key('d', 'x'.repeat(4097), 0o600),
    join(folder, 'none'),
  ]) {
    expect([path, (await found(path)).length > 0]).toEqual([path, 'fault' in loadHelloKey(path)]);
  }
});

test('a path that depends on the folder is a warning', async () => {
  key('rel', secret, 0o600);
  const before = process.cwd();
  process.chdir(folder);
  try {
    expect(await found('rel')).toMatchObject([{ severity: 'warning', message: expect.stringContaining('folder') }]);
  } finally {
    process.chdir(before);
  }
});
