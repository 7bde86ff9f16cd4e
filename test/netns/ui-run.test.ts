// `lanlord run --ui`: one command for the daemon and the interface in front of it, and what becomes of the daemon.
import { afterAll, afterEach, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import { getPriority } from 'node:os';
import { join } from 'node:path';
import { Asker } from '../support/asker.ts';
import { Box, binary, whySkipped } from '../support/box.ts';
import { documents, policy, pool, service } from '../support/manifests.ts';
import { settings, taken, UiRoom, usual } from '../support/ui-room.ts';

const skipped = whySkipped('tmux');
// The compiled program is started anew in nearly every test, on machines that do other things, too.
setDefaultTimeout(90_000);

if (skipped !== '') console.log(`run --ui${skipped}`);

describe.skipIf(skipped !== '')(`run --ui${skipped}`, () => {
  let room: UiRoom;
  let client: Asker;
  let place: Box;

  beforeAll(() => {
    room = new UiRoom('uir');
    client = new Asker(room.lab.addHost('client', [], '02:00:00:00:00:aa'), '192.0.2.200');
    place = new Box(room.lab, room.lab.addHost('own', ['192.0.2.3/24'], '02:00:00:00:00:03'));
    place.write('all.yaml', documents(pool('p', '192.0.2.20', '192.0.2.22'), service('web'), policy('lan'), settings));
  });
  afterEach(async () => {
    room?.closeScreen();
    // However a test ends, nothing of it goes on.
    for (const pid of pids()) process.kill(pid, 'SIGKILL');
    await settle(() => pids().length === 0);
  });
  afterAll(async () => {
    client?.close();
    await place?.close();
    await room?.close();
  });

  const answers = async () => (await client.answersNow('192.0.2.20')).length > 0;
  /** Of everything that was started on this box. */
  const pids = () => {
    const found = Bun.spawnSync(['ip', 'netns', 'pids', place.host.namespace]).stdout.toString();
    const own = found.split('\n').filter(Boolean).map(Number);
    return own.filter((pid) => Bun.spawnSync(['cat', `/proc/${pid}/cmdline`]).stdout.includes(place.socket));
  };
  const ui = () => pids().find((pid) => Bun.spawnSync(['cat', `/proc/${pid}/cmdline`]).stdout.includes('--ui')) ?? 0;
  const daemon = () => pids().find((pid) => pid !== ui()) ?? 0;

  async function settle(holds: () => boolean | Promise<boolean>, milliseconds = 15_000): Promise<boolean> {
    const end = performance.now() + milliseconds;
    while (!(await holds())) {
      if (performance.now() > end) return false;
      await Bun.sleep(25);
    }
    return true;
  }

  async function start(program = binary, before = ''): Promise<void> {
    room.open();
    const places = `-c ${place.config} --node own --socket ${place.socket} --state ${place.state}`;
    room.run(`${before} ip netns exec ${place.host.namespace} ${program} run --ui ${places}`);
    await room.screen.shows(/LIVE[\s\S]*192\.0\.2\.20 .*here/, 20_000);
    expect(await settle(answers)).toBe(true);
  }

  /** Nobody answers any more, and nothing runs. */
  async function expectGone(): Promise<void> {
    expect(await settle(() => pids().length === 0)).toBe(true);
    expect(await answers()).toBe(false);
  }

  /** Niceness of every thread, each value once. */
  const nicenesses = (pid: number) => {
    const stats = Bun.spawnSync(['sh', '-c', `cat /proc/${pid}/task/*/stat`])
      .stdout.toString()
      .trim()
      .split('\n');
    const found = stats.map((line) => Number(line.slice(line.lastIndexOf(')') + 2).split(' ')[16]));
    return [...new Set(found)];
  };

  test('the interface steps back behind the daemon, which does not', async () => {
    await start();
    const own = getPriority();
    expect(nicenesses(daemon())).toEqual([own]);
    expect(nicenesses(ui())).toEqual([Math.max(own, 5)]);
  });

  test('leaving asks once, then stops the daemon, and nobody answers any more', async () => {
    await start();
    room.screen.keys('q');
    await room.screen.shows('Stop the daemon and leave? y/n');
    room.screen.keys('n');
    await room.screen.shows('Stays.');
    expect(await answers()).toBe(true);
    room.screen.keys('q', 'y');
    expect(await room.expectRestored()).toBe(0);
    await expectGone();
    expect(readFileSync(join(place.state, 'daemon.log'), 'utf8')).toContain('lanlord ready node=own');
  });

  test('ctrl-c asks the same', async () => {
    await start();
    room.screen.keys('C-c');
    await room.screen.shows('Stop the daemon and leave? y/n');
    room.screen.keys('y');
    expect(await room.expectRestored()).toBe(0);
    await expectGone();
  });

  test.each(['TERM', 'HUP', 'INT'])('SIG%s stops both', async (signal) => {
    await start();
    process.kill(ui(), `SIG${signal}`);
    expect(await room.expectRestored()).toBe(128 + { TERM: 15, HUP: 1, INT: 2 }[signal as 'TERM']);
    await expectGone();
  });

  test('the terminal goes away: both end', async () => {
    await start();
    room.closeScreen();
    await expectGone();
  });

  test('an error inside the interface ends both, and is told', async () => {
    await start(room.faultyProgram, room.faultSettings('throw'));
    room.fault();
    await room.screen.shows('lanlord: internal error: a fault that was asked for');
    expect(await room.expectRestored()).toBe(70);
    await expectGone();
  });

  test('the interface is killed: the answers go on, and another interface finds the daemon', async () => {
    await start();
    process.kill(ui(), 'SIGKILL');
    await room.screen.shows(/ended with 137/);
    expect(await answers()).toBe(true);
    room.open();
    room.run(`${binary} ui --socket ${place.socket}`);
    await room.screen.shows(/LIVE[\s\S]*192\.0\.2\.20 .*here/);
    room.screen.keys('q');
    expect(await room.expectRestored()).toBe(0);
    expect(await answers()).toBe(true);
  });

  test('the daemon is killed: the end of its log is shown, and leaving says with what it ended', async () => {
    await start();
    process.kill(daemon(), 'SIGKILL');
    await room.screen.shows(/STALE \d+s/);
    await room.screen.shows('lanlord ready node=own');
    await room.screen.shows('No daemon listens on');
    // There is nothing to stop any more, and nothing is asked.
    room.screen.keys('q');
    expect(await room.expectRestored()).toBe(1);
  });

  test('ctrl-z stops the interface alone: the answers go on', async () => {
    await start();
    room.screen.keys('C-z');
    await room.screen.shows('Stopped');
    expect(room.screen.modes()).toBe(usual);
    expect(await answers()).toBe(true);
    room.screen.type('clear; fg');
    await room.screen.shows('LIVE');
    expect(room.screen.modes()).toBe(taken);
    room.screen.keys('q', 'y');
    await room.screen.shows(/stopping the daemon\nshell>/);
    await expectGone();
  });

  test('a configuration that cannot be used is told in place of a screen', async () => {
    room.open();
    const nothing = join(place.folder, 'nothing');
    room.run(`${binary} run --ui --strict-config -c ${nothing} --socket ${nothing}.sock --state ${nothing}`);
    await room.screen.shows(/nothing[\s\S]*ended with 1/);
    expect(room.screen.modes()).toBe(usual);
  });
});
