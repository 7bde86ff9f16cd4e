// Beside FRR's vrrpd: a third reading of the standard, which answers from the virtual MAC.
// Read RFC 9568 §6.4 before changing this file.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'bun:test';
import { Box, kernelLacks, patience, whySkipped } from '../support/box.ts';
import { Frr, type FrrRouter, lacksFrr } from '../support/frr.ts';
import { RouterLan } from '../support/router-lan.ts';

const noMacvlan = kernelLacks('veth peer name w', 'x link v type macvlan mode bridge');
const skipped = whySkipped() || lacksFrr() || noMacvlan;
if (skipped !== '') console.log(`frr${skipped}`);

const router: FrrRouter = { id: 51, ip: RouterLan.vip, ip6: RouterLan.vip6 };
const theirs = [Frr.virtualMac(router.id, 4), Frr.virtualMac(router.id, 6)];

describe.skipIf(skipped !== '')(`frr${skipped}`, () => {
  let lan: RouterLan;
  let box: Box;
  let frr: Frr;

  beforeAll(() => {
    lan = new RouterLan('frr', '53');
    frr = new Frr(lan.lab, lan.hosts[1]);
    frr.prepare(router);
  });
  beforeEach(() => {
    box = new Box(lan.lab, lan.hosts[0]);
    lan.pair(box, { addresses: [router.ip, router.ip6] });
  });
  afterEach(async () => {
    await frr?.stop();
    await box?.close();
  });
  afterAll(async () => {
    await frr?.close();
    lan?.close();
  });

  const answeredBy = (macs: readonly string[]) =>
    box.within(patience, async () => (await lan.answerers()).join() === macs.join());
  const ours = () => [box.mac, box.mac];

  test('we lead, it follows; we are killed, it takes over; we come back and follow; it stops, we take over', async () => {
    await box.start();
    expect(await answeredBy(ours())).toBe(true);
    await frr.start(router);
    const led = await lan.ear.listen(5000);
    expect(new Set(led.map(({ etherSource }) => etherSource))).toEqual(new Set([box.mac]));
    expect([frr.state(4), frr.state(6)]).toEqual(['Backup', 'Backup']);

    await box.crash();
    expect(await frr.became('Master')).toBe(true);
    expect(await answeredBy(theirs)).toBe(true);

    await box.start();
    await Bun.sleep(5000);
    expect(await lan.answerers()).toEqual(theirs);
    expect([frr.state(4), frr.state(6)]).toEqual(['Master', 'Master']);

    await frr.stop();
    expect(await answeredBy(ours())).toBe(true);
  });

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
  });
});
