// Which frames are answered, with what bytes: sent and read at the other end of a cable to the compiled binary.
// Read RFC 826 "Packet Reception" before changing this file.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { Lab } from '#cli/lab.ts';
import { type ArpText, arpBytes, broadcast, withTag } from '../support/arp-text.ts';
import { Asker } from '../support/asker.ts';
import { Box, whySkipped } from '../support/box.ts';
import { cable } from '../support/cable.ts';
import { documents, nodeConfig, policy, pool, service } from '../support/manifests.ts';

const skipped = whySkipped();
if (skipped !== '') console.log(`responder${skipped}`);

const boxMac = '02:00:00:00:00:01';
const clientMac = '02:00:00:00:00:aa';
const strangerMac = '02:00:00:00:00:bb';
const vip = '192.0.2.10';
/** Asked for after what is to stay unanswered. */
const canary = '192.0.2.11';

describe.skipIf(skipped !== '')(`responder${skipped}`, () => {
  let lab: Lab;
  let box: Box;
  let client: Asker;

  beforeAll(async () => {
    lab = new Lab(`ll-resp${process.pid}`);
    const edge = lab.addHost('edge', ['192.0.2.1/24'], '02:00:00:00:01:01');
    const host = lab.addHost('client', [], '02:00:00:00:01:02');
    cable(lab, { host: edge, name: 'lan1', mac: boxMac }, { host, name: 'lan0', mac: clientMac });
    client = new Asker({ namespace: host.namespace, interface: 'lan0', mac: clientMac }, '192.0.2.200');
    box = new Box(lab, edge);
    const services = [service('one'), service('two')];
    const config = nodeConfig('{reload: {watch: false}, announce: {burst: [0ms], refresh: 24h}}');
    box.write(
      'all.yaml',
      documents(pool('p', vip, canary), ...services, policy('lan', { interfaces: ['^lan1$'] }), config),
    );
    await box.start();
  });
  afterAll(async () => {
    client?.close();
    await box?.close();
    lab?.close();
  });

  const request = (parts: Partial<ArpText> = {}) => client.request(vip, parts);
  const hex = (bytes: Uint8Array) => bytes.toHex();
  const isSilent = async (...frames: Uint8Array[]) => (await client.replyTo(vip, frames, canary)).length === 0;

  /** Drops of this reason while `action` runs. */
  async function counted(reason: string, action: () => Promise<unknown>): Promise<number> {
    const read = async () =>
      (await box.get('interfaces')).find(({ name }) => name === 'lan1')?.dropReasons[reason] ?? 0;
    const before = await read();
    await action();
    return (await read()) - before;
  }

  /** As it travels: 42 bytes and 18 zero bytes. */
  function reply(to: string, targetMac: string, target: string): string {
    const parts = { to, from: boxMac, operation: 2, sender: vip, targetMac, target };
    return hex(arpBytes(parts)).padEnd(120, '0');
  }

  test('R-1 ARP-3 ETH-1: a broadcast request gets exactly one reply, byte for byte, 60 bytes with zero padding', async () => {
    const replies = await client.replyTo(vip, [request()]);
    expect(replies.map(({ bytes }) => hex(bytes))).toEqual([reply(clientMac, clientMac, '192.0.2.200')]);
    expect(replies.map(({ bytes }) => hex(bytes))).toEqual([
      '0200000000aa02000000000108060001080006040002020000000001c000020a0200000000aac00002c8'.padEnd(120, '0'),
    ]);
  });

  test('R-2 ARP-5: a unicast request to our MAC gets the same reply', async () => {
    const replies = await client.replyTo(vip, [request({ to: boxMac, targetMac: boxMac })]);
    expect(replies.map(({ bytes }) => hex(bytes))).toEqual([reply(clientMac, clientMac, '192.0.2.200')]);
  });

  test('R-3 ARP-5 ETH-4: a request to a foreign MAC is not answered, also when the interface is promiscuous', async () => {
    lab.ip(['-n', box.host.namespace, 'link', 'set', 'lan1', 'promisc', 'on']);
    const silent = () => isSilent(request({ to: strangerMac }), request({ to: '01:00:5e:00:00:fb' }));
    expect(await counted('not_for_us', async () => expect(await silent()).toBe(true))).toBe(2);
    lab.ip(['-n', box.host.namespace, 'link', 'set', 'lan1', 'promisc', 'off']);
  });

  test('R-4 ARP-4: a reply is never answered, and a claim in it is counted', async () => {
    const claim = arpBytes({ from: strangerMac, operation: 2, sender: vip, targetMac: broadcast, target: vip });
    const harmless = arpBytes({ from: clientMac, to: boxMac, operation: 2, sender: '192.0.2.200', target: vip });
    const silent = async () => expect(await isSilent(claim, harmless)).toBe(true);
    expect(await counted('claims_our_vip', () => counted('arp_reply', silent))).toBe(1);
  });

  test('R-4 ARP-2: a request that claims our address for itself is evidence of a conflict and not answered', async () => {
    const announcement = arpBytes({ from: strangerMac, sender: vip, target: vip });
    const elsewhere = arpBytes({ from: strangerMac, sender: vip, target: '192.0.2.99' });
    const silent = async () => expect(await isSilent(announcement, elsewhere)).toBe(true);
    expect(await counted('claims_our_vip', silent)).toBe(2);
  });

  test('R-5 ARP-4: an address that is not ours is not answered and counted', async () => {
    expect(await counted('not_ours', () => client.replyTo('192.0.2.12', [client.request('192.0.2.12')], canary))).toBe(
      1,
    );
    expect(client.replies('192.0.2.12')).toEqual([]);
  });

  test('R-6: a probe is answered to the prober, about 0.0.0.0, and is no conflict', async () => {
    const answer = async () => {
      const replies = await client.replyTo(vip, [request({ sender: '0.0.0.0' })]);
      expect(replies.map(({ bytes }) => hex(bytes))).toEqual([reply(clientMac, clientMac, '0.0.0.0')]);
    };
    expect(await counted('claims_our_vip', answer)).toBe(0);
  });

  test('R-7 ETH-5: our own announcement looped back is not answered', async () => {
    const own = arpBytes({ from: boxMac, sender: vip, target: vip });
    const asks = arpBytes({ from: boxMac, sender: canary, target: vip });
    const hidden = arpBytes({ from: clientMac, senderMac: boxMac, sender: '192.0.2.200', target: vip });
    const silent = async () => {
      expect(await isSilent(own, asks, hidden)).toBe(true);
      expect(client.heard.filter(({ targetMac }) => targetMac === boxMac)).toEqual([]);
    };
    expect(await counted('own_frame_claims_vip', silent)).toBe(2);
  });

  test('R-8 ARP-1: other types, lengths and operations are not answered and counted as malformed', async () => {
    const bad: [at: number, value: number][] = [
      [15, 6],
      [14, 1],
      [16, 0x86],
      [17, 0xdd],
      [18, 8],
      [19, 16],
      [21, 0],
    ];
    for (let operation = 3; operation <= 25; operation++) bad.push([21, operation]);
    const frames: Uint8Array[] = bad.map(([at, value]) => request().with(at, value));
    frames.push(request({ operation: 0xffff }), request({ operation: 0x0101 }));
    const silent = async () => expect(await isSilent(...frames)).toBe(true);
    expect(await counted('malformed', silent)).toBe(frames.length);
  });

  test('R-9 ETH-2: a request cut off at any length is not answered; the next whole one is', async () => {
    const frames = [...Array(27).keys()].map((cut) => request().slice(0, 15 + cut));
    expect(await isSilent(...frames)).toBe(true);
    expect(await client.replyTo(vip, [request()])).toHaveLength(1);
  });

  test('R-10 ETH-1 ETH-2: garbage behind a request changes nothing of the reply, however long', async () => {
    for (const length of [43, 60, 64, 1500]) {
      const padded = new Uint8Array(length).fill(0xa5);
      padded.set(request());
      const replies = await client.replyTo(vip, [padded]);
      expect(replies.map(({ bytes }) => hex(bytes))).toEqual([reply(clientMac, clientMac, '192.0.2.200')]);
    }
  });

  test('R-11 ETH-4: a multicast or zero Ethernet source is dropped and counted', async () => {
    const frames = ['03:00:00:00:00:aa', '00:00:00:00:00:00', broadcast].map((from) =>
      request({ from, senderMac: clientMac }),
    );
    const silent = async () => expect(await isSilent(...frames)).toBe(true);
    expect(await counted('multicast_source', silent)).toBe(3);
  });

  test('R-11 ETH-4: Ethernet source and sender MAC differ: answered to the source, about the sender', async () => {
    client.clear();
    client.send(request({ from: strangerMac, senderMac: clientMac }));
    const mine = () =>
      client.heard.filter(({ operation, sender, to }) => operation === 2 && sender === vip && to !== broadcast);
    expect(await client.until(() => mine().length > 0)).toBe(true);
    expect(mine().map(({ bytes }) => hex(bytes))).toEqual([reply(strangerMac, clientMac, '192.0.2.200')]);
  });

  test('R-12 ETH-3: a tag of VLAN 0 counts as none; VLAN 10 and 802.1ad are not answered and counted', async () => {
    const tagged = [withTag(request(), 0x8100, 10), withTag(request(), 0x8100, 0x6fff), withTag(request(), 0x88a8, 10)];
    const silent = async () => expect(await isSilent(...tagged)).toBe(true);
    expect(await counted('vlan_tagged', silent)).toBe(3);
    for (const control of [0, 0x6000]) {
      const replies = await client.replyTo(vip, [withTag(request(), 0x8100, control)]);
      expect(replies.map(({ bytes }) => hex(bytes))).toEqual([reply(clientMac, clientMac, '192.0.2.200')]);
    }
  });

  test('ARP-6: 50,000 askers and stray claims leave a box that answers and keeps its size', async () => {
    const frames = [...Array(50_000).keys()].map((i) => {
      const tail = [i >> 16, (i >> 8) & 0xff, i & 0xff].map((byte) => byte.toString(16).padStart(2, '0')).join(':');
      return request({
        from: `02:11:22:${tail}`,
        sender: `10.${i >> 16}.${(i >> 8) & 0xff}.${i & 0xff}`,
        target: '192.0.2.77',
      });
    });
    const rss = async () => Number(/VmRSS:\s+(\d+)/.exec(await Bun.file(`/proc/${box.pid}/status`).text())?.[1]);
    const before = await rss();
    for (let first = 0; first < frames.length; first += 1000) {
      client.send(...frames.slice(first, first + 1000));
      await Bun.sleep(5);
    }
    expect(await client.replyTo(vip, [request()], canary)).toHaveLength(1);
    // KiB. A record per asker would cost more; the garbage collector's own wandering costs less.
    expect((await rss()) - before).toBeLessThan(30_000);
  });
});
