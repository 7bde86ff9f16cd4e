import { afterEach, beforeEach, expect, test } from 'bun:test';
import { existsSync, lstatSync, mkdtempSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { controlClient } from '#control/client.ts';
import { type ControlServer, startControlServer } from '#control/server.ts';
import { claimSocket, groupId } from '#control/socket-file.ts';
import { followStream } from '#control/stream-client.ts';
import type { ControlBackend } from '#ports/control-backend.ts';
import type { Log } from '#ports.ts';
import { daemonView, fakeBackend, snapshot } from '../../support/daemon-view.ts';
import { service } from '../../support/objects.ts';

let directory: string;
let logged: string[];
const running: ControlServer[] = [];
const log: Log = { write: (level, message) => void logged.push(`${level} ${message}`) };

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'lanlord-control-'));
  logged = [];
});

afterEach(async () => {
  for (const server of running.splice(0)) await server.close();
  rmSync(directory, { recursive: true, force: true });
});

function settings(group = 'root') {
  return {
    socket: join(directory, 'lanlord.sock'),
    group,
    adminSocket: join(directory, 'admin.sock'),
    adminGroup: group,
  };
}

async function start(backend: ControlBackend = fakeBackend(), group = 'root') {
  const result = await startControlServer(backend, settings(group), log);
  if (result.ok) running.push(result.server);
  return result;
}

function request(path: string, init: RequestInit = {}, socket = settings().socket) {
  return fetch(`http://lanlord${path}`, { ...init, unix: socket });
}

test('both sockets are open to their group and to nobody else', async () => {
  expect((await start()).ok).toBe(true);
  for (const path of [settings().socket, settings().adminSocket]) expect(statSync(path).mode & 0o777).toBe(0o660);
  expect(logged).toEqual([]);
});

test('a group that does not exist leaves the sockets to root and warns once for each', async () => {
  expect((await start(fakeBackend(), 'no-such-group')).ok).toBe(true);
  for (const path of [settings().socket, settings().adminSocket]) expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(logged).toHaveLength(2);
  expect(logged[0]).toContain('"no-such-group" does not exist');
});

test('close() removes the sockets', async () => {
  const result = await start();
  if (!result.ok) throw new Error('not started');
  await result.server.close();
  expect(existsSync(settings().socket)).toBe(false);
});

test('the socket of a daemon that was killed is replaced', async () => {
  const child = Bun.spawn(
    [
      process.execPath,
      '-e',
      `Bun.serve({unix:${JSON.stringify(settings().socket)},fetch:()=>new Response()});console.log(1)`,
    ],
    { stdout: 'pipe' },
  );
  await child.stdout.getReader().read();
  child.kill('SIGKILL');
  await child.exited;
  expect(lstatSync(settings().socket).isSocket()).toBe(true);
  expect((await start()).ok).toBe(true);
  expect((await controlClient(settings().socket, 5000).status()).ok).toBe(true);
});

test('a living daemon is not pushed aside, and its pid is told', async () => {
  await start();
  expect(await startControlServer(fakeBackend(), settings(), log)).toEqual({
    ok: false,
    code: 'in_use',
    pid: 1187,
    socket: settings().socket,
  });
  expect((await controlClient(settings().socket, 5000).status()).ok).toBe(true);
});

test('the socket of a daemon that is dying is waited for: connections break, then they are refused', async () => {
  const { socket } = settings();
  let asked = 0;
  const dying = createServer((connection) => {
    connection.destroy();
    // The file stays behind, as after kill -9: closing removes the name that it was made with.
    if (++asked === 3) dying.close();
  });
  const first = `${socket}.first`;
  await new Promise<void>((resolve) => dying.listen(first, resolve));
  renameSync(first, socket);
  expect(await claimSocket(socket, '/v1/status')).toEqual({ ok: true });
  expect(asked).toBeGreaterThanOrEqual(3);
  expect(existsSync(socket)).toBe(false);
});

test('a socket whose connections go on breaking is in use', async () => {
  const { socket } = settings();
  const broken = createServer((connection) => connection.destroy());
  await new Promise<void>((resolve) => broken.listen(socket, resolve));
  expect(await claimSocket(socket, '/v1/status')).toEqual({ ok: false, code: 'in_use', pid: null });
  expect(existsSync(socket)).toBe(true);
  await new Promise((resolve) => broken.close(resolve));
});

test('a file that is no socket is never removed', async () => {
  writeFileSync(settings().socket, 'precious');
  expect(await claimSocket(settings().socket, '/v1/status')).toMatchObject({ ok: false, code: 'failed' });
  expect(existsSync(settings().socket)).toBe(true);
});

test('the socket for looking does not act; the one for acting does both', async () => {
  await start();
  expect((await request('/v1/reload', { method: 'POST' })).status).toBe(404);
  expect((await request('/v1/status', { method: 'POST' })).status).toBe(405);
  expect((await request('/v1/reload', { method: 'POST' }, settings().adminSocket)).status).toBe(200);
  expect((await request('/v1/reload', {}, settings().adminSocket)).status).toBe(405);
  expect((await request('/v1/status', {}, settings().adminSocket)).status).toBe(200);
});

