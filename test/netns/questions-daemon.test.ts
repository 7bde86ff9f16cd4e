// What somebody asks at three in the morning about the configuration, the pools and the daemon itself: each situation is set
// up, and the answer is read from the JSON of the one command that is for it, and from the screen where there is one.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Lab, type LabHost } from '#cli/lab.ts';
import type { DoctorAnswer } from '#control/doctor-answer.ts';
import type { Items, PlanAnswer, StatusAnswer } from '#control/protocol.ts';
import { Box, binary, patience, whySkipped } from '../support/box.ts';
import { documents, nodeConfig, policy, pool, service } from '../support/manifests.ts';
import { screenShows } from '../support/ui-look.ts';

const skipped = whySkipped('curl', 'tmux');
if (skipped !== '') console.log(`questions about the daemon${skipped}`);

const [ten, nineteen] = ['192.0.2.10', '192.0.2.19'];
/** A terminal and a program start for each look at a screen. */
setDefaultTimeout(60_000);

describe.skipIf(skipped !== '')(`questions about the daemon${skipped}`, () => {
  let lab: Lab;
  let edge: LabHost;
  let box: Box;

  beforeAll(() => {
    lab = new Lab(`ll-qd${process.pid}`);
    edge = lab.addHost('edge-1', ['192.0.2.1/24'], '02:00:00:00:52:01');
  });
  beforeEach(async () => {
    box = new Box(lab, edge);
    box.write('node.yaml', nodeConfig('{announce: {burst: [0ms], refresh: 10m}, reload: {watch: false}}'));
    box.write('pool.yaml', pool('blue', ten, nineteen));
    box.write('policy.yaml', policy('lan'));
    box.write('services.yaml', documents(...[...Array(9).keys()].map((i) => service(`s${i}`))));
    await box.start();
  });
  afterEach(() => box?.close());
  afterAll(() => lab?.close());

  /** The user interface on the box itself, for what it finds out there. */
  const onBox = () => ({ before: `ip netns exec ${edge.namespace}` });

  async function ask<T>(...args: readonly string[]): Promise<{ readonly code: number; readonly answer: T }> {
    const { code, stdout, stderr } = await box.lanlord(...args, '-o', 'json');
    if (stdout === '') throw new Error(`${args.join(' ')}: ${stderr}`);
    return { code, answer: JSON.parse(stdout) };
  }
  const items = async <K extends keyof Items>(...args: readonly string[]) =>
    (await ask<{ items: readonly Items[K][] }>(...args)).answer.items;

  test('14: which pools are nearly full?', async () => {
    expect(await items<'pools'>('get', 'pools')).toMatchObject([
      { name: 'blue', total: '10', used: '9', available: '1' },
    ]);
    expect(await items<'problems'>('get', 'problems', '--filter', 'code:POOL')).toMatchObject([
      { object: 'pool/blue', severity: 'warning' },
    ]);
    expect((await box.lanlord('get', 'pools')).stdout).toMatch(/blue .* 9\/10 +90 +1 +nearly full/);
    await screenShows(box, ['2'], /blue .* 9\/10 .* 90 +1 .*nearly full/);
  });

  test('17: do two pools overlap, and which one stopped handing out?', async () => {
    box.write('zz-other.yaml', pool('red', nineteen, '192.0.2.30'));
    // check asks no daemon and knows no socket.
    const { code, stdout } = await lab.exec(edge, [binary, 'check', box.config, '-o', 'json']);
    expect(code).toBe(1);
    expect(JSON.parse(stdout).problems).toMatchObject([{ code: 'LL-CFG-031' }]);
    await box.reload();
    const conflicting = (await items<'pools'>('get', 'pools', '--filter', 'state:conflict')).map(({ name }) => name);
    expect(conflicting).toEqual(['red']);
    expect(await items<'problems'>('get', 'problems', '--filter', 'code:OVERLAP')).toMatchObject([
      { object: 'pool/red' },
    ]);
    expect((await box.lanlord('get', 'pools')).stdout).toMatch(/red .* 0 +conflict/);
    await screenShows(box, ['2'], /red .* 0 +‼ conflict/);
  });

  test('18: what would change if this pool were edited?', async () => {
    box.write('pool.yaml', pool('blue', ten, '192.0.2.14'));
    const { code, answer } = await ask<PlanAnswer>('plan');
    expect(code).toBe(1);
    expect(answer.changes.filter(({ impact }) => impact === 'outage')).toHaveLength(4);
    expect(answer.objects).toMatchObject([{ change: 'changed', name: 'blue' }]);
    expect((await items<'pools'>('get', 'pools'))[0]?.total).toBe('10');
    const lost = answer.changes.find(({ impact }) => impact === 'outage');
    await screenShows(
      box,
      ['6'],
      new RegExp(
        `Plan ${box.config} → running #1 .*4 VIPs lose their answer[\\s\\S]*~ changed +CiliumLoadBalancerIPPool/blue` +
          `[\\s\\S]*stop +"${nineteen}" → "192\\.0\\.2\\.14"[\\s\\S]*‼ OUTAGE +${lost?.ip} +${lost?.service}`,
      ),
      { columns: 180, rows: 50 },
    );
    // Other files, which the daemon does not know of.
    const other = join(box.folder, 'other.yaml');
    writeFileSync(other, documents(pool('blue', ten, nineteen), policy('lan'), service('s0')));
    await screenShows(box, [':', `plan ${other}`, 'Enter'], /- removed +Service\/default\/s1/);
    // Applied, there is nothing left to change.
    await box.reload();
    expect((await ask<PlanAnswer>('plan')).code).toBe(0);
    await screenShows(box, [':', 'plan', 'Enter'], 'No changes: generation 2 runs them.');
  });

  test('19: which generation runs, loaded when, by whom, from where?', async () => {
    const before = await box.status();
    expect(before).toMatchObject({ generation: 1, configValid: true, paths: [box.config] });
    box.write('more.yaml', service('more'));
    await box.reload();
    const history = await items<'generations'>('config', 'history');
    expect(history.map(({ event, generation }) => `${event} ${generation}`)).toEqual(['started 1', 'applied 2']);
    expect(history[1]).toMatchObject({ by: 'root', uid: 0, cause: 'lanlord reload', paths: box.config, errors: 0 });
    expect(Math.abs(Date.parse(history[1]?.time ?? '') - Date.now())).toBeLessThan(60_000);
    expect(history[0]).toMatchObject({ by: null, cause: 'start' });
    expect((await box.status()).generation).toBe(2);
    expect((await box.lanlord('plan')).code).toBe(0);
    await screenShows(box, [], 'config #2 ok');
    await screenShows(box, ['7', '/', 'kind:config', 'Enter'], /config\.applied .*lanlord reload by root/);
  });

  test('19: a reload by another user, who may act but is not root, is kept under that user', async () => {
    if (Bun.which('setpriv') === null) return void console.log('not run: setpriv is missing');
    const admin = (await box.status()).adminSocket;
    await lab.exec(edge, ['chmod', '666', admin, box.socket]);
    await lab.exec(edge, ['chmod', '755', box.folder]);
    box.write('more.yaml', service('more'));
    const curl = ['curl', '-sS', '-X', 'POST', '--unix-socket', admin, 'http://lanlord/v1/reload'];
    const { code } = await lab.exec(edge, [
      'setpriv',
      '--reuid',
      '12345',
      '--regid',
      '12345',
      '--clear-groups',
      ...curl,
    ]);
    expect(code).toBe(0);
    const applied = (await items<'generations'>('config', 'history')).at(-1);
    expect(applied).toMatchObject({ event: 'applied', uid: 12_345, by: 'uid 12345' });
    expect(await items<'events'>('events', '--filter', 'kind:config')).toMatchObject([
      { message: expect.stringContaining('by uid 12345') },
    ]);
  });

  test('20: did the last reload fail, and where exactly?', async () => {
    box.write('pool.yaml', pool('blue', ten, nineteen).replace('blocks', 'blockz'));
    expect((await box.lanlord('reload')).code).toBe(1);
    const { code, answer } = await ask<StatusAnswer>('status');
    expect(code).toBe(1);
    expect(answer).toMatchObject({ generation: 1, configValid: false });
    const [stale] = answer.problems.filter((problem) => problem.code === 'STALE-CFG');
    expect(stale?.message).toStartWith(`${join(box.config, 'pool.yaml')}:6:`);
    const checked = await lab.exec(edge, [binary, 'check', box.config, '-o', 'json']);
    expect(checked.code).toBe(1);
    expect(JSON.parse(checked.stdout).problems).toMatchObject([{ file: join(box.config, 'pool.yaml'), line: 6 }]);
    expect((await items<'generations'>('config', 'history')).at(-1)).toMatchObject({
      event: 'refused',
      generation: 1,
      by: 'root',
      errors: 1,
    });
    expect(await items<'leaders'>('get', 'leaders', '--filter', 'state:here')).toHaveLength(9);
    await screenShows(box, [], /config #1 STALE[\s\S]*CRIT +STALE-CFG .*pool\.yaml:6:/, { columns: 220, rows: 50 });
    await screenShows(
      box,
      ['6'],
      /Plan .*nothing would be applied[\s\S]*× error .*blockz.* pool\.yaml:6[\s\S]*= .*blocks/,
    );
  });

  const checks = async () => (await ask<DoctorAnswer>('doctor')).answer.checks;

  test('25: is the daemon running, with which privileges?', async () => {
    expect(await ask<StatusAnswer>('status')).toMatchObject({ code: 0, answer: { state: 'degraded', pid: box.pid } });
    const privileges = (await checks()).find(({ code }) => code === 'LL-DOC-003');
    expect(privileges).toMatchObject({ result: 'ok', message: expect.stringMatching(/CAP_NET_RAW .*for the daemon/) });
    await screenShows(box, [], /capture • eth0/);
    await screenShows(box, ['d'], /√ .*CAP_NET_RAW effective for the daemon[\s\S]*The daemon runs: pid \d+/, onBox());
    await box.stop();
    expect((await box.lanlord('status')).code).toBe(3);
    expect((await checks()).find(({ code }) => code === 'LL-DOC-030')?.result).toBe('warning');
    await screenShows(box, ['d'], /▲ No daemon [\s\S]*LL-DOC-030/, { begins: 'NOT CONNECTED', ...onBox() });
  });

  test('26: are kernel settings in our way?', async () => {
    const found = async () =>
      (await checks()).filter((one) => one.message.includes('proxy_arp') && one.result !== 'ok');
    expect(await found()).toEqual([]);
    // Where the daemon is not, other interfaces would be examined.
    await screenShows(box, ['d'], /× Other interfaces than the daemon's were examined.*[\s\S]*lanlord doctor/);
    await screenShows(box, ['d'], /Doctor 0 failures[\s\S]*√ eth0: proxy_arp and proxy_ndp are off/, onBox());
    await lab.exec(edge, ['sysctl', '-qw', 'net.ipv4.conf.eth0.proxy_arp=1']);
    expect(await found()).toMatchObject([
      { code: 'LL-DOC-021', result: 'failure', fix: expect.stringContaining('sysctl') },
    ]);
    await screenShows(
      box,
      ['d'],
      /Doctor 1 failure[\s\S]*× net\.ipv4\.conf\.eth0\.proxy_arp is on.*LL-DOC-021[\s\S]*fix: sysctl -w/,
      onBox(),
    );
    await lab.exec(edge, ['sysctl', '-qw', 'net.ipv4.conf.eth0.proxy_arp=0']);
  });

  test('33: one line for the monitoring system, and the same as metrics', async () => {
    const { code, stdout } = await box.lanlord('status', '--brief');
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^DEGRADED node=edge-1 crit=0 warn=\d+ vips=9 here=9 nobody=0 dup=0 config=1\/ok capture=ok\n$/,
    );
    box.write('node.yaml', nodeConfig('{metrics: {listen: "127.0.0.1:9417"}, reload: {watch: false}}'));
    await box.reload();
    const fetched = await lab.exec(edge, ['curl', '-sS', 'http://127.0.0.1:9417/metrics']);
    expect(fetched.stdout).toContain('lanlord_vips{state="here"} 9\n');
    expect(fetched.stdout).toContain('lanlord_config_generation 2\n');
    expect(fetched.stdout).toContain('lanlord_config_reloads_total{result="applied"} 1\n');
    const onSocket = await lab.exec(edge, ['curl', '-sS', '--unix-socket', box.socket, 'http://lanlord/metrics']);
    expect(onSocket.stdout).toContain('lanlord_pool_used_addresses{pool="blue"} 9\n');
  });

  test('a watch tells what changes while it happens, and ends when the daemon does', async () => {
    const out = join(box.folder, 'watch.jsonl');
    writeFileSync(out, '');
    const watching = lab.exec(edge, ['sh', '-c', `${binary} get services -w -o jsonl --socket ${box.socket} > ${out}`]);
    const lines = async () =>
      (await Bun.file(out).text())
        .trim()
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as { type: string; object: Items['services'] });
    expect(await box.within(patience, async () => (await lines()).length === 9)).toBe(true);
    box.write('services.yaml', documents(service('s0'), service('new')));
    await box.reload();
    expect(await box.within(patience, async () => (await lines()).length === 18)).toBe(true);
    const told = (await lines()).slice(9);
    expect(told.filter(({ type }) => type === 'DELETED')).toHaveLength(8);
    expect(told.find(({ type }) => type === 'ADDED')?.object).toMatchObject({ name: 'new', state: 'ready' });
    await box.stop();
    expect((await watching).code).toBe(3);
  });

  test('a watch whose reader has gone ends soon, also when nothing is to be told', async () => {
    const watches = [
      'events --watch',
      'history --watch',
      'status --watch',
      'config history --watch',
      'traffic --watch',
    ];
    const lists = ['services', 'pools', 'interfaces'].map((kind) => `get ${kind} -w`);
    const codes = watches.concat(lists).map(async (command) => {
      // The shell that tells the command's own exit code on stderr is not the one that `head` reads.
      const script = `( ${binary} ${command} --socket ${box.socket}; echo "$?" >&2 ) | head -1`;
      return [command, (await lab.exec(edge, ['timeout', '20', 'sh', '-c', script])).stderr.trim()];
    });
    const ended = await Promise.all(codes);
    expect(ended).toEqual(watches.concat(lists).map((command) => [command, '0']));
  });

  test('drain: nobody answers, everything says why, and undrain brings it back', async () => {
    const drained = await ask<{ rows: unknown[] }>('drain');
    expect(drained.code).toBe(0);
    expect(drained.answer.rows).toHaveLength(9);
    expect(await box.rows()).toEqual([]);
    expect(await items<'problems'>('get', 'problems', '--filter', 'code:DRAINED')).toHaveLength(1);
    expect((await box.lanlord('explain', `ip/${ten}`)).stdout).toContain('LL-ELECT-005');
    expect(await items<'nodes'>('get', 'nodes')).toMatchObject([{ state: 'draining' }]);
    expect((await ask('undrain')).code).toBe(0);
    expect(await box.within(patience, async () => (await box.rows()).length === 9)).toBe(true);
    expect(await items<'events'>('events', '--filter', 'kind:action')).toMatchObject([
      { kind: 'action.drain', fields: { by: 'root', uid: 0 } },
      { kind: 'action.undrain' },
    ]);
    expect(await ask('failover', ten, '--to', 'edge-2').catch(() => null)).toBeNull();
    expect((await box.lanlord('failover', ten)).code).toBe(5);
  });
});
