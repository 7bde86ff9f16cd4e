// Beside keepalived of another vendor: the compiled binary on one host, keepalived with its defaults on the other.
// Read RFC 9568 §6.4 before changing this file.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'bun:test';
import type { LabHost } from '#cli/lab.ts';
import { Box, patience, whySkipped } from '../support/box.ts';
import { Keepalived, type VrrpInstance } from '../support/keepalived.ts';
import { RouterLan } from '../support/router-lan.ts';
import { longestSilence, SteadyAsker } from '../support/steady-asker.ts';

const skipped = whySkipped('keepalived', 'tshark');
if (skipped !== '') console.log(`keepalived${skipped}`);

const { vip, vip6 } = RouterLan;
const linkLocal = 'fe80::51';

const v4: VrrpInstance = { name: 'v4', id: 51, addresses: [vip] };
const v6: VrrpInstance = { name: 'v6', id: 51, addresses: [linkLocal, vip6] };

describe.skipIf(skipped !== '')(`keepalived${skipped}`, () => {
  let lan: RouterLan;
  let box: Box;
  let other: Keepalived;

  beforeAll(() => {
    lan = new RouterLan('keep', '51');
  });
  beforeEach(() => place(0, 1));
  afterEach(async () => {
    await other?.close();
    await box?.close();
  });
  afterAll(() => lan?.close());

  /** Which host runs what. */
  function place(ours: 0 | 1, theirs: 0 | 1): void {
    box = new Box(lan.lab, lan.hosts[ours]);
    other = new Keepalived(lan.hosts[theirs]);
  }

  const pair = (vrrp = '') => lan.pair(box, { addresses: [vip, vip6, linkLocal], vrrp });
  const answerers = async () => [...new Set(await lan.answerers())];
  const answersWithin = (who: { readonly mac: string }) =>
    box.within(patience, async () => {
      const macs = await lan.answerers();
      return macs.length >= 2 && macs.every((mac) => mac === who.mac);
    });
  const states = () => [other.state('v4'), other.state('v6')];
  const bothAre = (state: string) => other.within(patience, () => states().every((one) => one === state));

  test('we lead, it follows; we are killed, it takes over; we come back and follow; it stops, we take over', async () => {
    pair();
    await box.start();
    expect(await answersWithin(box)).toBe(true);
    await other.start([v4, v6]);
    // Longer than it would wait for a leader that it does not understand.
    const led = await lan.ear.listen(5000);
    expect(new Set(led.map(({ etherSource }) => etherSource))).toEqual(new Set([box.mac]));
    expect(states()).toEqual(['BACKUP', 'BACKUP']);

    await box.crash();
    expect(await bothAre('MASTER')).toBe(true);
    expect(await answersWithin(other.host)).toBe(true);

    await box.start();
    await Bun.sleep(5000);
    expect(await answerers()).toEqual([other.host.mac]);
    expect(states()).toEqual(['MASTER', 'MASTER']);

    await other.stop();
    expect(await answersWithin(box)).toBe(true);
    // Its own priority of 100 is lower than ours: it finds us leading and follows.
    await other.start([v4, v6]);
    await Bun.sleep(5000);
    expect(states()).toEqual(['BACKUP', 'BACKUP']);
    expect(await answerers()).toEqual([box.mac]);
  });

  test('SIGTERM hands over to it, and not one question stays unanswered', async () => {
    pair();
    await box.start();
    await other.start([v4, v6]);
    expect(await answersWithin(box)).toBe(true);
    await Bun.sleep(2000);
    const asking = new SteadyAsker(lan.client, [vip], 20);
    await Bun.sleep(500);
    expect(await box.stop()).toBe(0);
    expect(await bothAre('MASTER')).toBe(true);
    await Bun.sleep(1000);
    const questions = await asking.stop();
    expect(longestSilence(questions)).toBe(0);
    expect([...(questions.at(-1)?.answers ?? [])]).toEqual([other.host.mac]);
  });

  test('it stops with priority 0: we do not wait three intervals for it', async () => {
    pair();
    await other.start([v4, v6]);
    expect(await bothAre('MASTER')).toBe(true);
    await box.start();
    await Bun.sleep(5000);
    expect(await answerers()).toEqual([other.host.mac]);
    lan.ear.clear();
    await other.stop();
    expect(await lan.ear.until((heard) => heard.some(({ etherSource }) => etherSource === box.mac))).toBe(true);
    const goodbye = lan.ear.heard.find(({ priority }) => priority === 0)?.atMs ?? 0;
    const taken = lan.ear.heard.find(({ etherSource }) => etherSource === box.mac)?.atMs ?? 0;
    expect(taken - goodbye).toBeLessThan(1000);
    expect(await answersWithin(box)).toBe(true);
  });

  test('it has the greater priority and preempts: we yield to it', async () => {
    pair('priority: 90');
    await box.start();
    expect(await answersWithin(box)).toBe(true);
    await other.start([v4, v6]);
    expect(await bothAre('MASTER')).toBe(true);
    expect(await answersWithin(other.host)).toBe(true);
    expect(await lan.ear.leaders(51, 3000)).toEqual([...(await sources(other.host))].sort());
  });

  test('we have the greater priority: with preempt we take over after the delay, without it never', async () => {
    pair('priority: 200, preempt: true, preemptDelay: 6s');
    await other.start([v4, v6]);
    expect(await bothAre('MASTER')).toBe(true);
    const asking = new SteadyAsker(lan.client, [vip], 20);
    const beganMs = performance.now();
    await box.start();
    expect(await asking.isAnsweredBy(box.mac)).toBe(true);
    const first = (await asking.stop()).find(({ answers }) => answers.has(box.mac));
    expect((first?.atMs ?? 0) - beganMs).toBeGreaterThan(5900);
    expect(await answersWithin(box)).toBe(true);
    expect(await bothAre('BACKUP')).toBe(true);
  });

  for (const [ours, theirs] of [
    [0, 1],
    [1, 0],
  ] as const) {
    const winner = ours > theirs ? 'we lead' : 'it leads';
    test(`equal priorities and both lead after a partition: the greater address wins, ${winner}`, async () => {
      place(ours, theirs);
      pair('priority: 100');
      await box.start();
      expect(await answersWithin(box)).toBe(true);
      lan.partition(other.host, true);
      await other.start([v4, v6]);
      expect(await bothAre('MASTER')).toBe(true);
      lan.partition(other.host, false);
      const leader = ours > theirs ? box.host : other.host;
      expect(await answersWithin(leader)).toBe(true);
      await Bun.sleep(2000);
      expect(await lan.ear.leaders(51, 3000)).toEqual([...(await sources(leader))].sort());
    });
  }

  test.each([
    ['pseudo', 'FALSE'],
    ['rfc9568', 'TRUE'],
  ])(
    'tshark reads our advertisements without a complaint and finds every checksum right, %s',
    async (checksum, isPlain) => {
      pair(`checksum: ${checksum}`);
      await box.start();
      expect(await answersWithin(box)).toBe(true);
      const asked = [
        '-o',
        'ip.check_checksum:TRUE',
        '-o',
        `vrrp.v3_checksum_as_in_v2:${isPlain}`,
        '-Y',
        'vrrp',
        '-T',
        'fields',
        '-E',
        'separator=|',
      ];
      const fields = ['vrrp.version', 'vrrp.virt_rtr_id', 'vrrp.prio', 'vrrp.checksum.status', 'ip.checksum.status'];
      const more = ['ip.ttl', 'ipv6.hlim', 'vrrp.ip_addr', 'vrrp.ipv6_addr', '_ws.expert.message', '_ws.malformed'];
      const show = [...fields, ...more].flatMap((field) => ['-e', field]);
      const capture = ['tshark', '-i', 'eth0', '-f', 'ip proto 112 or ip6 proto 112', '-c', '6', '-a', 'duration:15'];
      const { stdout } = await lan.lab.exec(lan.asker, [...capture, ...asked, ...show]);
      const lines = [...new Set(stdout.trim().split('\n'))].sort();
      // Status 1: good. Nothing in the columns for expert information.
      expect(lines).toEqual([`3|51|254|1|1|255||${vip}|||`, `3|51|254|1|||255||${linkLocal},${vip6}||`].sort());
    },
    60_000,
  );

  /** What a host's advertisements come from. */
  async function sources(host: LabHost): Promise<string[]> {
    const { stdout } = await lan.lab.exec(host, ['ip', '-o', '-6', 'address', 'show', 'dev', 'eth0', 'scope', 'link']);
    const own = [...stdout.matchAll(/inet6 (fe80\S+)\/64/g)].map(([, address]) => address ?? '');
    return [host === lan.hosts[0] ? '192.168.10.2' : '192.168.10.3', ...own];
  }
});
