// Two announcing interfaces of one box on one LAN hear each other: that is no conflict.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'bun:test';
import { Lab, type LabHost } from '#cli/lab.ts';
import { Asker } from '../support/asker.ts';
import { Box, patience, whySkipped } from '../support/box.ts';
import { documents, nodeConfig, policy, pool, service } from '../support/manifests.ts';

const skipped = whySkipped();
if (skipped !== '') console.log(`twin interfaces${skipped}`);

const vip = '192.0.2.10';
const macs = ['02:00:00:00:00:01', '02:00:00:00:00:02'] as const;

describe.skipIf(skipped !== '')(`twin interfaces${skipped}`, () => {
  let lab: Lab;
  let edge: LabHost;
  let box: Box;
  let client: Asker;

  beforeAll(() => {
    lab = new Lab(`ll-twin${process.pid}`);
    edge = lab.addHost('edge', ['192.0.2.1/24'], macs[0]);
    lab.addCable(edge, 'eth1', macs[1]);
    client = new Asker(lab.addHost('client', [], '02:00:00:00:00:aa'), '192.0.2.200');
  });
  beforeEach(() => {
    box = new Box(lab, edge);
  });
  afterEach(() => box?.close());
  afterAll(() => {
    client?.close();
    lab?.close();
  });

  function configure(probe: boolean): void {
    const announce = 'announce: {burst: [0ms, 200ms], refresh: 24h}, reload: {watch: false}';
    const settings = nodeConfig(`{${announce}}`).replace('probe: false', `probe: ${probe}`);
    box.write('all.yaml', documents(pool('p', vip, '192.0.2.19'), service('web'), policy('lan'), settings));
  }

  test('ETH-5: announcements heard from an interface of our own are no claim, and are not defended against', async () => {
    configure(false);
    client.clear();
    await box.start();
    await client.listen(2000);
    const announcements = client.heard.filter(({ sender, target }) => sender === vip && target === vip);
    // Two rounds of two forms on two interfaces.
    expect(announcements).toHaveLength(8);
    expect((await box.get('problems')).filter(({ code }) => code === 'DUP')).toEqual([]);
    expect(new Set(await client.whoHas(vip))).toEqual(new Set(macs));
  });

  test('ETH-5: two interfaces that probe for one address at once do not keep each other from it', async () => {
    configure(true);
    await box.start();
    const both = async () => (await client.answersNow(vip)).length === 2;
    expect(await box.within(patience, both)).toBe(true);
    // Nobody takes the traffic here, which is not what this is about.
    expect((await box.get('problems')).map(({ code }) => code).filter((code) => code !== 'NODELIVERY')).toEqual([]);
    expect(await box.addressesOf('web')).toEqual([vip]);
  });
});
