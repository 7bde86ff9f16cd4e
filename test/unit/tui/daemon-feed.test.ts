// The interface keeps up with a daemon, and says why it cannot.
import { afterEach, beforeEach, expect, test } from 'bun:test';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ControlServer, startControlServer } from '#control/server.ts';
import { DaemonFeed } from '#tui/app/daemon-feed.ts';
import type { Connection } from '#tui/state/connection.ts';
import type { World } from '#tui/state/world.ts';
import { fakeBackend } from '../../support/daemon-view.ts';

let directory: string;
let socket: string;
let feed: DaemonFeed | null = null;
let server: ControlServer | null = null;
let fake: Bun.Server<undefined> | null = null;
let connections: Connection[];
let worlds: World[];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'lanlord-feed-'));
  socket = join(directory, 's.sock');
  connections = [];
  worlds = [];
});

afterEach(async () => {
  feed?.close();
  await server?.close();
  await fake?.stop(true);
  [feed, server, fake] = [null, null, null];
  rmSync(directory, { recursive: true, force: true });
});

async function serve(): Promise<void> {
  const settings = { socket, group: 'root', adminSocket: join(directory, 'admin.sock'), adminGroup: 'root' };
  const started = await startControlServer(fakeBackend(), settings, { write() {} });
  if (!started.ok) throw new Error('not started');
  server = started.server;
}

function follow(): DaemonFeed {
  feed = new DaemonFeed({
    socket,
    nowMs: Date.now,
    onWorld: (world) => worlds.push(world),
    onConnection: (connection) => connections.push(connection),
    lastWords: () => ['the end of the log'],
  });
  void feed.run();
  return feed;
}

async function until(what: () => boolean): Promise<void> {
  const end = performance.now() + 10_000;
  while (!what()) {
    if (performance.now() > end) throw new Error(`never: ${JSON.stringify(connections.at(-1))}`);
    await Bun.sleep(10);
  }
}

function lossCause(): string | undefined {
  const last = connections.at(-1);
  return last?.state === 'lost' ? last.loss.cause : undefined;
}

test('the first world is whole: lists and status come together', async () => {
  await serve();
  follow();
  await until(() => connections.at(-1)?.state === 'live');
  const [first] = worlds;
  expect(first?.status?.node).toBe('edge-1');
  expect(first?.lists.services.map(({ name }) => name).sort()).toEqual(['api', 'plex', 'resolver', 'web']);
  expect(first?.lists.leaders.length).toBeGreaterThan(0);
  expect(first?.lists.problems).toEqual(first?.status?.problems ?? []);
});

test('no socket, nobody behind it, not a lanlord: told apart', async () => {
  follow();
  await until(() => lossCause() === 'absent');
  feed?.close();
  const child = Bun.spawn(
    [process.execPath, '-e', `Bun.serve({unix:${JSON.stringify(socket)},fetch:()=>new Response()});console.log(1)`],
    { stdout: 'pipe' },
  );
  await child.stdout.getReader().read();
  child.kill('SIGKILL');
  await child.exited;
  follow();
  await until(() => lossCause() === 'refused');
  expect(connections.at(-1)).toMatchObject({ loss: { log: ['the end of the log'] } });
});

test('a daemon without a stream is of another version', async () => {
  fake = Bun.serve({
    unix: socket,
    fetch: () => Response.json({ code: 'not_found', message: 'No such path' }, { status: 404 }),
  });
  follow();
  await until(() => lossCause() === 'version');
});

test('a daemon that speaks another version of the protocol is told by its version', async () => {
  const hello = { type: 'HELLO', apiVersion: 'lanlord.dev/v9', version: '9.0', node: 'x', kinds: [], revision: 0 };
  fake = Bun.serve({ unix: socket, fetch: () => new Response(`${JSON.stringify(hello)}\n`) });
  follow();
  await until(() => lossCause() === 'version');
  expect(connections.at(-1)).toMatchObject({ loss: { message: expect.stringContaining('lanlord 9.0') } });
});

test.skipIf(process.getuid?.() === 0)(
  'a socket that may not be used is denied (skipped as root: root may use it)',
  async () => {
    writeFileSync(socket, '');
    chmodSync(socket, 0);
    follow();
    await until(() => lossCause() === 'denied');
  },
);

test('when the daemon goes and comes back it is live again, and the world in between is kept', async () => {
  await serve();
  const running = follow();
  await until(() => connections.at(-1)?.state === 'live');
  await server?.close();
  await until(() => connections.at(-1)?.state === 'lost');
  expect(connections.at(-1)).toMatchObject({ heardMs: expect.any(Number) });
  await serve();
  running.retry();
  await until(() => connections.at(-1)?.state === 'live');
});
