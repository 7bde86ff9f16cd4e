// Beside keepalived of another vendor: the compiled binary on one host, keepalived with its defaults on the other.
// Read RFC 9568 §6.4 before changing this file.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'bun:test';
import { Lab, type LabHost } from '#cli/lab.ts';
import { Asker } from '../support/asker.ts';
import { Box, whySkipped } from '../support/box.ts';
import { Keepalived, type VrrpInstance } from '../support/keepalived.ts';
import { documents, nodeConfig, policy, pool } from '../support/manifests.ts';
import { NeighborAsker } from '../support/neighbor-asker.ts';
import { longestSilence, SteadyAsker } from '../support/steady-asker.ts';
import { VrrpHost } from '../support/vrrp-host.ts';

const skipped = whySkipped('keepalived', 'tshark');
if (skipped !== '') console.log(`keepalived${skipped}`);

const [vip, vip6] = ['192.168.10.200', '2001:db8::200'];
const linkLocal = 'fe80::51';
/** Longer than three intervals of a second and the skew. */
const patience = 15_000;

const v4: VrrpInstance = { name: 'v4', id: 51, addresses: [vip] };
const v6: VrrpInstance = { name: 'v6', id: 51, addresses: [linkLocal, vip6] };

describe.skipIf(skipped !== '')(`keepalived${skipped}`, () => {
  let lab: Lab;
  /** Two hosts, of which the second has the greater addresses. */
  let hosts: readonly [LabHost, LabHost];
  let client: Asker;
  let client6: NeighborAsker;
  let ear: VrrpHost;
  let box: Box;
  let other: Keepalived;

  beforeAll(() => {
    lab = new Lab(`ll-keep${process.pid}`);
    hosts = [
      lab.addHost('one', ['192.168.10.2/16', '2001:db8::2/64'], '02:00:00:00:51:02'),
      lab.addHost('two', ['192.168.10.3/16', '2001:db8::3/64'], '02:00:00:00:51:03'),
    ];
    const asker = lab.addHost('client', ['192.168.10.9/16', '2001:db8::9/64'], '02:00:00:00:51:09');
    client = new Asker(asker, '192.168.10.9');
    client6 = new NeighborAsker(asker, '2001:db8::9');
    ear = new VrrpHost(asker);
  });
  beforeEach(() => place(0, 1));
  afterEach(async () => {
    await other?.close();
    await box?.close();
  });
  afterAll(() => {
    for (const one of [client, client6, ear]) one?.close();
    lab?.close();
  });

  /** Which host runs what. */
  function place(ours: 0 | 1, theirs: 0 | 1): void {
    box = new Box(lab, hosts[ours]);
    other = new Keepalived(hosts[theirs]);
  }

  /** The pairing that the manual describes: the id at the service, the list as keepalived has it, the same interval. */
  function pair(vrrp = ''): void {
    const list = `addresses: [${vip}, "${vip6}", "${linkLocal}"]`;
    const settings = `advertisementInterval: 1s, ${list}${vrrp === '' ? '' : `, ${vrrp}`}`;
    const web = `apiVersion: v1
kind: Service
metadata:
  name: web
  namespace: default
  annotations: {lanlord.dev/group: "51"}
spec:
  type: LoadBalancer
  ipFamilyPolicy: RequireDualStack
  ipFamilies: [IPv4, IPv6]
  ports: [{port: 80}]
`;
    const config = nodeConfig(`{reload: {watch: false}, election: {mode: vrrp, vrrp: {${settings}}}}`);
    box.write('all.yaml', documents(config, pool('p4', vip, vip), pool('p6', vip6, vip6), policy('lan'), web));
  }

  const answerers = async (): Promise<string[]> => [
    ...new Set([...(await client.whoHas(vip, 0)), ...(await client6.whoHas(vip6, 0))]),
  ];
  const answersWithin = (who: { readonly mac: string }, milliseconds = patience) =>
    box.within(milliseconds, async () => {
      const macs = [...(await client.whoHas(vip, 0)), ...(await client6.whoHas(vip6, 0))];
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
    const led = await ear.listen(5000);
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
  }, 120_000);

  test('SIGTERM hands over to it, and not one question stays unanswered', async () => {
    pair();
    await box.start();
    await other.start([v4, v6]);
    expect(await answersWithin(box)).toBe(true);
    await Bun.sleep(2000);
    const asking = new SteadyAsker(client, [vip], 20);
    await Bun.sleep(500);
    expect(await box.stop()).toBe(0);
    expect(await bothAre('MASTER')).toBe(true);
    await Bun.sleep(1000);
    const questions = await asking.stop();
    expect(longestSilence(questions)).toBe(0);
    expect([...(questions.at(-1)?.answers ?? [])]).toEqual([other.host.mac]);
  }, 60_000);

  test('it stops with priority 0: we do not wait three intervals for it', async () => {
    pair();
    await other.start([v4, v6]);
    expect(await bothAre('MASTER')).toBe(true);
    await box.start();
    await Bun.sleep(5000);
    expect(await answerers()).toEqual([other.host.mac]);
    ear.clear();
    await other.stop();
    expect(await ear.until((heard) => heard.some(({ etherSource }) => etherSource === box.mac))).toBe(true);
    const goodbye = ear.heard.find(({ priority }) => priority === 0)?.atMs ?? 0;
    const taken = ear.heard.find(({ etherSource }) => etherSource === box.mac)?.atMs ?? 0;
    expect(taken - goodbye).toBeLessThan(1000);
    expect(await answersWithin(box)).toBe(true);
  }, 60_000);

  test('it has the greater priority and preempts: we yield to it', async () => {
    pair('priority: 90');
    await box.start();
    expect(await answersWithin(box)).toBe(true);
    await other.start([v4, v6]);
    expect(await bothAre('MASTER')).toBe(true);
    expect(await answersWithin(other.host)).toBe(true);
    expect(await ear.leaders(51, 3000)).toEqual([...(await sources(other.host))].sort());
  }, 60_000);

  test('we have the greater priority: with preempt we take over after the delay, without it never', async () => {
    pair('priority: 200, preempt: true, preemptDelay: 6s');
    await other.start([v4, v6]);
    expect(await bothAre('MASTER')).toBe(true);
    await box.start();
    await Bun.sleep(3500);
    expect(await answerers()).toEqual([other.host.mac]);
    expect(await answersWithin(box)).toBe(true);
    expect(await bothAre('BACKUP')).toBe(true);
  }, 60_000);

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
      const port = lab.portOf(other.host, 'eth0');
      setPort(port, 'down');
      await other.start([v4, v6]);
      expect(await bothAre('MASTER')).toBe(true);
      setPort(port, 'up');
      const leader = ours > theirs ? box.host : other.host;
      expect(await answersWithin(leader)).toBe(true);
      await Bun.sleep(2000);
      expect(await ear.leaders(51, 3000)).toEqual([...(await sources(leader))].sort());
    }, 60_000);
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
      const { stdout } = await lab.exec({ ...hosts[0], namespace: clientNamespace() }, [...capture, ...asked, ...show]);
      const lines = [...new Set(stdout.trim().split('\n'))].sort();
      // Status 1: good. Nothing in the columns for expert information.
      expect(lines).toEqual([`3|51|254|1|1|255||${vip}|||`, `3|51|254|1|||255||${linkLocal},${vip6}||`].sort());
    },
    60_000,
  );

  function clientNamespace(): string {
    return hosts[0].namespace.replace(/-one$/, '-client');
  }

  /** Forwards or not; the host keeps its carrier. */
  function setPort(port: string, state: 'up' | 'down'): void {
    const namespace = hosts[0].namespace.replace(/-one$/, '-lan');
    const code = state === 'up' ? '3' : '0';
    lab.ip(['netns', 'exec', namespace, 'bridge', 'link', 'set', 'dev', port, 'state', code]);
  }

  /** What a host's advertisements come from. */
  async function sources(host: LabHost): Promise<string[]> {
    const { stdout } = await lab.exec(host, ['ip', '-o', '-6', 'address', 'show', 'dev', 'eth0', 'scope', 'link']);
    const own = [...stdout.matchAll(/inet6 (fe80\S+)\/64/g)].map(([, address]) => address ?? '');
    return [host === hosts[0] ? '192.168.10.2' : '192.168.10.3', ...own];
  }
});
