// Beside FRR's vrrpd: a third reading of the standard, which answers from the virtual MAC.
// Read RFC 9568 §6.4 before changing this file.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'bun:test';
import { Lab, type LabHost } from '#cli/lab.ts';
import { Asker } from '../support/asker.ts';
import { Box, kernelLacks, whySkipped } from '../support/box.ts';
import { Frr, type FrrRouter, lacksFrr } from '../support/frr.ts';
import { documents, nodeConfig, policy, pool } from '../support/manifests.ts';
import { NeighborAsker } from '../support/neighbor-asker.ts';
import { VrrpHost } from '../support/vrrp-host.ts';

const noMacvlan = kernelLacks('veth peer name w', 'x link v type macvlan mode bridge');
const skipped = whySkipped() || lacksFrr() || noMacvlan;
if (skipped !== '') console.log(`frr${skipped}`);

const router: FrrRouter = { id: 51, ip: '192.168.10.200', ip6: '2001:db8::200' };
const theirs = [Frr.virtualMac(router.id, 4), Frr.virtualMac(router.id, 6)];
const patience = 15_000;

describe.skipIf(skipped !== '')(`frr${skipped}`, () => {
  let lab: Lab;
  let edge: LabHost;
  let client: Asker;
  let client6: NeighborAsker;
  let ear: VrrpHost;
  let box: Box;
  let frr: Frr;

  beforeAll(() => {
    lab = new Lab(`ll-frr${process.pid}`);
    edge = lab.addHost('edge', ['192.168.10.2/24', '2001:db8::2/64'], '02:00:00:00:53:02');
    const other = lab.addHost('other', ['192.168.10.3/24', '2001:db8::3/64'], '02:00:00:00:53:03');
    const asker = lab.addHost('client', ['192.168.10.9/24', '2001:db8::9/64'], '02:00:00:00:53:09');
    client = new Asker(asker, '192.168.10.9');
    client6 = new NeighborAsker(asker, '2001:db8::9');
    ear = new VrrpHost(asker);
    frr = new Frr(lab, other);
    frr.prepare(router);
  });
  beforeEach(() => {
    box = new Box(lab, edge);
    const vrrp = `advertisementInterval: 1s, addresses: [${router.ip}, "${router.ip6}"]`;
    const config = nodeConfig(`{reload: {watch: false}, election: {mode: vrrp, vrrp: {${vrrp}}}}`);
    const web = `apiVersion: v1
kind: Service
metadata:
  name: web
  namespace: default
  annotations: {lanlord.dev/group: "${router.id}"}
spec:
  type: LoadBalancer
  ipFamilyPolicy: RequireDualStack
  ipFamilies: [IPv4, IPv6]
  ports: [{port: 80}]
`;
    const pools = [pool('p4', router.ip, router.ip), pool('p6', router.ip6, router.ip6)];
    box.write('all.yaml', documents(config, ...pools, policy('lan'), web));
  });
  afterEach(async () => {
    await frr?.stop();
    await box?.close();
  });
  afterAll(async () => {
    for (const one of [client, client6, ear]) one?.close();
    await frr?.close();
    lab?.close();
  });

  const answerers = async () => [...(await client.whoHas(router.ip, 0)), ...(await client6.whoHas(router.ip6, 0))];
  const answeredBy = async (macs: readonly string[]) =>
    await box.within(patience, async () => (await answerers()).join() === macs.join());
  const ours = () => [box.mac, box.mac];

  test('we lead, it follows; we are killed, it takes over; we come back and follow; it stops, we take over', async () => {
    await box.start();
    expect(await answeredBy(ours())).toBe(true);
    await frr.start(router);
    const led = await ear.listen(5000);
    expect(new Set(led.map(({ etherSource }) => etherSource))).toEqual(new Set([box.mac]));
    expect([frr.state(4), frr.state(6)]).toEqual(['Backup', 'Backup']);

    await box.crash();
    expect(await frr.became('Master')).toBe(true);
    expect(await answeredBy(theirs)).toBe(true);

    await box.start();
    await Bun.sleep(5000);
    expect(await answerers()).toEqual(theirs);
    expect([frr.state(4), frr.state(6)]).toEqual(['Master', 'Master']);

    await frr.stop();
    expect(await answeredBy(ours())).toBe(true);
  }, 90_000);

  test('we are stopped: it takes over from our priority 0', async () => {
    await box.start();
    expect(await answeredBy(ours())).toBe(true);
    await frr.start(router);
    expect(await frr.became('Backup')).toBe(true);
    await Bun.sleep(1500);
    expect(await box.stop()).toBe(0);
    // Three intervals are not waited for.
    expect(await frr.became('Master', 2500)).toBe(true);
    expect(await answeredBy(theirs)).toBe(true);
  }, 60_000);
});
