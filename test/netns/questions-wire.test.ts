// What somebody asks at three in the morning about addresses and frames: each situation is set up, and the answer is read
// from the JSON of the one command that is for it, and from the screen of the user interface that is for it.
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Lab, type LabHost } from '#cli/lab.ts';
import type { DoctorAnswer } from '#control/doctor-answer.ts';
import type { ExplainAnswer, Items, WhoHasAnswer } from '#control/protocol.ts';
import { Asker } from '../support/asker.ts';
import { Box, binary, patience, whySkipped } from '../support/box.ts';
import { documents, nodeConfig, policy, pool, service } from '../support/manifests.ts';
import { TmuxScreen } from '../support/tmux-screen.ts';
import { screenShows } from '../support/ui-look.ts';

const skipped = whySkipped('tmux');
if (skipped !== '') console.log(`questions about the wire${skipped}`);

/** Given by itself, asked for, asked for by a service that no policy selects. */
const [automatic, requested, silent] = ['192.0.2.10', '192.0.2.11', '192.0.2.12'];
const strangerMac = '02:00:00:00:51:bb';
/** A terminal and a program start for each look at a screen. */
setDefaultTimeout(60_000);

describe.skipIf(skipped !== '')(`questions about the wire${skipped}`, () => {
  let lab: Lab;
  let edge: LabHost;
  let stranger: LabHost;
  let client: Asker;
  let box: Box;

  beforeAll(async () => {
    lab = new Lab(`ll-qw${process.pid}`);
    edge = lab.addHost('edge-1', ['192.0.2.1/24'], '02:00:00:00:51:01');
    stranger = lab.addHost('stranger', ['192.0.2.3/24'], strangerMac);
    client = new Asker(lab.addHost('client', ['192.0.2.200/24'], '02:00:00:00:51:aa'), '192.0.2.200');
    box = new Box(lab, edge);
    box.write('node.yaml', nodeConfig('{announce: {burst: [0ms], refresh: 10m}, reload: {watch: false}}'));
    box.write('pool.yaml', pool('blue', automatic, '192.0.2.13'));
    box.write('policy.yaml', policy('lan', { color: 'blue' }));
    box.write(
      'services.yaml',
      documents(
        service('web', { color: 'blue', ips: requested }),
        service('api', { color: 'blue' }),
        // Asks for what web has, with another key: it cannot share.
        service('younger', { color: 'blue', ips: requested, sharingKey: 'x' }),
        service('quiet', { color: 'red', ips: silent }),
      ),
    );
    await box.start();
    await client.whoHas(requested);
  });
  afterAll(async () => {
    client?.close();
    await box?.close();
    lab?.close();
  });

  /** The user interface on the box itself, for what it finds out there. */
  const onBox = () => ({ before: `ip netns exec ${edge.namespace}` });

  async function ask<T>(...args: readonly string[]): Promise<{ readonly code: number; readonly answer: T }> {
    const { code, stdout, stderr } = await box.lanlord(...args, '-o', 'json');
    if (stdout === '') throw new Error(`${args.join(' ')}: ${stderr}`);
    return { code, answer: JSON.parse(stdout) };
  }
  const items = async <K extends keyof Items>(...args: readonly string[]) =>
    (await ask<{ items: readonly Items[K][] }>(...args)).answer.items;
  const failing = ({ steps }: ExplainAnswer) => steps.filter(({ result }) => result === 'fail');

  test('1: who answers, from which MAC, on which interface, since when?', async () => {
    const { code, answer } = await ask<WhoHasAnswer>('who-has', requested);
    expect(code).toBe(0);
    expect(answer.responders).toHaveLength(1);
    expect(answer.responders[0]).toMatchObject({ node: 'edge-1', mac: box.mac, interface: 'eth0', kind: 'self' });
    expect(Date.parse(answer.responders[0]?.since ?? '')).toBeLessThanOrEqual(Date.now());
    expect(answer).toMatchObject({ services: ['default/web'], pool: 'blue', policies: ['lan'] });
    await screenShows(
      box,
      ['i', requested, 'Enter'],
      new RegExp(`edge-1 \\(this node\\) {2}${box.mac} {2}eth0\n +since \\d+`),
    );
  });

  test('3: is it answered from the LAN’s point of view, and does nobody answer what nobody has?', async () => {
    const { code, answer } = await ask<WhoHasAnswer>('probe', silent);
    expect(code).toBe(1);
    expect(answer).toMatchObject({ probed: true, responders: [] });
    expect((await ask<WhoHasAnswer>('probe', '192.0.2.3')).answer.responders).toMatchObject([{ mac: strangerMac }]);
    await screenShows(box, ['i', silent, 'Enter', 'a'], 'The LAN was asked: 0 responders');
  });

  test('4: why is this service pending?', async () => {
    const { answer } = await ask<ExplainAnswer>('explain', 'svc/default/younger');
    expect(answer.ok).toBe(false);
    expect(failing(answer)[0]?.message).toContain(requested);
    expect(failing(answer)[0]?.code).toMatch(/^LL-IPAM-/);
    expect(await items<'problems'>('get', 'problems', '--filter', 'code:PEND')).toMatchObject([
      { object: 'svc/default/younger' },
    ]);
    await screenShows(box, ['3', '/', 'younger', 'Enter', 'e'], /Explain svc\/default\/younger[\s\S]*LL-IPAM-\d+/);
    await screenShows(box, [], /WARN +PEND +default\/younger/);
  });

  test('5: why did it get this address?', async () => {
    const { answer } = await ask<ExplainAnswer>('explain', `ip/${requested}`);
    expect(answer.ok).toBe(true);
    expect(answer.steps.map(({ message }) => message).join('\n')).toContain('default/web');
    expect(await items<'ips'>('get', 'ips', requested)).toMatchObject([
      { origin: 'requested', services: ['default/web'] },
    ]);
    expect(await items<'ips'>('get', 'ips', '--filter', 'svc:api')).toMatchObject([{ origin: 'auto' }]);
    await screenShows(box, ['i', requested, 'Enter'], /why this IP +asked for by the service/);
    await screenShows(box, ['i', automatic, 'Enter'], /why this IP +the lowest free one/);
  });

  test('6: who leads, and why does nobody answer this one?', async () => {
    expect((await ask<ExplainAnswer>('explain', `leader/${requested}`)).answer.ok).toBe(true);
    const { answer } = await ask<ExplainAnswer>('explain', `ip/${silent}`);
    expect(
      failing(answer)
        .map(({ message }) => message)
        .join(),
    ).toContain('lan');
    expect(await items<'leaders'>('get', 'leaders', '--filter', 'leader:@self')).toHaveLength(2);
    await screenShows(box, ['4', 'e'], /Explain ip\/192\.0\.2\.1[01]: all steps hold/);
  });

  test('11: is ARP flowing on eth0: requests in, answers out, drops?', async () => {
    const [before] = await items<'interfaces'>('get', 'interfaces', 'eth0');
    await client.whoHas(requested);
    await client.answersNow('192.0.2.77');
    const [after] = await items<'interfaces'>('get', 'interfaces', 'eth0');
    expect(after).toMatchObject({ capture: 'open', up: true, carrier: true });
    expect((after?.requests ?? 0) - (before?.requests ?? 0)).toBeGreaterThanOrEqual(2);
    expect((after?.answers ?? 0) - (before?.answers ?? 0)).toBeGreaterThanOrEqual(1);
    expect(after?.dropReasons['not_ours']).toBeGreaterThan(0);
    await screenShows(box, [], /ARP\/NDP last 60 s[\s\S]*requests[\s\S]*answers[\s\S]*ignored[\s\S]*kernel drops 0/);
  });

  test('12: do requests arrive that are ignored, and why?', async () => {
    await client.answersNow('192.0.2.78');
    const frames = await items<never>('traffic', '--filter', 'verdict:ignored vip:192.0.2.78');
    expect(frames.length).toBeGreaterThan(0);
    expect(JSON.stringify(frames[0])).toContain('192.0.2.78');
    await screenShows(box, ['5', '/', 'verdict:ignored vip:192.0.2.78', 'Enter'], /who +192\.0\.2\.78 .*not_ours/);
  });

  test('28: was it like this before?', async () => {
    const events = await items<'events'>('events', '--since', '2h', '--filter', `vip:${automatic}`);
    expect(events.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['leader.acquired']));
    expect(await items<'history'>('history', automatic, '--since', '1h')).toMatchObject([
      { ip: automatic, from: null, to: 'edge-1', gapSeconds: null },
    ]);
    expect(await items<'events'>('events', '--since', '2h', '--filter', 'vip:192.0.2.99')).toEqual([]);
    await screenShows(box, ['7', '/', `vip:${automatic}`, 'Enter'], new RegExp(`leader\\.acquired .*${automatic}`));
    await screenShows(box, ['i', automatic, 'Enter'], /HISTORY[\s\S]*nobody → edge-1/);
  });

  test('29: the packets for the vendor’s ticket', async () => {
    const file = join(box.folder, 'ticket.pcapng');
    const wanted = ['--duration', '2s', '--filter', `vip:${requested}`];
    expect((await box.capture(file, wanted, () => client.whoHas(requested))).code).toBe(0);
    const bytes = readFileSync(file);
    // The block type of a section header, and the address in it.
    expect(bytes.readUInt32LE(0)).toBe(0x0a0d0d0a);
    expect(bytes.includes(Buffer.from([192, 0, 2, 11]))).toBe(true);
  });

  test('29: and by a key on the Traffic screen, with its filter', async () => {
    const folder = join(box.folder, 'saved');
    mkdirSync(folder);
    const screen = new TmuxScreen('ll-look', 140, 40);
    try {
      screen.type(`cd ${folder} && ${onBox().before} ${binary} ui --socket ${box.socket}`);
      await screen.shows('LIVE', patience);
      screen.keys('5');
      screen.keys('/');
      await screen.shows('filter:', patience);
      screen.paste(`vip:${requested}`);
      screen.keys('Enter');
      screen.keys('x');
      // It has begun as soon as something is in the file.
      await screen.shows(/writing lanlord-packets-\S+\.pcapng, \d+ kB; x on Traffic ends it/, patience);
      await client.whoHas(requested);
      await client.whoHas(automatic);
      screen.keys('x');
      await screen.shows(/[1-9]\d* packets written: .*\.pcapng/, patience);
      screen.keys('q');
      await screen.shows('shell>', patience);
    } finally {
      screen.close();
    }
    const [name = '', ...others] = readdirSync(folder);
    expect(others).toEqual([]);
    expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
    const bytes = readFileSync(join(folder, name));
    expect(bytes.readUInt32LE(0)).toBe(0x0a0d0d0a);
    // A question and its answer about the one, nothing about the other.
    const about = (last: number) => bytes.toString('latin1').split(String.fromCharCode(192, 0, 2, last)).length - 1;
    expect(about(11)).toBeGreaterThanOrEqual(2);
    expect(about(10)).toBe(0);
    expect(bytes.includes(Buffer.from(box.mac.replaceAll(':', ''), 'hex'))).toBe(true);
  });

  test('29: where it may not be captured the reason is told, and nothing is left', async () => {
    // Outside of the daemon's network namespace it would be the wrong interface.
    const folder = join(box.folder, 'refused');
    mkdirSync(folder);
    await screenShows(box, ['5', 'x'], /Not written: the daemon captures on "eth0"/, { before: `env -C ${folder}` });
    expect(readdirSync(folder)).toEqual([]);
  });

  test('27: does the kernel answer for the address itself?', async () => {
    lab.ip(['-n', edge.namespace, 'address', 'add', `${automatic}/32`, 'dev', 'eth0']);
    const told = await box.within(patience, async () =>
      (await box.get('problems')).some(({ code, object }) => code === 'OWN' && object.includes(automatic)),
    );
    expect(told).toBe(true);
    await screenShows(box, [], new RegExp(`CRIT +OWN +.*${automatic}`));
    const { answer } = await ask<ExplainAnswer>('explain', `ip/${automatic}`);
    expect(
      failing(answer)
        .map(({ message }) => message)
        .join(),
    ).toContain('eth0');
    const { checks } = (await ask<DoctorAnswer>('doctor')).answer;
    expect(checks.filter(({ result }) => result === 'failure')).toMatchObject([
      { code: 'LL-DOC-023', message: expect.stringContaining(`VIP ${automatic} is configured on eth0`) },
    ]);
    await screenShows(
      box,
      ['d'],
      new RegExp(
        `× VIP ${automatic} is configured on eth0[\\s\\S]*LL-DOC-023[\\s\\S]*fix: ip address del ${automatic}`,
      ),
      onBox(),
    );
    lab.ip(['-n', edge.namespace, 'address', 'del', `${automatic}/32`, 'dev', 'eth0']);
    expect(
      await box.within(patience, async () => (await box.get('problems')).every(({ code }) => code !== 'OWN')),
    ).toBe(true);
  });

  test('2: does anybody else answer it: who, how often, since when?', async () => {
    lab.ip(['-n', stranger.namespace, 'address', 'add', `${requested}/24`, 'dev', 'eth0']);
    const { code, answer } = await ask<WhoHasAnswer>('who-has', requested, '--probe');
    expect(code).toBe(1);
    expect(answer.responders).toHaveLength(2);
    const other = answer.responders.find(({ kind }) => kind === 'stranger');
    expect(other).toMatchObject({ mac: strangerMac, interface: 'eth0' });
    expect(other?.count).toBeGreaterThan(0);
    expect(other?.firstSeen).not.toBeNull();
    const told = await box.within(patience, async () =>
      (await box.get('problems')).some(({ code: problem }) => problem === 'DUP'),
    );
    expect(told).toBe(true);
    expect((await box.lanlord('status', '--brief')).code).toBe(1);
    expect((await box.lanlord('status', '--brief')).stdout).toMatch(/^CRITICAL .* dup=1 /);
    await screenShows(box, [], new RegExp(`CRIT +DUP +.*${requested}.*${strangerMac}`));
    await screenShows(
      box,
      ['i', requested, 'Enter'],
      new RegExp(`unknown host {2}${strangerMac} {2}eth0\n.*heard \\d+`),
    );
  });
});
