// Which NDP frames are answered and announced, with what bytes: sent and read at the other end of a cable to the compiled binary.
// Read RFC 4861 §7.2.4 and RFC 4861 §7.2.6 before changing this file.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { Lab, type LabHost } from '#cli/lab.ts';
import { Box, patience, whySkipped } from '../support/box.ts';
import { cable, ipIn } from '../support/cable.ts';
import { tagged } from '../support/frames.ts';
import { documents, nodeConfig, policy, pool, service } from '../support/manifests.ts';
import { hexOf, NeighborAsker } from '../support/neighbor-asker.ts';
import { advertisementFrame, allNodes, golden6, nonce, unspecified } from '../support/neighbor-frames.ts';

const skipped = whySkipped();
if (skipped !== '') console.log(`ndp${skipped}`);

const boxMac = '02:00:00:00:00:01';
const clientMac = '02:00:00:00:00:aa';
const own = '020000000001';
const stranger = '0200000000bb';
const vip = '2001:db8::10';
/** Asked for after what is to stay unanswered. */
const canary = '2001:db8::11';
/** Given while frames are being listened for. */
const later = '2001:db8::12';

function ipv6Service(name: string): string {
  return service(name).replace('spec:\n', 'spec:\n  ipFamilies: [IPv6]\n');
}

