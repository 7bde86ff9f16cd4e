// The terminal interface as somebody in front of it sees it: the compiled binary in a terminal, a daemon behind it.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Lab } from '#cli/lab.ts';
import { Asker } from '../support/asker.ts';
import { Box, binary, whySkipped } from '../support/box.ts';
import { documents, nodeConfig, policy, pool, service } from '../support/manifests.ts';
import { TmuxScreen } from '../support/tmux-screen.ts';

const skipped = whySkipped('tmux');
if (skipped !== '') console.log(`ui${skipped}`);

const usual = 'alternate=0 cursor=1 mouse=0';

describe.skipIf(skipped !== '')(`ui${skipped}`, () => {
  let lab: Lab;
  let box: Box;
  let client: Asker;
  let screen: TmuxScreen;
  const settings = nodeConfig('{announce: {burst: [0ms], refresh: 24h}}');

  beforeAll(async () => {
    lab = new Lab(`ll-ui${process.pid}`);
    box = new Box(lab, lab.addHost('edge', ['192.0.2.1/24'], '02:00:00:00:00:01'));
    client = new Asker(lab.addHost('client', [], '02:00:00:00:00:aa'), '192.0.2.200');
    box.write(
      'all.yaml',
      documents(pool('p', '192.0.2.10', '192.0.2.12'), service('web'), service('api'), policy('lan'), settings),
    );
    await box.start();
  });
  afterEach(() => screen?.close());
  afterAll(async () => {
    client?.close();
    await box?.close();
    lab?.close();
  });

  async function start(columns = 120, rows = 35, before = ''): Promise<void> {
    screen = new TmuxScreen('ll-ui', columns, rows);
    screen.type(`${before} ${binary} ui --socket ${box.socket}; echo "ended with $?"`);
    await screen.shows('LIVE');
  }

  /** The terminal is as it was: usual screen, cursor, echo, lines. */
  async function expectRestored(): Promise<void> {
    await screen.shows(/ended with \d+/);
    expect(screen.modes()).toBe(usual);
    screen.type('stty -a | tr " " "\\n" | grep -xE -- "-?(echo|icanon|isig);?" | tr "\\n" " "');
    await screen.shows(/^isig icanon echo/m);
  }

  const pidOf = () => {
    const found = Bun.spawnSync(['pgrep', '-f', `^${binary} ui --socket ${box.socket}`]).stdout.toString();
    return Number(found.trim().split('\n').at(-1));
  };

  test('all seven screens, the page of an address, an explanation, help and quit', async () => {
    await start();
    await screen.shows(/Who answers now[\s\S]*192\.0\.2\.10 .*default\/\w+ .*here/);
    for (const [key, title] of [
      ['2', '[2 Pools]'],
      ['3', '[3 Services]'],
      ['4', '[4 Leaders]'],
      ['5', '[5 Traffic]'],
      ['6', '[6 Policies]'],
      ['7', '[7 Events]'],
    ] as const) {
      screen.keys(key);
      await screen.shows(title);
    }
    screen.keys('4', 'j', 'Enter');
    await screen.shows(/192\.0\.2\.11 {3}esc back[\s\S]*edge \(this node\)/);
    screen.keys('e');
    await screen.shows(/Explain ip\/192\.0\.2\.11: all steps hold/);
    screen.keys('Escape');
    await Bun.sleep(100);
    screen.keys('Escape', '?');
    await screen.shows('COMMANDS');
    screen.keys('Escape');
    await Bun.sleep(100);
    screen.keys('q');
    await expectRestored();
    expect(screen.text()).toContain('ended with 0');
  });

  test('a filter is judged while it is typed, counts, and is cleared by esc; keys in one piece are all taken', async () => {
    await start();
    screen.paste('4/svc:default/api');
    await screen.shows(/filter: svc:default\/api +.*valid/);
    await screen.shows('1 of 2');
    screen.paste(' -vpi:1');
    await screen.shows(/vpi/);
    await screen.shows(/× .*vip/);
    await screen.shows('1 of 2');
    screen.keys('C-u');
    screen.paste('api\r');
    await screen.shows('filter: api  1 of 2');
    screen.keys('Escape');
    await screen.shows(/VIPs \(2\)(?![\s\S]*filter: api)/);
  });

  test('frames are seen with their verdict; frozen, the screen stands still and says how many came', async () => {
    await start();
    screen.keys('5');
    await screen.shows('[5 Traffic]');
    await client.whoHas('192.0.2.10');
    await screen.shows(/who +192\.0\.2\.10 .*answered/);
    await screen.shows(/is-at +192\.0\.2\.10 .*ours/);
    screen.keys('p');
    await screen.shows('FROZEN');
    const still = screen.lines().filter((line) => /is-at|who /.test(line));
    await client.whoHas('192.0.2.11');
    await screen.shows(/\+\d+/);
    expect(screen.lines().filter((line) => /is-at|who /.test(line))).toEqual(still);
    screen.keys('p');
    await screen.shows(/who +192\.0\.2\.11 .*answered/);
  });

  test('down to 40x12 and back, and too small is said', async () => {
    await start();
    const sizes = [
      [80, 24],
      [40, 12],
      [39, 11],
      [40, 12],
      [200, 60],
      [120, 35],
    ] as const;
    for (const [columns, rows] of sizes) {
      screen.resize(columns, rows);
      if (columns < 40) await screen.shows(`too small: ${columns}x${rows}, need 40x12`);
      else await screen.shows(/192\.0\.2\.10 [\s\S]*here[\s\S]*\? help/);
      expect(screen.lines()).toHaveLength(rows);
      for (const line of screen.lines()) expect(Bun.stringWidth(line)).toBeLessThanOrEqual(columns);
    }
    await screen.shows(/┌─ Problems[\s\S]*┌─ Who answers now[\s\S]*┌─ Events/);
  });

  test('the daemon is killed and started again under it: stale is said with its cause, then it is live again', async () => {
    await start();
    await box.crash();
    await screen.shows('No daemon listens on');
    await screen.shows(/STALE \d+s/);
    screen.keys('Escape');
    await screen.shows(/Not live[\s\S]*/);
    await screen.shows(/192\.0\.2\.10 .*here/);
    await box.start();
    await screen.shows(/LIVE/);
    await screen.shows('connected again');
  });

  test('a change of the configuration is seen without a key', async () => {
    await start();
    box.write('more.yaml', service('third'));
    await box.reload();
    await screen.shows(/192\.0\.2\.12 .*default\/third .*here/);
    box.remove('more.yaml');
    await box.reload();
    await screen.shows(/VIPs 2 /);
  });

  test('with --rw an address is announced again once it was typed; without, nothing can be done', async () => {
    await start();
    screen.keys('4');
    await screen.shows('[4 Leaders]');
    screen.keys('!');
    await screen.shows('Looking only');
    screen.close();
    screen = new TmuxScreen('ll-ui', 120, 35);
    screen.type(`${binary} ui --rw --socket ${box.socket}; echo "ended with $?"`);
    await screen.shows(/LIVE[\s\S]*READ-WRITE/);
    screen.keys('4', '!');
    await screen.shows('lanlord announce 192.0.2.10');
    screen.keys('Enter');
    screen.paste('192.0.2.11\r');
    await screen.shows('not 192.0.2.10');
    screen.keys('C-u');
    screen.paste('192.0.2.10\r');
    await screen.shows('192.0.2.10 is announced again on eth0');
    screen.keys('7');
    await screen.shows(/announce/);
  });

  test.each(['TERM', 'HUP', 'INT', 'QUIT'])('SIG%s leaves the terminal as it was', async (signal) => {
    await start();
    process.kill(pidOf(), `SIG${signal}`);
    await expectRestored();
  });

  test('ctrl-c asks once, the second one leaves', async () => {
    await start(80, 24);
    screen.keys('C-c');
    await screen.shows('ctrl-c again');
    screen.keys('C-c');
    await expectRestored();
  });

  test.each(['throw', 'reject'])(
    'an error inside it (%s) leaves the terminal as it was, and is told there',
    async (how) => {
      screen = new TmuxScreen('ll-ui', 100, 30);
      const preload = join(import.meta.dir, '../support/fault-after-start.ts');
      const program = join(import.meta.dir, '../../src/main.ts');
      screen.type(
        `FAULT=${how} ${process.execPath} --preload ${preload} ${program} ui --socket ${box.socket}; echo "ended with $?"`,
      );
      await screen.shows('LIVE');
      await expectRestored();
      expect(screen.text()).toContain('ended with 70');
      expect(screen.text()).toContain('lanlord: internal error: a fault that was asked for');
    },
  );

  test('ctrl-z gives the shell its terminal, fg takes it back', async () => {
    await start();
    screen.keys('C-z');
    await screen.shows('Stopped');
    expect(screen.modes()).toBe(usual);
    screen.type('fg');
    await screen.shows(/LIVE[\s\S]*Who answers now/);
    expect(screen.modes()).toBe('alternate=1 cursor=0 mouse=0');
  });

  test('under CI=1 it is the same interface', async () => {
    await start(80, 24, 'CI=1');
    screen.keys('7');
    await screen.shows('[7 Events]');
  });

  test('TERM=dumb, no terminal and an unknown theme are refused in one line', async () => {
    screen = new TmuxScreen('ll-ui', 80, 24);
    screen.type(`TERM=dumb ${binary} ui --socket ${box.socket}; echo "ended with $?"`);
    await screen.shows(/terminal cannot address the cursor \(TERM=dumb\)[\s\S]*ended with 2/);
    screen.type(`clear; ${binary} ui --socket ${box.socket} </dev/null; echo "ended with $?"`);
    await screen.shows(/no terminal[\s\S]*ended with 2/);
    screen.type(`clear; ${binary} ui --theme pink; echo "ended with $?"`);
    await screen.shows(/unknown theme "pink"[\s\S]*ended with 2/);
  });

  test('NO_COLOR: no color is sent; ASCII alone is sent where the locale is no UTF-8', async () => {
    await start(80, 24, 'NO_COLOR=1 LC_ALL=C');
    expect(screen.text()).toMatch(/^[\x20-\x7e\n]*$/);
    await screen.shows(/PROBLEMS[ 0-9A-Za-z]*-----/);
  });

  test('lanlord alone is the interface on a terminal, and status elsewhere', async () => {
    screen = new TmuxScreen('ll-ui', 80, 24);
    screen.type(`LANLORD_SOCKET=${box.socket} ${binary}; echo "ended with $?"`);
    await screen.shows('LIVE');
    screen.keys('q');
    await screen.shows('ended with 0');
    screen.type(`clear; LANLORD_SOCKET=${box.socket} ${binary} | cat`);
    await screen.shows(/edge {2}[A-Z]+ .*lanlord/);
  });

  describe('run --ui', () => {
    async function startBoth(): Promise<void> {
      const place = new Box(
        lab,
        lab.addHost(`own${Math.floor(performance.now())}`, ['192.0.2.3/24'], '02:00:00:00:00:03'),
      );
      own.push(place);
      const addresses = pool('p', '192.0.2.20', '192.0.2.22');
      place.write('all.yaml', documents(addresses, service('web'), policy('lan'), settings));
      screen = new TmuxScreen('ll-ui', 100, 30);
      const command = `${binary} run --ui -c ${place.config} --node own --socket ${place.socket} --state ${place.state}`;
      screen.type(`ip netns exec ${place.host.namespace} ${command}; echo "ended with $?"`);
      await screen.shows(/LIVE[\s\S]*192\.0\.2\.20 .*here/);
    }
    const own: Box[] = [];
    const answering = async () => (await client.whoHas('192.0.2.20')).length > 0;
    afterEach(async () => {
      for (const place of own.splice(0)) await place.close();
    });

    test('starts a daemon and shows it; leaving asks once, then stops it, and nobody answers any more', async () => {
      await startBoth();
      expect(await answering()).toBe(true);
      screen.keys('q');
      await screen.shows('Stop the daemon and leave? y/n');
      screen.keys('n');
      await screen.shows('Stays.');
      expect(await answering()).toBe(true);
      screen.keys('q', 'y');
      await screen.shows('ended with 0');
      expect(screen.modes()).toBe(usual);
      expect(await answering()).toBe(false);
      expect(readFileSync(join(own[0]?.state ?? '', 'daemon.log'), 'utf8')).toContain('lanlord ready node=own');
    });

    test('ctrl-z stops the interface alone: the answers go on', async () => {
      await startBoth();
      screen.keys('C-z');
      await screen.shows('Stopped');
      expect(await answering()).toBe(true);
      screen.type('fg');
      await screen.shows('LIVE');
      screen.keys('q', 'y');
      await screen.shows(/stopping the daemon\nshell>/);
    });

    test('a configuration that cannot be used is told in place of a screen', async () => {
      screen = new TmuxScreen('ll-ui', 100, 30);
      const place = join(box.folder, 'nothing');
      screen.type(
        `${binary} run --ui --strict-config -c ${place} --socket ${place}.sock --state ${place}; echo "ended with $?"`,
      );
      await screen.shows(/nothing[\s\S]*ended with 1/);
      expect(screen.modes()).toBe(usual);
    });
  });
});
