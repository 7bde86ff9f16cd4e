// The compiled binary takes nothing from the folder somebody happens to stand in.
import { afterAll, expect, test } from 'bun:test';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const binary = resolve(import.meta.dir, '../../dist/lanlord');
const missing = existsSync(binary) ? '' : ' (skipped: dist/lanlord is not built, npm run build)';
const folder = mkdtempSync(join(tmpdir(), 'lanlord-folder-'));

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.skipIf(missing !== '')(`a preload of bunfig.toml in the working folder does not run${missing}`, () => {
  const mark = join(folder, 'preloaded');
  writeFileSync(join(folder, 'bunfig.toml'), 'preload = ["./preload.js"]\n');
  writeFileSync(join(folder, 'preload.js'), `require('node:fs').writeFileSync(${JSON.stringify(mark)}, '');\n`);
  const result = Bun.spawnSync([binary, 'version'], { cwd: folder });
  expect(result.exitCode).toBe(0);
  expect(existsSync(mark)).toBe(false);
});

test.skipIf(missing !== '')(`a .env in the working folder does not reach the program${missing}`, () => {
  // The socket's path is the one thing that the environment decides and the program's messages repeat.
  writeFileSync(join(folder, '.env'), 'LANLORD_SOCKET=/nowhere/from-dotenv.sock\n');
  const ask = (env: Record<string, string>): string => {
    const result = Bun.spawnSync([binary, 'status'], { cwd: folder, env: { ...env, PATH: '/usr/bin:/bin' } });
    return `${result.stdout}${result.stderr}`;
  };
  expect(ask({})).not.toContain('from-dotenv');
});

test.skipIf(missing !== '')(`the version names the release and the commit it was built from${missing}`, () => {
  const result = Bun.spawnSync([binary, 'version'], { cwd: folder });
  expect(result.stdout.toString()).toMatch(/\d+\.\d+\.\d+.*\b(?:[0-9a-f]{12}(?:-dirty)?|unknown)\b/s);
});
