// Every command that goes on, of the compiled binary: what it writes, how it ends, and what it says when the daemon goes away.
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Lab, type LabHost } from '#cli/lab.ts';
import { Asker } from '../support/asker.ts';
import { Box, binary, whySkipped } from '../support/box.ts';
import { cable, ipIn } from '../support/cable.ts';
import { documents, nodeConfig, policy, pool, service } from '../support/manifests.ts';
import { Watching } from '../support/watching.ts';

const skipped = whySkipped('tcpdump', 'curl');
if (skipped !== '') console.log(`streams${skipped}`);

setDefaultTimeout(120_000);

const kinds = ['pools', 'ips', 'services', 'leaders', 'announcements', 'policies', 'nodes', 'interfaces', 'problems'];
const kindWatches = kinds.map((kind) => ['get', kind, '-w']);
const watches = [
  ...kindWatches,
  ['get', 'events', '-w'],
  ['show', 'l2-announce', '-w'],
  ['config', 'history', '-w'],
  ['events', '--watch'],
  ['history', '-w'],
  ['traffic', '--watch'],
  ['status', '--watch'],
];
const lineWatches = watches.map((words) => [...words, '-o', 'jsonl']);
const otherWatches = [
  ['get', 'leaders', '-w'],
  ['get', 'services', '-w', '-o', 'wide'],
  ['events', '-w'],
  ['traffic', '-w', '-o', 'wide'],
  ['status', '-w', '--brief'],
  ['status', '-w', '-o', 'json'],
];
const client = { ip: '192.0.2.200', mac: '02:00:00:00:00:aa' };
const first = '192.0.2.10';

