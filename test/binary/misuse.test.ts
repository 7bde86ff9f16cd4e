// The compiled program in the hands of somebody who types it for the first time: every mistake is one clear line and a code.
import { afterAll, describe, expect, test } from 'bun:test';
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const binary = resolve(import.meta.dir, '../../dist/lanlord');
const missing = existsSync(binary) ? '' : ' (skipped: dist/lanlord is not built, npm run build)';
const folder = mkdtempSync(join(tmpdir(), 'lanlord-misuse-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
/** A program of 130 MB starts some thirty times. */
const limitMs = 120_000;

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

function lanlord(args: readonly string[], env: Record<string, string> = {}, before: readonly string[] = []): Ended {
  const result = Bun.spawnSync([...before, binary, ...args], {
    cwd: folder,
    env: { PATH: process.env['PATH'] ?? '', LANG: 'C.UTF-8', ...env },
  });
  return { code: result.exitCode, out: result.stdout.toString(), err: result.stderr.toString() };
}

describe.skipIf(missing !== '')(`misuse${missing}`, () => {
  const usage: readonly (readonly [string, string])[] = [
    ['foo', 'unknown command "foo" (see: lanlord help)'],
    ['statsu', 'unknown command "statsu" (did you mean status?)'],
    ['config shwo', 'unknown command "config shwo" (did you mean show?)'],
    ['help foo', 'unknown command "foo" (see: lanlord help)'],
    ['get', "missing required argument 'kind' (see: lanlord help get)"],
    ['get pols', 'unknown kind "pols" (did you mean pools?)'],
    ['get pool a b', "too many arguments for 'get'"],
    ['reload now', "too many arguments for 'reload'. Expected 0 arguments but got 1: now. (see: lanlord help reload)"],
    ['config show x', '(see: lanlord help config show)'],
    ['who-has', "missing required argument 'address' (see: lanlord help who-has)"],
    ['who-has web', '"web" is not an IP address'],
    ['explain web', 'does not say of which kind it is (want svc/NAMESPACE/NAME'],
    ['status --nope', "unknown option '--nope' (see: lanlord help status)"],
    ['status --brif', "unknown option '--brif' (Did you mean --brief?)"],
    ['status -o yaml', 'Allowed choices are table, json'],
    ['status --timeout 5', 'Durations look like 500ms, 5s, 10m, 24h or 7d.'],
    ['events --since yesterday', 'Durations look like'],
    ['events --filter foo:bar', 'unknown field foo'],
    ['run -c', "option '-c, --config <path>' argument missing (see: lanlord help run)"],
    ['run --election foo', 'Allowed choices are solo, vrrp, lease.'],
    ['run --node a%20b', 'A name is one word'],
    ['capture', "required option '-w, --write <file>' not specified (see: lanlord help capture)"],
    ['completion ksh', 'One of bash, zsh, fish.'],
    ['schema Foo', 'unknown kind "Foo" (one of CiliumLoadBalancerIPPool'],
    ['status --socket %', 'It is empty.'],
    ['run -c %', 'It is empty.'],
    ['run --state %', 'It is empty.'],
    ['plan -c %', 'It is empty.'],
    ['check %', 'It is empty.'],
    ['drain %', 'It is empty.'],
    ['drain node/', 'It is empty.'],
    ['failover 192.0.2.1 --to %', 'It is empty.'],
    ['-v', "unknown option '-v' (see: lanlord help)"],
    ['get pools --input-file /nope', 'Cannot read "/nope"'],
    ['ui', 'no terminal; use: lanlord status --watch'],
  ];

  test(
    'every command line that makes no sense ends with 2, prints nothing and says what is wrong',
    () => {
      for (const [line, words] of usage) {
        // `%20` is a blank inside an argument, `%` alone an empty one.
        const args = line.split(' ').map((word) => (word === '%' ? '' : word.replace('%20', ' ')));
        const { code, out, err } = lanlord(args);
        expect([line, code, out]).toEqual([line, 2, '']);
        expect(err).toStartWith('lanlord: ');
        expect(err).toContain(words);
      }
      expect(lanlord(['']).err).toBe('lanlord: unknown command "" (see: lanlord help)\n');
    },
    limitMs,
  );

  test(
    'without a daemon every command about it ends with 3 and the way to start one',
    () => {
      const asking = ['status', 'get pools', 'events', 'history', 'traffic', 'plan', 'config show', 'reload', 'drain'];
      for (const line of [...asking, 'explain svc/a/b', 'who-has 192.0.2.1', 'announce 192.0.2.1', 'status --watch']) {
        const { code, out, err } = lanlord([...line.split(' '), '--socket', join(folder, 'none.sock')]);
        expect([line, code, out]).toEqual([line, 3, '']);
        expect(err).toContain('none.sock does not exist (start: systemctl start lanlord');
      }
    },
    limitMs,
  );

  test('a path that is no socket is called that; one too long for the kernel is refused at once', () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    expect(lanlord(['status', '--socket', file])).toMatchObject({
      code: 3,
      err: `lanlord: ${file} is not a socket (--socket, or LANLORD_SOCKET)\n`,
    });
    const long = lanlord(['status', '--socket', `/tmp/${'x'.repeat(110)}`]);
    expect(long).toMatchObject({ code: 2, err: expect.stringContaining('at most 107 bytes, this one 115') });
  });

  test('an empty LANLORD_SOCKET is as good as none', () => {
    expect(lanlord(['status'], { LANLORD_SOCKET: '' }).err).toContain('/run/lanlord/lanlord.sock');
  });

  test('a socket that a dead daemon left is told apart from none', async () => {
    const path = join(folder, 'left.sock');
    const server = createServer().listen(path);
    await new Promise((listening) => server.once('listening', listening));
    // Closing would remove it; a killed process does not.
    const left = `${path}.left`;
    Bun.spawnSync(['ln', path, left]);
    await new Promise((closed) => server.close(closed));
    expect(lanlord(['status', '--socket', left])).toMatchObject({ code: 3, err: expect.stringContaining('it ended') });
  });

  test('files that cannot be used are named with their place', () => {
    const bad = join(folder, 'bad.yaml');
    writeFileSync(bad, 'apiVersion: lanlord.dev/v1\nkind: NodeConfig\nspec: {electon: {}}\n');
    const checked = lanlord(['check', bad]);
    expect(checked.code).toBe(1);
    expect(checked.out).toStartWith(`${bad}:3:8: error[LL-CFG-002]: `);
    expect(lanlord(['check', '-']).out).toContain('standard input is not read');
    expect(lanlord(['check', join(folder, 'nowhere')])).toMatchObject({
      code: 1,
      out: expect.stringContaining('nowhere:1:1: error[LL-CFG-036]: the path does not exist'),
    });
  });

  test(
    'every command has a help, the same in all three ways, and none is longer than two screens',
    () => {
      const commands = lanlord(['--help']).out.match(/^ {2}[a-z][a-z-]+(?= )/gm) ?? [];
      const names = [...new Set(commands.map((name) => name.trim()))].filter(
        (name) => name !== 'help' && name !== 'lanlord',
      );
      expect(names.length).toBeGreaterThan(20);
      for (const name of [...names, 'config show', 'config history']) {
        const path = name.split(' ');
        const long = lanlord([...path, '--help']);
        expect([name, long.code, long.err]).toEqual([name, 0, '']);
        expect(lanlord(['help', ...path])).toEqual(long);
        expect([name, long.out.split('\n').length < 80]).toEqual([name, true]);
      }
    },
    limitMs,
  );

  const setpriv = Bun.which('setpriv') !== null && process.getuid?.() === 0;
  const noNobody = setpriv ? '' : ' (skipped: needs root and setpriv)';
  test.skipIf(!setpriv)(`as nobody: files and sockets of others end with a reason, not with a stack${noNobody}`, () => {
    const nobody = ['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups'];
    chmodSync(folder, 0o755);
    const secret = join(folder, 'secret.yaml');
    writeFileSync(secret, '', { mode: 0o600 });
    expect(lanlord(['check', secret], {}, nobody)).toMatchObject({
      code: 1,
      out: expect.stringContaining('secret.yaml:1:1: error[LL-CFG-013]: cannot read the file: EACCES'),
    });
    expect(lanlord(['demo'], {}, nobody)).toMatchObject({ code: 4, err: expect.stringContaining('sudo lanlord demo') });
  });

  test('a closed stdout is no mistake, a full disk is', () => {
    const through = (line: string) => Bun.spawnSync(['sh', '-c', line.replace('LANLORD', binary)], { cwd: folder });
    expect(through('LANLORD version >&-')).toMatchObject({ exitCode: 0 });
    expect(through('LANLORD --help | head -1').stderr.toString()).toBe('');
    const full = through('LANLORD --help >/dev/full');
    expect([full.exitCode, full.stderr.toString()]).toEqual([1, 'lanlord: Cannot write the output: no space left\n']);
  });
});
