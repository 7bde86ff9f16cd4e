// A switch that snoops MLD hands solicitations only to whom it heard a report from: judged by a Linux bridge that does.
// Read RFC 3810 §6 and RFC 4861 §7.2.1 before changing this file.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { Lab, type LabHost } from '#cli/lab.ts';
import { Box, patience, whySkipped } from '../support/box.ts';
import { documents, nodeConfig, policy, pool, service } from '../support/manifests.ts';
import { NeighborAsker } from '../support/neighbor-asker.ts';

const skipped = whySkipped('bridge');
if (skipped !== '') console.log(`snooping-switch${skipped}`);

const count = 150;
/** Each has a group of its own: the low 24 bits differ. */
const vip = (i: number) => `2001:db8::1:${(i + 1).toString(16)}`;
const group = (i: number) => `ff02::1:ff01:${(i + 1).toString(16)}`;
const last = count - 1;

describe.skipIf(skipped !== '')(`snooping-switch${skipped}`, () => {
  let lab: Lab;
  let edge: LabHost;
  let lan: string;
  let asker: NeighborAsker;
  let box: Box;

  const services = (number: number) =>
    documents(
      ...Array.from({ length: number }, (_, i) =>
        service(`s${i}`, { ips: vip(i) }).replace('spec:\n', 'spec:\n  ipFamilies: [IPv6]\n'),
      ),
    );

  beforeAll(async () => {
    const prefix = `ll-sn${process.pid}`;
    lab = new Lab(prefix);
    lan = `${prefix}-lan`;
    edge = lab.addHost('edge', ['2001:db8::1/64'], '02:00:00:00:50:01');
    const host = lab.addHost('client', ['2001:db8::2/64'], '02:00:00:00:50:02');
    asker = new NeighborAsker(host, '2001:db8::200');
    box = new Box(lab, edge);
    const settings = nodeConfig('{reload: {watch: false}, announce: {burst: [0ms], refresh: 24h}}');
    box.write('all.yaml', documents(pool('six', '2001:db8::1:0', '2001:db8::1:ffff'), policy('lan'), settings));
    box.write('services.yaml', services(count));
  });
  afterAll(async () => {
    asker?.close();
    await box?.close();
    lab?.close();
  });

  /** Groups that the switch hands to the port of the box. */
  const snooped = async (): Promise<ReadonlySet<string>> => {
    const { stdout } = await lab.exec({ ...edge, namespace: lan }, ['bridge', 'mdb', 'show', 'dev', 'br0']);
    const port = lab.portOf(edge, 'eth0');
    const lines = stdout.split('\n').filter((line) => line.includes(` port ${port} `));
    return new Set(lines.map((line) => /grp (\S+)/.exec(line)?.[1] ?? ''));
  };
  const all = (groups: ReadonlySet<string>) =>
    Array.from({ length: count }, (_, i) => group(i)).every((one) => groups.has(one));
  /** Queries every second; what is not reported again within four is forgotten. Times in hundredths of a second. */
  const snoop = () => {
    const set = (words: string) => lab.ip(['-n', lan, 'link', 'set', 'br0', 'type', 'bridge', ...words.split(' ')]);
    set('mcast_mld_version 2 mcast_query_interval 100 mcast_query_response_interval 50 mcast_membership_interval 400');
    set('mcast_startup_query_interval 100 mcast_snooping 1');
    set('mcast_querier 1');
  };

  test('ND-5: 150 addresses, 150 groups: the switch hears a report of each, and nothing is said to be missing', async () => {
    snoop();
    await box.start();
    expect(await box.within(patience, async () => all(await snooped()))).toBe(true);
    expect((await box.get('interfaces'))[0]?.detail).toBe('');
    expect(await asker.whoHas(vip(last))).toEqual([box.mac]);
  });

  test('what is not reported again is forgotten: queries are answered about all of them, for ever', async () => {
    await Bun.sleep(9000);
    expect(all(await snooped())).toBe(true);
    expect(await asker.whoHas(vip(last))).toEqual([box.mac]);
    // The switch does forget: a box that hears no queries loses its groups.
    box.signal('SIGSTOP');
    const isForgotten = await box.within(patience, async () => !(await snooped()).has(group(last)));
    box.signal('SIGCONT');
    expect(isForgotten).toBe(true);
    expect(await box.within(patience, async () => all(await snooped()))).toBe(true);
  });

  test('a link that bounces: everything is reported again', async () => {
    const port = lab.portOf(edge, 'eth0');
    lab.switchPort(port, 'down');
    expect((await snooped()).size).toBe(0);
    lab.switchPort(port, 'up');
    expect(await box.within(30_000, async () => all(await snooped()))).toBe(true);
    expect(await asker.whoHas(vip(last))).toEqual([box.mac]);
  });

  test('addresses that go are taken back, those that stay are not disturbed', async () => {
    box.write('services.yaml', services(count - 30));
    await box.reload();
    const isSmaller = async () => !(await snooped()).has(group(last));
    expect(await box.within(30_000, isSmaller)).toBe(true);
    expect(await asker.whoHas(vip(count - 31))).toEqual([box.mac]);
    expect((await snooped()).has(group(count - 31))).toBe(true);
  });
});