describe.skipIf(skipped !== '')(`streams${skipped}`, () => {
  let lab: Lab;
  let edge: LabHost;
  let box: Box;
  let arp: Asker;

  beforeAll(async () => {
    lab = new Lab(`ll-str${process.pid}`);
    edge = lab.addHost('edge', [], '02:00:00:00:01:01');
    const host = lab.addHost('client', [], '02:00:00:00:01:02');
    cable(lab, { host: edge, name: 'lan1', mac: '02:00:00:00:00:01' }, { host, name: 'lan0', mac: client.mac });
    ipIn(lab, edge, 'address', 'add', '192.0.2.1/24', 'dev', 'lan1');
    arp = new Asker({ namespace: host.namespace, interface: 'lan0', mac: client.mac }, client.ip);
    box = new Box(lab, edge);
    box.write('node.yaml', nodeConfig('{reload: {watch: false}, announce: {burst: [0ms, 100ms], refresh: 24h}}'));
    box.write('lan.yaml', documents(pool('blue', first, '192.0.2.12'), policy('lan', { interfaces: ['^lan1$'] })));
    // Three have an address, the fourth is pending.
    box.write('services.yaml', documents(...['a', 'b', 'c', 'd'].map((name) => service(name))));
    await box.start();
    await box.within(20_000, async () => (await arp.answersNow(first)).length > 0);
  });
  afterAll(async () => {
    arp?.close();
    await box?.close();
    lab?.close();
  });

  /** A shell that has the binary as $L, the socket in its environment. */
  const shell = (script: string) =>
    lab.exec(edge, ['env', `L=${binary}`, `LANLORD_SOCKET=${box.socket}`, 'bash', '-c', script]);

  /** Fields that nobody counts up meanwhile. */
  const named = (text: string) =>
    text
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line))
      .map((item) => Object.values(item).slice(0, 3));

  for (const kind of [...kinds, 'events', 'history', 'traffic']) {
    test(`${kind}: -o json and jsonl are read back by --input-file - with what each filter gives`, async () => {
      const command = kinds.includes(kind) ? `get ${kind}` : kind;
      // Broadcasts of the lab itself would come between the two.
      const limit = kind === 'traffic' ? '--limit 5' : '';
      const kept = join(box.folder, `kept-${kind}`);
      const filters = [
        '',
        `vip:${first}`,
        `-vip:${first}`,
        'lan1 or blue',
        'age<10m',
        'state:pending | sev>=info',
        'zzz',
      ];
      const asked = filters.map(
        (filter) => `$L ${command} --input-file ${kept}.jsonl -o jsonl --filter '${filter}'; echo --`,
      );
      const whole = filters.map(
        (filter) => `$L ${command} --input-file - -o jsonl --filter '${filter}' < ${kept}.json; echo --`,
      );
      await shell(`$L ${command} ${limit} -o json > ${kept}.json; $L ${command} ${limit} -o jsonl > ${kept}.jsonl`);
      const [fromLines, fromList] = await Promise.all([shell(asked.join('\n')), shell(whole.join('\n'))]);
      const parts = (text: string) => text.split('--\n').map((part) => named(part));
      expect(parts(fromLines.stdout)).toEqual(parts(fromList.stdout));
      const live = filters.map((filter) => `$L ${command} -o jsonl --filter '${filter}'; echo --`);
      const now = parts((await shell(live.join('\n'))).stdout);
      if (kind !== 'traffic') expect(parts(fromLines.stdout)).toEqual(now);
      expect(now[0]?.length ?? 0).toBeGreaterThan(0);
      expect(now[6]).toEqual([]);
    });
  }

  test('one JSON object per line, which --input-file - reads back as the list that is there now', async () => {
    for (const words of kindWatches) {
      const watching = await new Watching(box, [...words, '-o', 'jsonl']).begun();
      await Bun.sleep(300);
      expect(await watching.end()).toEqual({ code: 130, signal: null });
      for (const line of watching.objects) expect(Object.keys(line)).toEqual(['type', 'object']);
      const file = join(box.folder, 'watched.jsonl');
      writeFileSync(file, watching.stdout);
      const list = words.slice(0, 2).join(' ');
      const read = await shell(`$L ${list} --input-file - -o jsonl < ${file}; echo; $L ${list} -o jsonl`);
      const [kept = '', now = ''] = read.stdout.split('\n\n');
      expect([list, named(kept).sort()]).toEqual([list, named(now).sort()]);
    }
    const traffic = await new Watching(box, ['traffic', '--watch', '-o', 'jsonl', '--filter', `vip:${first}`]).begun();
    const before = traffic.lines.length;
    await arp.replyTo(first, [arp.request(first)]);
    await traffic.until(({ lines }) => lines.length >= before + 2, 'the question and its answer');
    await traffic.end();
    writeFileSync(join(box.folder, 'frames.jsonl'), traffic.stdout);
    const read = await shell(`$L traffic --input-file ${join(box.folder, 'frames.jsonl')} -o jsonl`);
    expect(read.stdout).toBe(traffic.stdout);
  });

  test('a form that cannot be watched is refused with the one that can; a file and a watch exclude each other', async () => {
    for (const words of ['get leaders -w -o json', 'events -w -o yaml', 'history -w -o json', 'traffic -w -o json']) {
      const { code, stdout, stderr } = await box.lanlord(...words.split(' '));
      expect([code, stdout]).toEqual([2, '']);
      expect(stderr).toContain('-o jsonl');
    }
    for (const words of ['get leaders', 'events', 'history', 'traffic']) {
      const { code, stderr } = await box.lanlord(...words.split(' '), '-w', '--input-file', '-');
      expect([code, stderr]).toEqual([2, expect.stringContaining('leave out')]);
    }
    const self = await shell('$L get leaders -o jsonl | $L get leaders --input-file - --filter leader:@self');
    expect(self).toMatchObject({ code: 2, stderr: expect.stringContaining('do not say whose they are') });
    expect((await shell('$L get leaders -o json | $L get leaders --input-file - --filter leader:@self')).code).toBe(0);
    expect((await shell('$L get leaders -w -o jsonl --filter leader:@self | head -1')).stdout).toContain('"ADDED"');
  });

  test('ctrl-c ends every watch with 130, SIGTERM as it ends any command, and neither says a word', async () => {
    const all = [...lineWatches, ...otherWatches];
    for (const name of ['SIGINT', 'SIGTERM'] as const) {
      const running = await Promise.all(all.map((words) => new Watching(box, words).begun()));
      const ends = await Promise.all(running.map((watching) => watching.end(name)));
      const expected = name === 'SIGINT' ? { code: 130, signal: null } : { code: null, signal: name };
      for (const [i, end] of ends.entries()) expect([all[i], end, running[i]?.stderr]).toEqual([all[i], expected, '']);
    }
  });

  test('a capture is whole after ctrl-c and after SIGTERM, and ends when nobody reads it', async () => {
    for (const name of ['SIGINT', 'SIGTERM'] as const) {
      const file = join(box.folder, `${name}.pcapng`);
      const watching = await new Watching(box, ['capture', '-w', file, '--filter', `vip:${first}`]).begun();
      await arp.replyTo(first, [arp.request(first)]);
      expect(await watching.end(name)).toEqual({ code: 0, signal: null });
      expect(watching.stderr).toContain('lanlord: 2 frames, 0 dropped');
      const dump = await lab.exec(edge, ['tcpdump', '-nn', '-r', file]);
      expect(dump.stdout.trim().split('\n')).toHaveLength(2);
    }
    // Nothing passes the wire meanwhile.
    const cut = await shell('timeout 20 $L capture -w - --filter vip:192.0.2.99 | head -c 8; echo " ${PIPESTATUS[0]}"');
    expect(cut.stdout.slice(-3)).toBe(' 0\n');
  });

  test('| head -1 ends every watch with 0, without a word', async () => {
    const all = [...lineWatches, ...otherWatches].map((words) => words.join(' '));
    const each = await Promise.all(
      all.map((words) =>
        shell(
          `$L ${words} 2>$LANLORD_SOCKET.$$ | head -1 >/dev/null; echo "\${PIPESTATUS[0]}"; cat $LANLORD_SOCKET.$$; rm $LANLORD_SOCKET.$$`,
        ),
      ),
    );
    for (const [i, { stdout }] of each.entries()) expect([all[i], stdout]).toEqual([all[i], '0\n']);
  });

  const invalid = [
    ['vpi:192.0.2.10', 0, 'did you mean vip'],
    ['state:here)', 10, 'remove it'],
    ['(vip:192.0.2.10', 0, 'is not closed'],
    ['age>abc', 4, 'such as 5ms'],
    ['vip:300.1.1.1', 4, 'is no address'],
    ['vip:', 4, 'a value is missing'],
    ['verdict:ignored or', 18, 'an expression is missing'],
    ['zork:1', 0, 'unknown field zork'],
  ] as const;
  const valid = [
    `vip:${first}`,
    `-vip:${first}`,
    `vip:${first} | vip:192.0.2.11`,
    `!(vip:${first} or mac:${client.mac})`,
    'vip:192.0.2.0/24 age<1h',
    'vip:192.0.2.10..192.0.2.12',
    'state:here,pending',
    'sev>=warn',
    'lat>5ms or verdict:ignored',
    'leader!=@self',
    'label.tier:fe',
    'op:who,garp -mac:02:*',
  ];
  const filtered = ['get leaders', 'get services -w', 'events', 'history -w', 'traffic', 'traffic --watch'];

  test('an expression that makes no sense is refused by every command with its place and a hint', async () => {
    const capture = `capture -w ${join(box.folder, 'f.pcapng')} --duration 100ms`;
    for (const words of [...filtered, capture]) {
      for (const [text, at, hint] of invalid) {
        const { code, stdout, stderr } = await box.lanlord(...words.split(' '), '--filter', text);
        const [message = '', shown, mark = ''] = stderr.split('\n');
        expect([words, text, code, stdout]).toEqual([words, text, 2, '']);
        expect([words, text, message]).toEqual([words, text, expect.stringContaining(hint)]);
        expect([shown, mark.indexOf('^')]).toEqual([`  ${text}`, 2 + at]);
      }
    }
  });

  test('the same expression is taken by every command', async () => {
    const capture = `capture -w ${join(box.folder, 'f.pcapng')} --duration 100ms`;
    for (const words of ['get leaders', 'events', 'history', 'traffic', capture]) {
      const each = await Promise.all(valid.map((text) => box.lanlord(...words.split(' '), '--filter', text)));
      for (const [i, { code, stderr }] of each.entries())
        expect([words, valid[i], code, code === 0 ? '' : stderr]).toEqual([words, valid[i], 0, '']);
    }
  });

  test('an idle daemon is heard by its heartbeat, and no watch says anything', async () => {
    const quiet = await Promise.all(lineWatches.map((words) => new Watching(box, words).begun()));
    const raw = await shell(`curl -sN --max-time 7 --unix-socket ${box.socket} 'http://x/v1/stream?kinds=pools'`);
    const lines = raw.stdout
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line));
    expect(lines.filter(({ type }) => type === 'HEARTBEAT').length).toBeGreaterThanOrEqual(2);
    expect(lines[0]).toMatchObject({ type: 'HELLO', apiVersion: 'lanlord.dev/v1', heartbeatSeconds: 2, pid: box.pid });
    // Longer than the silence that ends a stream.
    const ends = await Promise.all(quiet.map((watching) => watching.end()));
    for (const end of ends) expect(end.code).toBe(130);
    for (const { objects } of quiet) for (const line of objects) expect(line['type']).not.toBe('HEARTBEAT');
  });

  test('a command that was stopped for longer than the daemon may be silent goes on where it was', async () => {
    const all = [...kindWatches.slice(0, 4), ['events', '-w'], ['status', '-w'], ['traffic', '-w']];
    const running = await Promise.all(all.map((words) => new Watching(box, [...words, '-o', 'jsonl']).begun()));
    for (const watching of running) watching.signal('SIGSTOP');
    await Bun.sleep(8000);
    box.write('services.yaml', documents(...['a', 'b', 'c', 'd', 'later'].map((name) => service(name))));
    await box.reload();
    for (const watching of running) watching.signal('SIGCONT');
    const services = running[2];
    await services?.until(({ stdout }) => stdout.includes('"name":"later"'), 'what changed meanwhile');
    await Bun.sleep(1000);
    for (const [i, watching] of running.entries()) {
      expect([all[i], await watching.end(), watching.stderr]).toEqual([all[i], { code: 130, signal: null }, '']);
    }
  });

  test('a daemon that is stopped is told from one that is silent: 6, also for one answer', async () => {
    const running = await Promise.all(lineWatches.map((words) => new Watching(box, words).begun()));
    box.signal('SIGSTOP');
    const ends = await Promise.all(running.map(({ ended }) => ended));
    box.signal('SIGCONT');
    for (const [i, { code }] of ends.entries()) expect([lineWatches[i], code]).toEqual([lineWatches[i], 6]);
    for (const { stderr } of running)
      expect(stderr).toMatch(/^lanlord: The daemon on .* did not answer within \d+ s\n$/);
  });

  test('kill -9 and a start under every watch: whole lines, one sentence, 3; a capture goes on', async () => {
    const stream = (then = '') =>
      shell(`curl -sN --max-time 1 --unix-socket ${box.socket} 'http://x/v1/stream?kinds=leaders,events' ${then}`);
    const hello = async () => JSON.parse((await stream()).stdout.split('\n')[0] ?? '');
    const before = await hello();
    const all = [...lineWatches, ...otherWatches];
    const running = await Promise.all(all.map((words) => new Watching(box, words).begun()));
    const file = join(box.folder, 'over.pcapng');
    const capture = await new Watching(box, ['capture', '-w', file, '--filter', `vip:${first} op:who dir:in`]).begun();
    await arp.replyTo(first, [arp.request(first)]);
    await box.crash();
    await box.start();
    const ends = await Promise.all(running.map(({ ended }) => ended));
    for (const [i, end] of ends.entries()) {
      const watching = running[i];
      expect([all[i], end]).toEqual([all[i], { code: 3, signal: null }]);
      expect([all[i], watching?.stderr]).toEqual([all[i], expect.stringMatching(/^lanlord: .*daemon.*\n$/i)]);
      expect(watching?.stderr).not.toMatch(/ECONN|undefined|Error/);
      expect(watching?.stdout.endsWith('\n')).toBe(true);
      if (i < lineWatches.length) for (const line of watching?.objects ?? []) expect(line).toBeObject();
    }
    // Revisions are those of one daemon: another one says so in its first line.
    const after = await hello();
    expect(after.startedAt).not.toBe(before.startedAt);
    expect(after.pid).not.toBe(before.pid);
    const told = (await stream()).stdout
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line));
    const revisions = told.map(({ revision }) => revision);
    expect(revisions).toEqual([...revisions].sort((a, b) => a - b));
    // Who answers has not changed, and the journal knows of both starts.
    const events = await box.get('events');
    expect(events.filter(({ kind }) => kind === 'daemon.started')).toHaveLength(2);
    await box.within(20_000, async () => (await arp.answersNow(first)).length > 0);
    expect(await capture.end()).toEqual({ code: 0, signal: null });
    const dump = await lab.exec(edge, ['tcpdump', '-nn', '-r', file]);
    expect(dump.stdout.match(/who-has/g)?.length ?? 0).toBeGreaterThanOrEqual(2);
  });

  test('without a daemon every watch ends with 3 at once, with what to do', async () => {
    await box.stop();
    const all = [...lineWatches, ...otherWatches];
    const running = all.map((words) => new Watching(box, words));
    const ends = await Promise.all(running.map(({ ended }) => ended));
    for (const [i, { code }] of ends.entries()) expect([all[i], code]).toEqual([all[i], 3]);
    for (const { stdout, stderr } of running)
      expect([stdout, stderr]).toEqual(['', expect.stringContaining('systemctl start lanlord')]);
    await box.start();
  });
});