test('paths of files, unknown kinds and bad parameters are refused as JSON', async () => {
  await start();
  const cases: [string, number][] = [
    ['/../../etc/passwd', 404],
    ['/v1/list/%2e%2e/%2e%2e/etc/passwd', 404],
    ['/v1/list?kind=__proto__', 400],
    ['/v1/list?kind=constructor', 400],
    ['/v1/list?kind=events&sinceMs=x', 400],
    ['/v1/who-has?address=010.0.0.1', 400],
    ['/v1/explain?object=svc/nope', 404],
  ];
  for (const [path, status] of cases) {
    const response = await request(path);
    expect([path, response.status]).toEqual([path, status]);
    expect(await response.json()).toMatchObject({ kind: 'Error' });
  }
});

test('a body of more than 64 KiB is refused', async () => {
  await start();
  const init = { method: 'POST', body: 'x'.repeat(64 * 1024 + 1) };
  expect((await request('/v1/reload', init, settings().adminSocket)).status).toBe(413);
});

test('a failing backend is an answer and a log line, not the end', async () => {
  await start({
    ...fakeBackend(),
    view: () => {
      throw new Error('broken view');
    },
  });
  expect((await request('/v1/status')).status).toBe(500);
  expect(logged.join()).toContain('broken view');
});

test('a long list arrives complete, in order and as ASCII', async () => {
  const [first] = snapshot().desired.services;
  if (!first) throw new Error('no service');
  const services = Array.from({ length: 5000 }, (_, index) => ({ ...first, name: `größe-${index}` }));
  const desired = { ...snapshot().desired, services };
  const observed = { ...snapshot().observed, inputs: { ...snapshot().observed.inputs, services: [service('a/b')] } };
  await start(fakeBackend(daemonView({ snapshot: { revision: 1, observed, desired } })));
  const text = await (await request('/v1/list?kind=services')).text();
  expect(text).toMatch(/^[\x20-\x7e\n]+$/);
  const list = JSON.parse(text) as { kind: string; node: string; items: { name: string }[] };
  expect(list.kind).toBe('ServiceList');
  expect(list.items.map(({ name }) => name)).toEqual(services.map(({ name }) => name));
});

test('groupId() reads group(5) and takes no prefix for a name', () => {
  const file = join(directory, 'group');
  writeFileSync(file, 'root:x:0:\nlanlord-admin:x:998:me\nlanlord:x:999:\nbad:x:abc:\n');
  expect(groupId('lanlord', file)).toBe(999);
  expect(groupId('lanlord-admin', file)).toBe(998);
  expect(groupId('lan', file)).toBeNull();
  expect(groupId('bad', file)).toBeNull();
  expect(groupId('lanlord', join(directory, 'none'))).toBeNull();
});

test('the client tells a missing socket, a dead one, a slow daemon and a stranger apart', async () => {
  const client = (path: string, timeoutMs = 5000) => controlClient(path, timeoutMs).status();
  expect(await client(join(directory, 'none'))).toMatchObject({ failure: { code: 'unreachable' } });
  writeFileSync(join(directory, 'plain'), '');
  expect(await client(join(directory, 'plain'))).toMatchObject({ failure: { code: 'unreachable' } });
  const slow = Bun.serve({ unix: join(directory, 'slow'), fetch: () => new Promise<Response>(() => {}) });
  expect(await client(join(directory, 'slow'), 50)).toMatchObject({ failure: { code: 'timeout' } });
  await slow.stop(true);
  const stranger = Bun.serve({ unix: join(directory, 'stranger'), fetch: () => new Response('<html>') });
  expect(await client(join(directory, 'stranger'))).toMatchObject({ failure: { code: 'unreachable' } });
  await stranger.stop(true);
});

test('claimSocket() refuses a path that is too long for a unix socket, before anything is made', async () => {
  const long = `/tmp/${'x'.repeat(120)}.sock`;
  const claim = await claimSocket(long, '/v1/status');
  expect(claim).toMatchObject({ ok: false, code: 'failed' });
  expect(claim.ok || claim.code === 'in_use' ? '' : claim.message).toContain('130 bytes');
});

test('the stream is served on the socket, also beyond the silence that other answers are allowed, and ends with the server', async () => {
  const result = await start();
  if (!result.ok) throw new Error('not started');
  const seen: string[] = [];
  const stream = followStream({ socket: settings().socket, kinds: ['status', 'events'], timeoutMs: 5000 });
  for (;;) {
    const next = await stream.next();
    if (next.done) {
      expect(next.value?.code).toBe('unreachable');
      break;
    }
    seen.push(next.value.type);
    if (next.value.type === 'SYNCED') await result.server.close();
  }
  expect(seen).toEqual(['HELLO', 'ADDED', 'ADDED', 'ADDED', 'SYNCED']);
});

test('a stream of nothing or of unknown kinds is refused', async () => {
  await start();
  for (const query of ['', '?kinds=', '?kinds=pools,cats', '?kinds=pools&last=-1']) {
    expect((await request(`/v1/stream${query}`)).status).toBe(400);
  }
});
