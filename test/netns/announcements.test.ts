// What is announced, when and how often: every frame counted and timed at the other end of the cable.
// Read RFC 5227 §2.3 before changing this file.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test';
import { Lab, type LabHost } from '#cli/lab.ts';
import { arpBytes } from '../support/arp-text.ts';
import { Asker, type Heard } from '../support/asker.ts';
import { Box, whySkipped } from '../support/box.ts';
import { cable, ipIn } from '../support/cable.ts';
import { documents, nodeConfig, policy, pool, service } from '../support/manifests.ts';

const skipped = whySkipped();
if (skipped !== '') console.log(`announcements${skipped}`);

const burst = [0, 50, 200, 1100, 2200];
const macs = { eth1: '02:00:00:00:00:01', eth2: '02:00:00:00:00:02' };
const vip = '192.0.2.10';

describe.skipIf(skipped !== '')(`announcements${skipped}`, () => {
  let lab: Lab;
  let box: Box;
  let host: LabHost;
  let ears: { eth1: Asker; eth2: Asker };

  beforeAll(() => {
    lab = new Lab(`ll-ann${process.pid}`);
    const edge = lab.addHost('edge', [], '02:00:00:00:01:01');
    host = lab.addHost('ear', [], '02:00:00:00:01:02');
    for (const [name, mac] of Object.entries(macs)) {
      cable(lab, { host: edge, name, mac }, { host, name: `far-${name}`, mac: mac.replace('02:', '06:') });
    }
    const ear = (name: 'eth1' | 'eth2') =>
      new Asker(
        { namespace: host.namespace, interface: `far-${name}`, mac: macs[name].replace('02:', '06:') },
        '192.0.2.200',
      );
    ears = { eth1: ear('eth1'), eth2: ear('eth2') };
    box = new Box(lab, edge);
  });
  afterEach(async () => {
    await box.crash();
    for (const ear of [ears.eth1, ears.eth2]) ear.clear();
  });
  afterAll(async () => {
    ears?.eth1.close();
    ears?.eth2.close();
    await box?.close();
    lab?.close();
  });

  /** In this test's configuration: one pool of 192.0.2.10 and up, everything on eth1 unless said otherwise. */
  function configure(texts: readonly string[], announce = '{refresh: 24h}'): void {
    const settings = nodeConfig(`{reload: {watch: false}, announce: ${announce}}`);
    box.write('all.yaml', documents(pool('p', vip, '192.0.9.255'), settings, ...texts));
  }
  const onEth1 = policy('one', { interfaces: ['^eth1$'] });
  /** Broadcast frames that speak for an address, in order. */
  const announced = (ear: Asker, address = vip) =>
    ear.heard.filter(({ sender, target }) => sender === address && target === address);
  const forms = (frames: readonly Heard[]) => frames.map(({ operation }) => (operation === 1 ? 'request' : 'reply'));

  test('G-1 G-9 ETH-1: request form, then reply form with our MAC as target, five times at 0, 50, 200, 1100, 2200 ms', async () => {
    configure([onEth1, service('web')]);
    await box.start();
    await ears.eth1.until(() => announced(ears.eth1).length >= 10, 10_000);
    await ears.eth1.listen(1500);
    const frames = announced(ears.eth1);
    expect(forms(frames)).toEqual(burst.flatMap(() => ['request', 'reply']));
    const mac = macs.eth1;
    const request = arpBytes({ from: mac, sender: vip, target: vip });
    const reply = arpBytes({ from: mac, operation: 2, sender: vip, targetMac: mac, target: vip });
    const padded = (bytes: Uint8Array) => bytes.toHex().padEnd(120, '0');
    expect(frames.map(({ bytes }) => bytes.toHex())).toEqual(burst.flatMap(() => [padded(request), padded(reply)]));
    // Rounds by when their request was heard, each within a second of its time.
    const first = frames[0]?.atMs ?? 0;
    const times = frames.filter(({ operation }) => operation === 1).map(({ atMs }) => atMs - first);
    for (const [round, offset] of burst.entries()) {
      expect(times[round]).toBeGreaterThan(offset - 45);
      expect(times[round]).toBeLessThan(offset + 1000);
    }
    // Nothing but these left the box for the address, and nothing at all on the other interface.
    expect(announced(ears.eth2)).toEqual([]);
    expect((await box.get('interfaces')).map(({ name, announced: count }) => [name, count])).toEqual([['eth1', 10]]);
  });

  test('G-1: an address that comes by reload is announced at once', async () => {
    configure([onEth1]);
    await box.start();
    configure([onEth1, service('web')]);
    await box.reload();
    expect(await ears.eth1.until(() => announced(ears.eth1).length >= 1, 1000)).toBe(true);
  });

  test('G-2: reloads without a change, whatever asks for them, send no frame and start no generation', async () => {
    configure([onEth1, service('web')], '{burst: [0ms], refresh: 24h}');
    await box.start();
    await ears.eth1.until(() => announced(ears.eth1).length >= 2);
    const { generation } = await box.status();
    await ears.eth1.listen(300);
    ears.eth1.clear();
    for (let i = 0; i < 100; i++) {
      box.signal('SIGHUP');
      await Bun.sleep(5);
    }
    for (let i = 0; i < 3; i++) expect(await box.reload()).toContain('0 added, 0 changed, 0 removed, 0 VIPs moved');
    await ears.eth1.listen(300);
    expect(ears.eth1.heard).toEqual([]);
    expect((await box.status()).generation).toBe(generation);
  });

  test('G-9 R-1: other times by reload: nothing is announced because of them, the next burst has them, and each request one answer', async () => {
    configure([onEth1, service('web')], '{burst: [0ms], refresh: 24h}');
    await box.start();
    await ears.eth1.until(() => announced(ears.eth1).length >= 2);
    for (const burst of ['[0ms, 20ms]', '[0ms, 20ms, 40ms]']) {
      ears.eth1.clear();
      configure([onEth1, service('web')], `{burst: ${burst}, refresh: 24h}`);
      await box.reload();
      await ears.eth1.listen(300);
      expect(announced(ears.eth1)).toEqual([]);
      expect((await box.lanlord('announce', vip)).code).toBe(0);
      await ears.eth1.listen(500);
      expect(announced(ears.eth1)).toHaveLength(burst.split(',').length * 2);
      for (let i = 0; i < 3; i++) expect(await ears.eth1.whoHas(vip)).toEqual([macs.eth1]);
    }
    expect(await box.stop()).toBe(0);
  });

  test('G-3: 1,000 addresses at once are paced; first frames come in order of addresses, before any repeat', async () => {
    const services = [...Array(1000).keys()].map((i) => service(`s${i}`));
    configure([onEth1, ...services], '{burst: [0ms, 50ms], refresh: 24h, maxFramesPerSecond: 2000}');
    await box.start();
    await ears.eth1.until((heard) => heard.length >= 4000, 15_000);
    await ears.eth1.listen(500);
    const heard = ears.eth1.heard;
    expect(heard).toHaveLength(4000);
    const firsts = heard.slice(0, 1000);
    const number = (text: string) => text.split('.').reduce((sum, byte) => sum * 256 + Number(byte), 0);
    const order = firsts.map(({ sender }) => number(sender));
    expect(forms(firsts).every((form) => form === 'request')).toBe(true);
    expect(new Set(order).size).toBe(1000);
    expect(order).toEqual([...order].sort((a, b) => a - b));
    // 4,000 frames at 2,000 a second; timed by a reader that may be late, never early.
    const seconds = ((heard.at(-1)?.atMs ?? 0) - (heard[0]?.atMs ?? 0)) / 1000;
    expect(seconds).toBeGreaterThan(1.8);
    expect(seconds).toBeLessThan(6);
  });

  test('G-4: an address that is withdrawn in the middle of its burst is not announced again', async () => {
    configure([onEth1, service('web')]);
    await box.start();
    await ears.eth1.until(() => announced(ears.eth1).length >= 2);
    configure([onEth1]);
    await box.reload();
    ears.eth1.clear();
    await ears.eth1.listen(2500);
    expect(announced(ears.eth1)).toEqual([]);
  });

  test('G-5: a refresh is one round per interval and address, spread in time', async () => {
    configure([onEth1, ...[...Array(20).keys()].map((i) => service(`s${i}`))], '{burst: [0ms], refresh: 1s}');
    await box.start();
    await ears.eth1.until((heard) => heard.length >= 40);
    ears.eth1.clear();
    await ears.eth1.listen(5500);
    const rounds = Map.groupBy(ears.eth1.heard, ({ sender }) => sender);
    expect(rounds.size).toBe(20);
    for (const frames of rounds.values()) {
      expect(forms(frames)).toEqual(frames.map((_, i) => (i % 2 === 0 ? 'request' : 'reply')));
      // 1 s ± 10 % in 5.5 s, and a box that was late once or twice.
      expect(frames.length / 2).toBeGreaterThanOrEqual(3);
      expect(frames.length / 2).toBeLessThanOrEqual(6);
    }
    // They began together; the jitter of several rounds has spread them.
    const lasts = [...rounds.values()].map((frames) => frames.at(-1)?.atMs ?? 0);
    expect(Math.max(...lasts) - Math.min(...lasts)).toBeGreaterThan(50);
  });

  test('G-7: services that share an address and are announced on different interfaces: both interfaces', async () => {
    const shared = { ips: vip, sharingKey: 'k' };
    configure([
      policy('red', { interfaces: ['^eth1$'], color: 'red' }),
      policy('blue', { interfaces: ['^eth2$'], color: 'blue' }),
      service('a', { ...shared, color: 'red', port: 80 }),
      service('b', { ...shared, color: 'blue', port: 81 }),
    ]);
    await box.start();
    for (const name of ['eth1', 'eth2'] as const) {
      expect(await ears[name].until(() => announced(ears[name]).length >= 10)).toBe(true);
      expect(new Set(announced(ears[name]).map(({ senderMac }) => senderMac))).toEqual(new Set([macs[name]]));
      expect(await ears[name].whoHas(vip)).toEqual([macs[name]]);
    }
    expect(await box.rows()).toEqual([`${vip} eth1`, `${vip} eth2`]);
  });

  test('G-8: loopback, NOARP and point-to-point interfaces are never used, whatever the pattern', async () => {
    ipIn(lab, box.host, 'link', 'set', 'eth2', 'arp', 'off');
    const tunnel = await lab.exec(box.host, ['ip', 'tuntap', 'add', 'mode', 'tun', 'name', 'tun0']);
    if (tunnel.code === 0) ipIn(lab, box.host, 'link', 'set', 'tun0', 'up');
    else console.log('G-8 without a tunnel: this kernel has no tun devices');
    configure([policy('all', { interfaces: ['.'] }), service('web')]);
    await box.start();
    const used = ['eth0', 'eth1'];
    expect((await box.get('interfaces')).map(({ name }) => name).sort()).toEqual(used);
    expect((await box.rows()).sort()).toEqual(used.map((name) => `${vip} ${name}`));
    expect(await ears.eth1.until(() => announced(ears.eth1).length >= 10)).toBe(true);
    expect(announced(ears.eth2)).toEqual([]);
    ipIn(lab, box.host, 'link', 'set', 'eth2', 'arp', 'on');
  });
});
