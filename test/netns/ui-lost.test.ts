// What the interface says when it cannot show the present: not connected, stale, and why; and where it cannot be drawn at all.
import { afterAll, afterEach, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { binary, patience, whySkipped } from '../support/box.ts';
import { UiRoom, usual } from '../support/ui-room.ts';

const skipped = whySkipped('tmux', 'setpriv');
// The compiled program is started anew in nearly every test, on machines that do other things, too.
setDefaultTimeout(90_000);

if (skipped !== '') console.log(`ui without a daemon${skipped}`);

describe.skipIf(skipped !== '')(`ui without a daemon${skipped}`, () => {
  let room: UiRoom;
  const servers: { stop(closeConnections: boolean): Promise<void> }[] = [];

  beforeAll(async () => {
    room = new UiRoom('uil');
    await room.startDaemon();
  });
  afterEach(async () => {
    room?.closeScreen();
    for (const server of servers.splice(0)) await server.stop(true);
  });
  afterAll(() => room?.close());

  /** A socket where something else than this daemon answers. */
  function serve(name: string, answer: () => Response | Promise<Response>): string {
    const socket = join(room.box.folder, `${name}.sock`);
    rmSync(socket, { force: true });
    servers.push(Bun.serve({ unix: socket, fetch: answer }));
    return socket;
  }

  async function expectLost(socket: string, ...texts: readonly (string | RegExp)[]): Promise<void> {
    room.open(120, 35);
    room.run(`${binary} ui --socket ${socket}`);
    await room.screen.shows('NOT CONNECTED');
    for (const text of texts) await room.screen.shows(text);
    await room.screen.shows(/next try (now|in \d+s)/);
    room.screen.keys('q');
    expect(await room.expectRestored()).toBe(0);
  }

  test('ENOENT: no daemon here, how to start one', async () => {
    await expectLost(join(room.box.folder, 'absent.sock'), 'No daemon here', 'systemctl start lanlord');
  });

  test('ECONNREFUSED: a socket that nobody listens on', async () => {
    const socket = join(room.box.folder, 'dead.sock');
    const program = `require('node:net').createServer().listen(${JSON.stringify(socket)}, () => process.kill(process.pid, 9))`;
    Bun.spawnSync([process.execPath, '-e', program]);
    await expectLost(socket, 'No daemon listens on', 'it ended without cleaning up', 'lanlord doctor');
  });

  test('EACCES: not allowed to look, and how to be', async () => {
    room.open(120, 35);
    room.run(`setpriv --reuid 65534 --regid 65534 --clear-groups ${room.command}`);
    await room.screen.shows('NOT CONNECTED');
    await room.screen.shows('Not allowed to use');
    await room.screen.shows('usermod -aG lanlord');
    // The daemon may well be alive: nothing is said about addresses that nobody answers.
    expect(room.screen.text()).not.toContain('answers for NOTHING');
  });

  test('timeout: it is there and does not answer', async () => {
    const socket = serve('mute', () => new Promise<Response>(() => {}));
    await expectLost(socket, 'did not answer within 3 s', 'it is there and does not answer');
  });

  test('version: a daemon that speaks another protocol, and one that has no stream', async () => {
    const who = { node: 'edge', version: '9.9.9', pid: 1, startedAt: '2026-11-23T00:00:00Z', kinds: [] };
    const hello = { type: 'HELLO', apiVersion: 'lanlord.dev/v9', ...who, heartbeatSeconds: 2, revision: 1, time: '' };
    const newer = serve('newer', () => new Response(`${JSON.stringify(hello)}\n`));
    await expectLost(newer, 'The daemon is lanlord 9.9.9', 'use the lanlord that runs');
    const older = serve('older', () => Response.json({ code: 'not_found', message: 'no' }, { status: 404 }));
    await expectLost(older, 'it has no stream of changes');
  });

  test('something else listens there', async () => {
    await expectLost(
      serve('else', () => new Response('<html>', { status: 500 })),
      'no lanlord daemon',
    );
  });

  test('a daemon that stands still turns stale with its cause, and comes back by itself', async () => {
    await room.start();
    room.box.signal('SIGSTOP');
    try {
      await room.screen.shows(/STALE \d+s/);
      await room.screen.shows('did not answer within');
      room.screen.keys('Escape');
      await room.screen.shows(/192\.0\.2\.10 .*here/);
      await room.screen.shows('Not live');
    } finally {
      room.box.signal('SIGCONT');
    }
    room.screen.keys('r');
    await room.screen.shows(/ LIVE$/m);
  });

  test('killed and started again under every screen: stale with its cause, then live on the same screen', async () => {
    await room.start();
    for (const [key, title] of [
      ['1', '[1 Overview]'],
      ['4', '[4 Leaders]'],
      ['5', '[5 Traffic]'],
      ['7', '[7 Events]'],
    ] as const) {
      room.screen.keys(key);
      await room.screen.shows(title);
      await room.box.crash();
      await room.screen.shows('No daemon listens on');
      await room.screen.shows(/STALE \d+s/);
      room.screen.resize(80, 24);
      await room.screen.shows(/STALE \d+s/);
      room.screen.resize(120, 35);
      room.screen.keys('Escape');
      await room.screen.shows('Not live');
      await room.box.start();
      await room.screen.shows(/ LIVE$/m);
      await room.screen.shows(title);
    }
  });

  test('a daemon that stops in order is told apart from one that died', async () => {
    await room.start();
    await room.box.stop();
    await room.screen.shows('No daemon here');
    await room.screen.shows(/STALE \d+s/);
    await room.box.start();
    await room.screen.shows(/ LIVE$/m);
  });

  test.each(['dumb', ''])('TERM=%s is refused in one line', async (term) => {
    room.open(120, 24);
    room.run(`TERM=${term} ${room.command}`);
    await room.screen.shows(`terminal cannot address the cursor (TERM=${term}); use: lanlord status --watch`);
    await room.screen.shows('ended with 2');
    expect(room.screen.modes()).toBe(usual);
  });

  test.each([
    ['| cat', 'output'],
    ['</dev/null', 'input'],
    ['> FILE', 'a file'],
  ])('no terminal (%s) is refused in one line', async (rest) => {
    room.open(120, 24);
    const file = join(room.box.folder, 'out');
    room.screen.type(`${room.command} ${rest.replace('FILE', file)}; echo "ended with $? \${PIPESTATUS[0]}"`);
    await room.screen.shows('standard input and output are no terminal; use: lanlord status --watch');
    await room.screen.shows('ended with');
    expect(room.screen.modes()).toBe(usual);
    if (rest !== '| cat') await room.screen.shows('ended with 2');
    if (rest === '> FILE') expect(await Bun.file(file).text()).toBe('');
  });

  test('an unknown theme is refused in one line', async () => {
    room.open(100, 24);
    room.run(`${binary} ui --theme pink`);
    await room.screen.shows(/unknown theme "pink"[\s\S]*ended with 2/);
  });

  test('lanlord alone is the interface on a terminal, and status elsewhere', async () => {
    room.open(80, 24);
    room.run(`LANLORD_SOCKET=${room.box.socket} ${binary}`);
    await room.screen.shows('LIVE');
    room.screen.keys('q');
    expect(await room.expectRestored()).toBe(0);
    room.screen.type(`clear; LANLORD_SOCKET=${room.box.socket} ${binary} | cat`);
    await room.screen.shows(/edge {2}[A-Z]+ .*lanlord/);
    room.screen.type(`clear; TERM=dumb LANLORD_SOCKET=${room.box.socket} ${binary}`);
    await room.screen.shows(/edge {2}[A-Z]+ .*lanlord/);
  });

  const asciiOnly = /^[\x20-\x7e\n]*$/;

  test.each(['LC_ALL=C', 'LC_ALL= LC_CTYPE= LANG=C', 'LC_ALL= LC_CTYPE= LANG='])(
    'without UTF-8 (%s) every screen is ASCII',
    async (locale) => {
      await room.start({ columns: 120, rows: 35, before: locale });
      await room.eachScreen(() => expect(room.screen.text()).toMatch(asciiOnly));
    },
  );

  test('TERM=linux: what the console font lacks is not sent', async () => {
    await room.start({ columns: 120, rows: 35, before: 'TERM=linux' });
    await room.eachScreen(async (key) => {
      expect(room.screen.text()).not.toMatch(/[▁▂▃▅▆▇▄►○□◐✓✖]/);
      if (key !== '?') await room.screen.shows(/┌─ \w+/);
    });
  });

  test('NO_COLOR: not one color is sent, on no screen', async () => {
    for (const before of ['NO_COLOR=1', 'NO_COLOR=1 TERM=linux']) {
      await room.start({ columns: 120, rows: 35, before });
      await room.eachScreen(() => expect(room.screen.colors()).toEqual([]));
    }
    await room.start({ columns: 120, rows: 35 });
    expect(await room.box.within(patience, async () => room.screen.colors().length > 0)).toBe(true);
  });

  test('NO_COLOR without a value is no wish', async () => {
    await room.start({ columns: 120, rows: 35, before: 'NO_COLOR=' });
    expect(await room.box.within(patience, async () => room.screen.colors().length > 0)).toBe(true);
  });

  test('under CI=1 it is the same interface', async () => {
    await room.start({ columns: 80, rows: 24, before: 'CI=1' });
    room.screen.keys('7');
    await room.screen.shows('[7 Events]');
  });
});
