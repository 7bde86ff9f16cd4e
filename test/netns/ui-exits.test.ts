// However the terminal interface ends or stops, the terminal is as it was: usual screen, cursor, echo, lines.
import { afterAll, afterEach, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { patience, whySkipped } from '../support/box.ts';
import { TmuxScreen } from '../support/tmux-screen.ts';
import { taken, UiRoom, usual } from '../support/ui-room.ts';

const skipped = whySkipped('tmux', 'setsid');
// The compiled program is started anew in nearly every test, on machines that do other things, too.
setDefaultTimeout(90_000);

if (skipped !== '') console.log(`ui exits${skipped}`);

/** Until no process has this id any more; false: it still runs after the time. */
async function ends(pid: number, milliseconds = 30_000): Promise<boolean> {
  expect(pid).toBeGreaterThan(0);
  const end = performance.now() + milliseconds;
  const runs = () => /^State:\s+[^ZX]/m.test(Bun.spawnSync(['cat', `/proc/${pid}/status`]).stdout.toString());
  while (runs()) {
    if (performance.now() > end) return false;
    await Bun.sleep(25);
  }
  return true;
}

/** How many blocks of a pcapng file there are, none of them cut off: each says its length at its end, too. */
function wholeBlocks(bytes: Buffer): number {
  let count = 0;
  for (let at = 0; at < bytes.length; count++) {
    const length = bytes.readUInt32LE(at + 4);
    expect(bytes.readUInt32LE(at + length - 4)).toBe(length);
    at += length;
  }
  return count;
}

describe.skipIf(skipped !== '')(`ui exits${skipped}`, () => {
  let room: UiRoom;

  beforeAll(async () => {
    room = new UiRoom('uix');
    await room.startDaemon();
  });
  afterEach(() => room?.closeScreen());
  afterAll(() => room?.close());

  test.each(['TERM', 'HUP', 'INT', 'QUIT'])('SIG%s', async (signal) => {
    await room.start();
    process.kill(room.pid(), `SIG${signal}`);
    expect(await room.expectRestored()).toBe(128 + { TERM: 15, HUP: 1, INT: 2, QUIT: 3 }[signal as 'TERM']);
  });

  const places: readonly (readonly [name: string, keys: readonly string[], shown: string | RegExp])[] = [
    ['a filter that is being typed', ['4', '/', 'x'], 'filter: x'],
    ['the help', ['?'], 'COMMANDS'],
    ['a page', ['4', 'Enter'], 'esc back'],
    ['an explanation', ['4', 'e'], 'Explain'],
    ['a frozen stream', ['5', 'p'], 'FROZEN'],
  ];
  test.each(places)('in the middle of %s', async (_, keys, shown) => {
    await room.start();
    room.screen.keys(...keys);
    await room.screen.shows(shown);
    process.kill(room.pid(), 'SIGTERM');
    expect(await room.expectRestored()).toBe(143);
  });

  test.each(['q', 'TERM'])(
    'while packets are written, by %s: the file is whole, and nobody goes on writing',
    async (how) => {
      const folder = join(room.box.folder, `packets-${how}`);
      mkdirSync(folder);
      room.open(120, 35);
      // On the box itself, where the daemon's interfaces are.
      room.run(`cd ${folder}; ip netns exec ${room.box.host.namespace} ${room.command}`);
      await room.screen.shows('LIVE', patience);
      room.screen.keys('5');
      room.screen.keys('x');
      await room.screen.shows(/writing lanlord-packets-\S+, \d+ kB/, patience);
      if (how === 'q') room.screen.keys('q');
      else process.kill(room.pid(), 'SIGTERM');
      expect(await room.expectRestored()).toBe(how === 'q' ? 0 : 143);
      const [name = ''] = readdirSync(folder);
      const file = join(folder, name);
      expect(Bun.spawnSync(['pgrep', '-f', file]).stdout.toString()).toBe('');
      expect(wholeBlocks(readFileSync(file))).toBeGreaterThanOrEqual(2);
    },
  );

  test('q, and on the smallest terminal', async () => {
    for (const [columns, rows] of [
      [120, 35],
      [40, 12],
    ] as const) {
      await room.start({ columns, rows });
      room.screen.keys('q');
      expect(await room.expectRestored()).toBe(0);
    }
  });

  test('ctrl-c asks once, the second one leaves', async () => {
    await room.start({ columns: 80, rows: 24 });
    room.screen.keys('C-c');
    await room.screen.shows('ctrl-c again');
    room.screen.keys('C-c');
    expect(await room.expectRestored()).toBe(0);
  });

  test(':quit', async () => {
    await room.start({ columns: 80, rows: 24 });
    room.screen.paste(':quit\r');
    expect(await room.expectRestored()).toBe(0);
  });

  test.each(['throw', 'reject', 'render'])('an error inside it (%s) is told on the usual screen', async (how) => {
    room.open();
    room.run(`${room.faultSettings(how)} ${room.faultyProgram} ui --socket ${room.box.socket}`);
    await room.screen.shows('LIVE');
    room.fault();
    if (how === 'render') {
      // React draws when the header changes.
      await Bun.sleep(500);
      room.screen.keys('4');
    }
    await room.screen.shows(/lanlord: internal error: a fault that was asked for[\s\S]*ended with 70/);
    expect(await room.expectRestored()).toBe(70);
  });

  test('ctrl-z gives the shell its terminal, fg takes it back, as often as one likes', async () => {
    await room.start();
    for (let time = 0; time < 3; time++) {
      room.screen.keys('C-z');
      await room.screen.shows('Stopped');
      expect(room.screen.modes()).toBe(usual);
      room.screen.type('clear; fg');
      await room.screen.shows(/LIVE[\s\S]*Who answers now/);
      expect(room.screen.modes()).toBe(taken);
    }
    room.screen.keys('4');
    await room.screen.shows('[4 Leaders]');
    room.screen.keys('q');
    await room.screen.shows('shell>');
    expect(room.screen.modes()).toBe(usual);
  });

  test.each(['TSTP', 'STOP'])('SIG%s from outside: after fg keys are taken one by one again', async (signal) => {
    await room.start();
    process.kill(room.pid(), `SIG${signal}`);
    await room.screen.shows('Stopped');
    if (signal === 'TSTP') expect(room.screen.modes()).toBe(usual);
    room.screen.type('fg');
    await room.screen.shows(/LIVE[\s\S]*Who answers now/);
    room.screen.keys('4');
    await room.screen.shows('[4 Leaders]');
    expect(room.screen.text()).not.toMatch(/^4/m);
    room.screen.keys('q');
    await room.screen.shows('shell>');
    expect(room.screen.modes()).toBe(usual);
  });

  test('in the background it writes nothing to the terminal of the shell', async () => {
    await room.start();
    room.screen.keys('C-z');
    await room.screen.shows('Stopped');
    room.screen.type('clear; bg');
    await room.screen.shows('ui --socket');
    await Bun.sleep(1500);
    expect(room.screen.modes()).toBe(usual);
    expect(room.screen.text()).not.toContain('LIVE');
    room.screen.type('clear; fg');
    await room.screen.shows(/LIVE[\s\S]*Who answers now/);
  });

  test('its terminal goes away: it ends', async () => {
    await room.start();
    const pid = room.pid();
    room.closeScreen();
    expect(await ends(pid)).toBe(true);
  });

  test.each([
    ['while it draws', 0],
    // Nothing is written any more, which would fail.
    ['while nothing changes', 2000],
  ])('its terminal goes away and nobody tells it, %s: it ends', async (_, quietMs) => {
    room.open();
    room.run(`setsid -w ${room.command}`);
    await room.screen.shows('LIVE');
    await Bun.sleep(quietMs);
    const pid = room.pid();
    room.closeScreen();
    expect(await ends(pid)).toBe(true);
  });

  test('without a daemon, from the start or after a while', async () => {
    room.open();
    room.run(`${room.command}-other`);
    await room.screen.shows('NOT CONNECTED');
    room.screen.keys('q');
    expect(await room.expectRestored()).toBe(0);

    await room.start();
    await room.box.crash();
    await room.screen.shows(/STALE \d+s/);
    room.screen.keys('q');
    expect(await room.expectRestored()).toBe(0);

    room.open();
    room.run(room.command);
    await room.screen.shows('NOT CONNECTED');
    process.kill(room.pid(), 'SIGTERM');
    expect(await room.expectRestored()).toBe(143);
    await room.box.start();
  });

  test('two of them on one daemon: one leaves, the other goes on', async () => {
    await room.start();
    const other = new TmuxScreen('ll-uix', 80, 24);
    try {
      other.type(room.command);
      await other.shows('LIVE');
      room.screen.keys('q');
      expect(await room.expectRestored()).toBe(0);
      other.keys('4');
      await other.shows('[4 Lead]');
      await other.shows('LIVE');
    } finally {
      other.close();
    }
  });
});