describe.skipIf(skipped !== '')(`ndp${skipped}`, () => {
  let lab: Lab;
  let edge: LabHost;
  let box: Box;
  let client: NeighborAsker;

  const settings = (families: string) =>
    nodeConfig(`{ipFamilies: [${families}], reload: {watch: false}, announce: {burst: [0ms, 100ms], refresh: 24h}}`);

  beforeAll(async () => {
    lab = new Lab(`ll-ndp${process.pid}`);
    edge = lab.addHost('edge', [], '02:00:00:00:01:01');
    const host = lab.addHost('client', [], '02:00:00:00:01:02');
    cable(lab, { host: edge, name: 'lan1', mac: boxMac }, { host, name: 'lan0', mac: clientMac });
    ipIn(lab, edge, 'address', 'add', '2001:db8::1/64', 'dev', 'lan1', 'nodad');
    client = new NeighborAsker({ namespace: host.namespace, interface: 'lan0', mac: clientMac }, '2001:db8::200');
    box = new Box(lab, edge);
    box.write('node.yaml', settings('IPv4, IPv6'));
    box.write('pool.yaml', documents(pool('p', vip, later), policy('lan', { interfaces: ['^lan1$'] })));
    box.write('services.yaml', documents(ipv6Service('one'), ipv6Service('two')));
    await box.start();
    await box.within(patience, async () => !/tentative/.test(ipIn(lab, edge, '-6', 'address', 'show', 'dev', 'lan1')));
    // The rest of the burst.
    await client.listen(500);
  });
  afterAll(async () => {
    client?.close();
    await box?.close();
    lab?.close();
  });

  const ask = (parts = {}) => client.solicitation(vip, parts);
  const bytes = async (...frames: Uint8Array[]) => (await client.replyTo(vip, frames)).map(({ hex }) => hex);
  const isSilent = async (...frames: Uint8Array[]) => (await client.replyTo(vip, frames, canary)).length === 0;

  /** Frames counted under this reason while `action` runs. */
  async function counted(reason: string, action: () => Promise<unknown>): Promise<number> {
    const read = async () =>
      (await box.get('interfaces')).find(({ name }) => name === 'lan1')?.dropReasons[reason] ?? 0;
    const before = await read();
    await action();
    return (await read()) - before;
  }

  test('N-1 ND-2: a multicast solicitation gets exactly one solicited advertisement, byte for byte', async () => {
    expect(await bytes(ask())).toEqual([golden6.solicited]);
  });

  test('N-2: a unicast solicitation to our MAC, as for unreachability detection', async () => {
    expect(await bytes(ask({ to: own, destination: hexOf(vip) }))).toEqual([golden6.solicited]);
    expect(await bytes(ask({ to: own, destination: hexOf(vip), options: '' }))).toEqual([golden6.solicited]);
  });

  test('N-3 ND-3: a probe is answered to all nodes', async () => {
    expect(await bytes(ask({ source: unspecified, options: nonce }))).toEqual([golden6.toProber]);
    expect(await bytes(ask({ source: unspecified, options: '' }))).toEqual([golden6.toProber]);
  });

  test('N-4 ND-1: what RFC 4861 §7.1.1 forbids is not answered and counted', async () => {
    const frames = [
      ask({ hopLimit: 254 }),
      ask({ wrong: 1 }),
      ask({ code: 1 }),
      ask({ options: '0100000000000000' }),
      ask({ target: allNodes }),
      ask({ source: unspecified }),
      ask({ source: unspecified, options: '', destination: hexOf(vip) }),
    ];
    expect(await counted('ndp_invalid', async () => expect(await isSilent(...frames)).toBe(true))).toBe(frames.length);
    const cut = ask({ payload: 40 });
    expect(await counted('malformed', async () => expect(await isSilent(cut)).toBe(true))).toBe(1);
  });

  test('N-5: without a source option, to the Ethernet source', async () => {
    expect(await bytes(ask({ options: '' }))).toEqual([golden6.solicited]);
  });

  test('N-6: an advertisement of our VIP from another MAC is counted as a claim and not answered', async () => {
    // Only the canary's answer may follow; the policy's defence is not this test's business.
    const claim = advertisementFrame({ from: stranger, target: hexOf(vip) });
    const heard = async () => {
      client.clear();
      client.send(claim, client.solicitation(canary));
      expect(await client.until(() => client.advertised(canary).length > 0)).toBe(true);
      expect(client.advertised(vip).filter(({ solicited }) => solicited)).toEqual([]);
    };
    expect(await counted('claims_our_vip', heard)).toBe(1);
  });

  test('another station, our own MAC and foreign VLANs are not answered; a priority tag is', async () => {
    expect(await isSilent(ask({ to: stranger }), ask({ from: own }))).toBe(true);
    expect(await isSilent(tagged(ask(), 0x8100, 10))).toBe(true);
    expect(await bytes(tagged(ask(), 0x8100, 0))).toEqual([golden6.solicited]);
  });

  test('a foreign address is not answered', async () => {
    const foreign = client.solicitation('2001:db8::99');
    expect(await counted('not_ours', async () => expect(await isSilent(foreign)).toBe(true))).toBe(1);
    expect(client.advertised('2001:db8::99')).toEqual([]);
  });

  test('N-8 ND-4: a new VIP is announced by the burst, one frame a round, O=1, from the link-local address', async () => {
    client.clear();
    box.write('three.yaml', ipv6Service('three'));
    await box.reload();
    expect(await client.until(() => client.advertised(later).length >= 2)).toBe(true);
    // Whatever were too much would follow within the burst.
    await client.listen(500);
    const heard = client.advertised(later);
    // Up to the checksum.
    const expected = golden6.unsolicited.slice(0, -60);
    expect(heard.length).toBe(2);
    for (const { hex, ...frame } of heard) {
      expect(hex.startsWith(expected)).toBe(true);
      expect(frame).toMatchObject({ solicited: false, override: true, router: false, linkLayer: boxMac });
      expect(frame).toMatchObject({
        source: 'fe80::ff:fe00:1',
        destination: 'ff02::1',
        etherDestination: '33:33:00:00:00:01',
      });
    }
  });

  test('a family that is switched off is neither announced nor answered', async () => {
    box.write('node.yaml', settings('IPv4'));
    await box.reload();
    client.clear();
    client.send(ask(), client.solicitation(canary), ask({ source: unspecified, options: nonce }));
    await client.listen(500);
    expect(client.heard.filter(({ type }) => type === 'advertisement')).toEqual([]);
    expect(ipIn(lab, edge, '-6', 'maddr', 'show', 'dev', 'lan1')).not.toContain('ff02::1:ff00:10');
    box.write('node.yaml', settings('IPv4, IPv6'));
    await box.reload();
    expect(await client.whoHas(vip)).toEqual([boxMac]);
  });
});
