// The terminal interface as somebody in front of it sees it: the compiled binary in a terminal, a daemon behind it.
import { afterAll, afterEach, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { Asker } from '../support/asker.ts';
import { whySkipped } from '../support/box.ts';
import { service } from '../support/manifests.ts';
import { UiRoom } from '../support/ui-room.ts';

const skipped = whySkipped('tmux');
// The compiled program is started anew in every test, on machines that do other things, too.
setDefaultTimeout(90_000);

if (skipped !== '') console.log(`ui${skipped}`);

describe.skipIf(skipped !== '')(`ui${skipped}`, () => {
  let room: UiRoom;
  let client: Asker;

  beforeAll(async () => {
    room = new UiRoom('ui');
    client = new Asker(room.lab.addHost('client', [], '02:00:00:00:00:aa'), '192.0.2.200');
    await room.startDaemon();
  });
  afterEach(() => room?.closeScreen());
  afterAll(async () => {
    client?.close();
    await room?.close();
  });

  test('all seven screens, the page of an address, an explanation, help and quit', async () => {
    await room.start();
    await room.screen.shows(/Who answers now[\s\S]*192\.0\.2\.10 .*default\/\w+ .*here/);
    for (const [key, title] of [
      ['2', '[2 Pools]'],
      ['3', '[3 Services]'],
      ['4', '[4 Leaders]'],
      ['5', '[5 Traffic]'],
      ['6', '[6 Policies]'],
      ['7', '[7 Events]'],
    ] as const) {
      room.screen.keys(key);
      await room.screen.shows(title);
    }
    room.screen.keys('4', 'j', 'Enter');
    await room.screen.shows(/192\.0\.2\.11 {3}esc back[\s\S]*edge \(this node\)/);
    room.screen.keys('e');
    await room.screen.shows(/Explain ip\/192\.0\.2\.11: all steps hold/);
    room.screen.keys('Escape');
    await room.screen.shows(/^(?![\s\S]*Explain)[\s\S]*192\.0\.2\.11 {3}esc back/);
    room.screen.keys('Escape', '?');
    await room.screen.shows('COMMANDS');
    room.screen.keys('Escape');
    await room.screen.shows(/^(?![\s\S]*COMMANDS)[\s\S]*\[4 Leaders\]/);
    room.screen.keys('q');
    expect(await room.expectRestored()).toBe(0);
  });

  test('a filter is judged while it is typed, counts, and is cleared by esc; keys in one piece are all taken', async () => {
    await room.start();
    room.screen.paste('4/svc:default/api');
    await room.screen.shows(/filter: svc:default\/api +.*valid/);
    await room.screen.shows('1 of 2');
    room.screen.paste(' -vpi:1');
    await room.screen.shows(/vpi/);
    await room.screen.shows(/× .*vip/);
    await room.screen.shows('1 of 2');
    room.screen.keys('C-u');
    room.screen.paste('api\r');
    await room.screen.shows('filter: api  1 of 2');
    room.screen.keys('Escape');
    await room.screen.shows(/VIPs \(2\)(?![\s\S]*filter: api)/);
  });

  test('frames are seen with their verdict; frozen, the screen stands still and says how many came', async () => {
    await room.start();
    room.screen.keys('5');
    await room.screen.shows('[5 Traffic]');
    await client.whoHas('192.0.2.10');
    await room.screen.shows(/who +192\.0\.2\.10 .*answered/);
    await room.screen.shows(/is-at +192\.0\.2\.10 .*ours/);
    room.screen.keys('p');
    await room.screen.shows('FROZEN');
    const still = room.screen.lines().filter((line) => /is-at|who /.test(line));
    await client.whoHas('192.0.2.11');
    await room.screen.shows(/\+\d+/);
    expect(room.screen.lines().filter((line) => /is-at|who /.test(line))).toEqual(still);
    room.screen.keys('p');
    await room.screen.shows(/who +192\.0\.2\.11 .*answered/);
  });

  test('regression: pasted text, mouse reports, F-keys and prefixes of tmux and screen change nothing and do not leave', async () => {
    await room.start({ columns: 120, rows: 35 });
    room.screen.pasteMarked('q\nquit\n!\n192.0.2.10\n');
    await room.screen.shows('Pasted text is no key');
    const odd = [
      '\u001b[<0;10;10M',
      '\u001bOP',
      '\u001b[15~',
      '\u001b[1;5C',
      '\u001b[24;1R',
      '\u001b[?62;4c',
      '\u001b[I',
    ];
    for (const keys of [...odd, '\u0001\u0002\u0013\u0011', '日😀']) {
      room.screen.paste(keys);
      await Bun.sleep(100);
    }
    await room.screen.shows(/\[1 Overview\][\s\S]*read-only[\s\S]*Who answers now/);
    room.screen.keys('i');
    await room.screen.shows('who has');
    room.screen.pasteMarked('192.0.2.11\n');
    await room.screen.shows(/who has .*: 192\.0\.2\.11/);
    room.screen.keys('Enter');
    await room.screen.shows(/192\.0\.2\.11 {3}esc back/);
    room.screen.keys('Escape');
    await Bun.sleep(100);
    room.screen.keys('q');
    expect(await room.expectRestored()).toBe(0);
  });

  test('a problem that comes while somebody looks, a box, a MAC address: what enter, e and the last line say', async () => {
    await room.start({ columns: 120, rows: 35 });
    await room.screen.shows(/j\/k move {2}enter open .*\? help {2}q quit/);
    room.box.write('more.yaml', service('greedy', { ips: '192.0.2.200' }));
    await room.box.reload();
    await room.screen.shows(/What to do: lanlord explain svc\/default\/greedy/);
    room.screen.keys('e');
    await room.screen.shows(
      /greedy[\s\S]*Who answers now[\s\S]*192\.0\.2\.10 [\s\S]*Explain svc\/default\/greedy: 1 step fails/,
    );
    await room.screen.shows(/\^d \^u scroll/);
    room.screen.keys('Escape');
    room.box.remove('more.yaml');
    await room.box.reload();
    await room.screen.shows(/What to do: delivery: local/);
    room.screen.keys('4', 'Tab', 'Enter');
    await room.screen.shows(/node edge {3}esc back[\s\S]*this node[\s\S]*ANSWERS FOR 2/);
    room.screen.keys('Escape');
    await Bun.sleep(100);
    room.screen.paste(':mac 02:00:00:00:00:aa\r');
    await room.screen.shows(/filter: mac="02:00:00:00:00:aa"/);
  });

  test('down to 40x12 and back, and too small is said', async () => {
    await room.start();
    const sizes = [
      [80, 24],
      [40, 12],
      [39, 11],
      [40, 12],
      [200, 60],
      [120, 35],
    ] as const;
    for (const [columns, rows] of sizes) {
      room.screen.resize(columns, rows);
      if (columns < 40) await room.screen.shows(`too small: ${columns}x${rows}, need 40x12`);
      else await room.screen.shows(/192\.0\.2\.10 [\s\S]*here[\s\S]*\? help/);
      expect(room.screen.lines()).toHaveLength(rows);
      for (const line of room.screen.lines()) expect(Bun.stringWidth(line)).toBeLessThanOrEqual(columns);
    }
    await room.screen.shows(/┌─ Problems[\s\S]*┌─ Who answers now[\s\S]*┌─ Events/);
  });

  test('a change of the configuration is seen without a key', async () => {
    await room.start();
    room.box.write('more.yaml', service('third'));
    await room.box.reload();
    await room.screen.shows(/192\.0\.2\.12 .*default\/third .*here/);
    room.box.remove('more.yaml');
    await room.box.reload();
    await room.screen.shows(/VIPs 2 /);
  });

  test('with --rw an address is announced again once it was typed; without, nothing can be done', async () => {
    await room.start();
    room.screen.keys('4');
    await room.screen.shows('[4 Leaders]');
    room.screen.keys('!');
    await room.screen.shows('Looking only');
    room.open(120, 35);
    room.run(`${room.command} --rw`);
    await room.screen.shows(/LIVE[\s\S]*READ-WRITE/);
    room.screen.keys('4', '!');
    await room.screen.shows('lanlord announce 192.0.2.10');
    room.screen.keys('Enter');
    room.screen.paste('192.0.2.11\r');
    await room.screen.shows('not 192.0.2.10');
    room.screen.keys('C-u');
    room.screen.paste('192.0.2.10\r');
    await room.screen.shows('192.0.2.10 is announced again on eth0');
    room.screen.keys('7');
    await room.screen.shows(/announce/);
  });
});
