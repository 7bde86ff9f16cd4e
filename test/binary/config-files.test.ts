// What lies in config/ is right: the example passes `check`, the unit is accepted and as closed as it should be.
import { expect, test } from 'bun:test';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dir, '../..');
const binary = join(root, 'dist/lanlord');
const noBinary = existsSync(binary) ? '' : ' (skipped: dist/lanlord is not built, npm run build)';
const noSystemd = Bun.which('systemd-analyze') === null ? ' (skipped: systemd-analyze is not installed)' : '';

test.skipIf(noBinary !== '')(`the example configuration passes check without a warning${noBinary}`, () => {
  const result = Bun.spawnSync([binary, 'check', 'config/examples/home.yaml'], { cwd: root });
  const said = `${result.stdout}${result.stderr}`;
  expect({ code: result.exitCode, complaints: said.match(/.*(?:error|warning)\[.*/g) }).toEqual({
    code: 0,
    complaints: null,
  });
});

test.skipIf(noSystemd !== '')(`systemd accepts the unit and rates its exposure at most 1.8${noSystemd}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'lanlord-unit-'));
  try {
    const unit = join(folder, 'lanlord.service');
    // The program need not be installed where this test runs.
    const text = readFileSync(join(root, 'config/lanlord.service'), 'utf8');
    writeFileSync(unit, text.replaceAll('/usr/local/bin/lanlord', '/bin/true'));
    const verify = Bun.spawnSync(['systemd-analyze', 'verify', unit]);
    expect(`${verify.stdout}${verify.stderr}`).toBe('');
    expect(verify.exitCode).toBe(0);
    const rating = Bun.spawnSync(['systemd-analyze', 'security', '--offline=true', '--threshold=18', unit]);
    expect(rating.exitCode).toBe(0);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
