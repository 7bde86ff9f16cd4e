import { afterAll, beforeAll, expect, test } from 'bun:test';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dir, '../../..');
const directory = mkdtempSync(join(tmpdir(), 'lanlord-cli-'));
const children: Bun.Subprocess[] = [];

/** Serves the fake backend with these traits. @returns the path of its socket. */
async function serve(...traits: string[]): Promise<string> {
  const socket = join(directory, `${['x', ...traits].join('-')}.sock`);
  const admin = join(directory, `${['x', ...traits].join('-')}.admin`);
  const program = join(root, 'test/support/serve-fake-backend.ts');
  const child = Bun.spawn([process.execPath, program, socket, admin, ...traits], { stdout: 'pipe', stderr: 'inherit' });
  children.push(child);
  await child.stdout.getReader().read();
  return socket;
}

let socket = '';
let critical = '';
let stale = '';
let refusing = '';

beforeAll(async () => {
  [socket, critical, stale, refusing] = await Promise.all([
    serve(),
    serve('critical'),
    serve('stale'),
    serve('refuse'),
  ]);
});

afterAll(async () => {
  for (const child of children) child.kill();
  await Promise.all(children.map(({ exited }) => exited));
  rmSync(directory, { recursive: true, force: true });
});

async function lanlord(args: readonly string[], socketPath = socket, prefix: readonly string[] = []) {
  const child = Bun.spawn([...prefix, process.execPath, join(root, 'src/main.ts'), ...args], {
    stdout: 'pipe',
    stderr: 'pipe',
    env: { ...process.env, LANLORD_SOCKET: socketPath, LANG: 'C.UTF-8' },
  });
  const [out, err, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  return { out, err, code };
}

async function json(args: readonly string[]) {
  const { out } = await lanlord([...args, '-o', 'json']);
  return JSON.parse(out) as Record<string, unknown>;
}

test('status ends with 0, with 1 for a critical problem, and with 1 for a stale configuration', async () => {
  expect(await lanlord(['status'])).toMatchObject({ code: 0, err: '' });
  expect(await lanlord(['status'], critical)).toMatchObject({ code: 1 });
  expect(await lanlord(['status'], stale)).toMatchObject({ code: 1 });
});

test('--version and -V say what version does', async () => {
  const version = await lanlord(['version']);
  expect(version).toMatchObject({ code: 0, err: '' });
  expect(await lanlord(['--version'])).toEqual(version);
  expect(await lanlord(['-V'])).toEqual(version);
});

test('lanlord alone, not on a terminal, is status', async () => {
  const [alone, status] = await Promise.all([lanlord([]), lanlord(['status'])]);
  expect(alone).toEqual(status);
  expect(alone.out).toBe(
    [
      'edge-1  DEGRADED  1 warning  up 1h30m  lanlord 1.0.0',
      'capture   eth0 ok',
      'config    #17 ok  loaded 2026-11-23T02:37:21Z from /etc/lanlord  disk: same',
      'vips      2: 1 here, 0 on peers, 0 claiming, 1 nobody',
      'pools     blue 2/8',
      '▲ PEND  media/plex: There are no enabled CiliumLoadBalancerIPPools that match this service',
      '    lanlord explain svc/media/plex',
      '',
    ].join('\n'),
  );
});

test('status --brief is one line, and text from outside is harmless in it and elsewhere', async () => {
  expect((await lanlord(['status', '--brief'])).out).toBe(
    'DEGRADED node=edge-1 crit=0 warn=1 vips=2 here=1 nobody=1 dup=0 config=17/ok capture=ok\n',
  );
  for (const form of [
    ['status'],
    ['get', 'problems'],
    ['get', 'problems', '-o', 'yaml'],
    ['get', 'pr', '-o', 'json'],
  ]) {
    const { out } = await lanlord(form, critical);
    expect(out).toContain('pwn');
    expect(out.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  }
});

test('every kind prints as table, wide, json, jsonl and yaml, by full and short names', async () => {
  const kinds = {
    po: 'Pool',
    ips: 'IP',
    svc: 'Service',
    lead: 'Leader',
    ann: 'Announcement',
    pol: 'Policy',
    no: 'Node',
  };
  for (const [kind, word] of Object.entries({ ...kinds, if: 'Interface', pr: 'Problem', ev: 'Event' })) {
    expect(await json(['get', kind])).toMatchObject({
      apiVersion: 'lanlord.dev/v1',
      kind: `${word}List`,
      node: 'edge-1',
    });
  }
  for (const form of ['table', 'wide', 'jsonl', 'yaml']) {
    expect(await lanlord(['get', 'services', '-o', form])).toMatchObject({ code: 0, err: '' });
  }
}, 30_000);

test('get ends with 1 for a name that nothing has, and with 2 for a kind that does not exist', async () => {
  expect(await lanlord(['get', 'services', 'media/plex'])).toMatchObject({ code: 0 });
  expect(await lanlord(['get', 'services', 'nope'])).toMatchObject({ code: 1, out: '' });
  const { code, err } = await lanlord(['get', 'servces']);
  expect([code, err]).toEqual([2, 'lanlord: unknown kind "servces" (did you mean services?)\n']);
});

test('show l2-announce is get announcements', async () => {
  const [shown, got] = await Promise.all([lanlord(['show', 'l2-announce']), lanlord(['get', 'announcements'])]);
  expect(shown).toEqual(got);
  expect(await lanlord(['show', 'pools'])).toMatchObject({ code: 2 });
});

test('who-has ends with 0 for exactly one, with 1 and the word nobody for none, with 2 for no address', async () => {
  expect(await lanlord(['who-has', '192.168.10.208'])).toMatchObject({ code: 0 });
  const { code, out } = await lanlord(['who-has', '192.168.10.209']);
  expect(code).toBe(1);
  expect(out).toContain('nobody');
  expect(await lanlord(['who-has', 'web'])).toMatchObject({ code: 2 });
  expect((await lanlord(['who-has', '192.168.10.208', '--probe'])).err).toContain('could not be asked');
  const answer = await json(['who-has', '192.168.10.208']);
  expect(answer).toMatchObject({
    kind: 'WhoHas',
    leader: 'edge-1',
    probed: false,
    responders: [{ kind: 'self', source: 'table', vendor: null }],
  });
});

test('reload says what changed, and ends with 1 when it was refused', async () => {
  expect(await lanlord(['reload'])).toEqual({
    code: 0,
    err: '',
    out: 'generation 18 applied: 1 added, 2 changed, 3 removed, 4 VIPs moved\n',
  });
  const { code, err, out } = await lanlord(['reload'], refusing);
  expect([code, out]).toEqual([1, '']);
  expect(err).toContain('/etc/lanlord/a.yaml:7:11: error[LL-CFG-014]: "x" is not a CIDR');
  expect(await json(['reload'])).toMatchObject({ kind: 'Reload', generation: 18, applied: true, problems: [] });
});

test('explain ends with 1 when there is no such object and with 2 for a name that is ambiguous', async () => {
  expect(await lanlord(['explain', 'svc/nope'])).toMatchObject({ code: 1 });
  expect(await lanlord(['explain', 'svc/web'])).toMatchObject({ code: 2 });
  expect(await json(['explain', 'svc/plex'])).toMatchObject({ kind: 'Explain', object: 'svc/media/plex', ok: false });
});

test('check works without a daemon and ends with 1 for errors', async () => {
  const [good, bad] = [join(directory, 'good.yaml'), join(directory, 'bad.yaml')];
  const manifest = (cidr: string) =>
    `apiVersion: cilium.io/v2\nkind: CiliumLoadBalancerIPPool\nmetadata: {name: a}\nspec: {blocks: [{cidr: ${cidr}}]}\n`;
  writeFileSync(good, manifest('10.0.0.0/24'));
  writeFileSync(bad, manifest('10.0.0.0/33'));
  const none = join(directory, 'none.sock');
  expect(await lanlord(['check', good], none)).toMatchObject({ code: 0 });
  const { code, out } = await lanlord(['check', bad], none);
  expect(code).toBe(1);
  expect(out).toContain(`${bad}:4:`);
  expect(out).toMatch(/error\[LL-CFG-\d{3}\]/);
  expect(await json(['check', bad])).toMatchObject({ kind: 'Check', problems: [{ file: bad, severity: 'error' }] });
});

test('doctor works without a daemon', async () => {
  const { out, code } = await lanlord(['doctor', '-o', 'json'], join(directory, 'none.sock'));
  const { checks } = JSON.parse(out) as { checks: { code: string; result: string; message: string; fix: string }[] };
  const failures = checks.filter(({ result }) => result === 'failure');
  expect(code).toBe(failures.length > 0 ? 1 : 0);
  for (const check of checks) expect(check.code).toMatch(/^LL-DOC-\d{3}$/);
  expect(checks.find(({ code: id }) => id === 'LL-DOC-030')).toMatchObject({ result: 'warning' });
});

test('no daemon ends with 3, a forbidden socket with 4, a silent daemon with 6', async () => {
  const none = await lanlord(['status'], join(directory, 'none.sock'));
  expect([none.code, none.out]).toEqual([3, '']);
  expect(none.err).toContain('No daemon here');
  const silent = Bun.serve({ unix: join(directory, 'silent.sock'), fetch: () => new Promise<Response>(() => {}) });
  expect(await lanlord(['status', '--timeout', '100ms'], join(directory, 'silent.sock'))).toMatchObject({ code: 6 });
  await silent.stop(true);
});

test('a command line that makes no sense ends with 2 and a hint', async () => {
  expect(await lanlord(['verzion'])).toEqual({
    code: 2,
    out: '',
    err: 'lanlord: unknown command "verzion" (did you mean version?)\n',
  });
  for (const args of [['status', '--nope'], ['get'], ['get', 'pools', '-o', 'xml'], ['status', '--timeout', 'soon']]) {
    const { code, out, err } = await lanlord(args);
    expect([args, code, out]).toEqual([args, 2, '']);
    expect(err).toStartWith('lanlord: ');
  }
});

test('the beginning of a command is enough where it is unambiguous', async () => {
  expect(await lanlord(['g', 'lead'])).toEqual(await lanlord(['get', 'leaders']));
  expect((await lanlord(['re'])).code).toBe(0);
  expect((await lanlord(['s'])).err).toContain('could be status, show');
});

test('help leads with examples', async () => {
  for (const args of [['--help'], ['help'], ['help', 'get'], ['get', '--help']]) {
    const { code, out } = await lanlord(args);
    expect([args, code]).toEqual([args, 0]);
    expect(out).toStartWith('Examples:\n');
  }
});

test('help of a word that is no command says so, ends with 2, and names the nearest', async () => {
  for (const [args, err] of [
    [['help', 'foo'], 'unknown command "foo" (see: lanlord help)'],
    [['help', 'statsu'], 'unknown command "statsu" (did you mean status?)'],
    [['help', 'config', 'shwo'], 'unknown command "config shwo" (did you mean show?)'],
    [['config', 'shwo'], 'unknown command "config shwo" (did you mean show?)'],
    [
      ['help', 'status', 'x'],
      'unknown command "status x" (status has no commands of its own, see: lanlord help status)',
    ],
  ] as const) {
    expect(await lanlord(args)).toEqual({ code: 2, out: '', err: `lanlord: ${err}\n` });
  }
});

test('help goes into a group of commands, and help of help is that of everything', async () => {
  expect(await lanlord(['help', 'config', 'show'])).toEqual(await lanlord(['config', 'show', '--help']));
  expect(await lanlord(['conf', 'sho', '--help'])).toEqual(await lanlord(['config', 'show', '--help']));
  for (const args of [
    ['help', 'help'],
    ['help', '-h'],
  ])
    expect(await lanlord(args)).toEqual(await lanlord(['help']));
});

test('help knows exit codes and every code that is printed, without a daemon', async () => {
  const exits = await lanlord(['help', 'exit-codes'], '/nowhere');
  expect(exits.out).toContain('  3  the daemon cannot be reached\n');
  for (const code of ['DUP', 'LL-CFG-014', 'll-cfg-014', 'LL-DOC-021', 'LL-ACT-001', 'LL-IPAM-002', 'LL-DLV-001']) {
    const { code: end, out } = await lanlord(['help', code], '/nowhere');
    expect([end, out]).toEqual([0, expect.stringMatching(new RegExp(`^${code}: .+\\.\n`, 'i'))]);
  }
});

test('what the parser guesses stands on the same line', async () => {
  expect(await lanlord(['status', '--brif'])).toEqual({
    code: 2,
    out: '',
    err: "lanlord: unknown option '--brif' (Did you mean --brief?)\n",
  });
});

test('a reader that goes away ends the command quietly', async () => {
  const command = `"${process.execPath}" "${join(root, 'src/main.ts')}" get leaders -o json | true; echo "code \${PIPESTATUS[0]}"`;
  const child = Bun.spawn(['bash', '-c', command], {
    stdout: 'pipe',
    stderr: 'pipe',
    env: { ...process.env, LANLORD_SOCKET: socket },
  });
  expect(await new Response(child.stderr).text()).toBe('');
  expect(await new Response(child.stdout).text()).toBe('code 0\n');
});

test('ctrl-c ends a watching command with 130', async () => {
  const child = Bun.spawn([process.execPath, join(root, 'src/main.ts'), 'status', '--watch'], {
    stdout: 'pipe',
    env: { ...process.env, LANLORD_SOCKET: socket },
  });
  await child.stdout.getReader().read();
  child.kill('SIGINT');
  expect(await child.exited).toBe(130);
});

const unprivileged = process.getuid?.() === 0 ? Bun.which('setpriv') : null;
if (unprivileged === null) console.log('skipped: a forbidden socket (needs root and setpriv)');
else {
  test('a socket that is not for this user ends with 4', async () => {
    const prefix = [unprivileged, '--reuid', '65534', '--regid', '65534', '--clear-groups'];
    const { code, err } = await lanlord(['status'], socket, prefix);
    expect([code, err.startsWith('lanlord: Not allowed')]).toEqual([4, true]);
  });
}

test('a filter shows what fits; one that makes no sense ends with 2 and says where', async () => {
  expect((await json(['get', 'services', '--filter', 'state:pending']))['items']).toMatchObject([{ name: 'plex' }]);
  const bad = await lanlord(['get', 'services', '--filter', 'state:pending agee>1h']);
  expect(bad).toMatchObject({ code: 2, out: '' });
  expect(bad.err).toContain('did you mean age');
  expect(bad.err).toContain('\n  state:pending agee>1h\n                ^^^^\n');
});

const listed = ['pools', 'ips', 'services', 'leaders', 'announcements', 'policies', 'nodes', 'interfaces', 'problems'];

test('what -o json and -o jsonl write is read back by --input-file, for every kind', async () => {
  for (const kind of listed) {
    const whole = await lanlord(['get', kind, '-o', 'json']);
    const lines = await lanlord(['get', kind, '-o', 'jsonl']);
    const [a, b] = [join(directory, `${kind}.json`), join(directory, `${kind}.jsonl`)];
    writeFileSync(a, whole.out);
    writeFileSync(b, lines.out);
    // No daemon is needed for it.
    const nowhere = join(directory, 'nowhere.sock');
    expect(await lanlord(['get', kind, '--input-file', a, '-o', 'json'], nowhere)).toEqual(whole);
    expect(await lanlord(['get', kind, '--input-file', b, '-o', 'jsonl'], nowhere)).toEqual(lines);
  }
}, 60_000);

test('--input-file: a list of another kind, no JSON and no file are told, and old files lack fields', async () => {
  const file = join(directory, 'in.json');
  const read = (text: string, ...args: string[]) => {
    writeFileSync(file, text);
    return lanlord(['get', 'pools', '--input-file', file, ...args]);
  };
  expect((await read('{"kind":"IPList","items":[]}')).err).toContain('holds IPList, not pools');
  expect((await read('no')).code).toBe(2);
  expect((await read('{"name":1}')).err).toContain('item 1 is none of pools');
  expect((await lanlord(['get', 'pools', '--input-file', join(directory, 'none')])).err).toContain('Cannot read');
  expect((await read('{"name":"blue"}')).out).toContain('blue');
  const told = (type: string, used: string) => JSON.stringify({ type, object: { name: 'blue', used } });
  const watched = await read(`${told('ADDED', '1')}\n${told('MODIFIED', '2')}`, '-o', 'jsonl');
  expect(watched.out).toContain('"used":"2"');
  expect(watched.out.trim().split('\n')).toHaveLength(1);
  expect((await read(`${told('ADDED', '1')}\n${told('DELETED', '1')}`)).err).toContain('No pools');
});

/** What a command that goes on writes until it has written so many lines. */
async function firstLines(args: readonly string[], count: number): Promise<readonly string[]> {
  const child = Bun.spawn([process.execPath, join(root, 'src/main.ts'), ...args], {
    stdout: 'pipe',
    env: { ...process.env, LANLORD_SOCKET: socket },
  });
  let text = '';
  // Leaving a `for await` would close the pipe, and the command would end by itself.
  const reader = child.stdout.getReader();
  while (text.split('\n').length <= count) {
    const { done, value } = await reader.read();
    if (done) break;
    text += new TextDecoder().decode(value);
  }
  child.kill('SIGINT');
  expect(await child.exited).toBe(130);
  return text.split('\n').slice(0, count);
}

test('get -w -o jsonl tells every row as added first; events --watch begins with the newest', async () => {
  const rows = await firstLines(['get', 'services', '-w', '-o', 'jsonl', '--filter', 'ns:default'], 2);
  expect(rows.map((line) => JSON.parse(line))).toMatchObject([
    { type: 'ADDED', object: { name: 'web' } },
    { type: 'ADDED', object: { name: 'api' } },
  ]);
  const events = await firstLines(['events', '--watch'], 3);
  expect(events[0]).toStartWith('TIME (UTC)');
  expect(events[2]).toContain('config.applied');
  expect((await firstLines(['status', '--watch', '--brief'], 1))[0]).toStartWith('DEGRADED node=edge-1');
});

test('a watch that cannot be is refused, and one without a daemon ends with 3', async () => {
  expect(await lanlord(['get', 'pools', '-w', '-o', 'yaml'])).toMatchObject({ code: 2 });
  expect(await lanlord(['get', 'pools', '-w'], join(directory, 'nowhere.sock'))).toMatchObject({ code: 3 });
});

test('config show tells what is set and what is the default; as yaml it is a NodeConfig that check accepts', async () => {
  const shown = await json(['config', 'show']);
  expect(shown).toMatchObject({ kind: 'Config', generation: 17, configValid: true, paths: ['/etc/lanlord'] });
  const settings = shown['settings'] as { path: string; value: unknown; origin: string }[];
  expect(settings).toContainEqual({
    path: 'announce.burst',
    value: ['0ms', '50ms', '200ms', '1100ms', '2200ms'],
    default: ['0ms', '50ms', '200ms', '1100ms', '2200ms'],
    origin: 'default',
    by: '',
    file: null,
    line: null,
    column: null,
  } as (typeof settings)[number]);
  const file = join(directory, 'node.yaml');
  writeFileSync(file, (await lanlord(['config', 'show', '-o', 'yaml'])).out);
  expect(await lanlord(['check', file])).toMatchObject({ code: 0, err: '' });
  expect((await lanlord(['config', 'show'])).out).toContain('election.vrrp.groups');
});

test('config history lists generations; config alone is a usage error that shows what there is', async () => {
  expect(await json(['config', 'history'])).toMatchObject({
    kind: 'GenerationList',
    items: [{ generation: 17, event: 'applied' }],
  });
  const alone = await lanlord(['config']);
  expect(alone.code).toBe(2);
  expect(alone.err).toContain('history');
});

test('announce, drain, undrain and failover say what came of them', async () => {
  expect(await lanlord(['drain'])).toMatchObject({ code: 0, out: 'drain by \n' });
  expect(await json(['announce', '192.168.10.208'])).toMatchObject({ kind: 'Action', action: 'announce' });
  expect(await lanlord(['failover', '192.168.10.208', '--to', 'edge-2'])).toMatchObject({
    code: 5,
    err: 'lanlord: LL-ACT-001: There is no other node\n',
  });
  expect(await lanlord(['announce', 'x'])).toMatchObject({ code: 2 });
});
