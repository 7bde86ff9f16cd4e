// `lanlord capture` of an election: advertisements, own and heard, judged by tshark.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { Lab, type LabHost } from '#cli/lab.ts';
import { Asker } from '../support/asker.ts';
import { Box, patience, whySkipped } from '../support/box.ts';
import { documents, nodeConfig, policy, pool, service } from '../support/manifests.ts';
import { vrrpFrame } from '../support/vrrp-frames.ts';

const skipped = whySkipped('tshark');
if (skipped !== '') console.log(`capture-election${skipped}`);

const vip = '192.168.10.212';
const fields = ['_ws.col.Protocol', 'frame.interface_name', 'frame.packet_flags_direction', 'frame.comment'];

describe.skipIf(skipped !== '')(`capture-election${skipped}`, () => {
  let lab: Lab;
  let other: LabHost;
  let box: Box;
  let asker: Asker;

  beforeAll(async () => {
    lab = new Lab(`ll-cel${process.pid}`);
    const edge = lab.addHost('edge', ['192.168.10.2/24'], '02:00:00:00:55:02');
    other = lab.addHost('other', ['192.168.10.3/24'], '02:00:00:00:55:03');
    asker = new Asker(other, '192.168.10.3');
    box = new Box(lab, edge);
    const settings = '{mode: vrrp, vrrp: {virtualRouterId: 51, groups: 1, advertisementInterval: 100ms}}';
    const config = nodeConfig(`{ipFamilies: [IPv4], reload: {watch: false}, election: ${settings}}`);
    box.write('all.yaml', documents(config, pool('four', vip, vip), policy('lan'), service('web')));
    await box.start();
    await box.within(patience, async () => (await asker.answersNow(vip)).length > 0);
  });
  afterAll(async () => {
    asker?.close();
    await box?.close();
    lab?.close();
  });

  /** Lines of tshark about what was captured while a weak advertisement of somebody else and a request were sent. */
  async function captured(filter: string): Promise<readonly string[]> {
    const file = `${box.folder}/election.pcapng`;
    const weak = { from: asker.mac.replaceAll(':', ''), source: 'c0a80a03', virtualRouterId: 51, priority: 1 };
    const { code, stderr } = await box.capture(file, ['--duration', '2s', '--filter', filter], async () => {
      asker.send(vrrpFrame(weak));
      asker.send(vrrpFrame({ ...weak, ttl: 254 }));
      await asker.replyTo(vip, [asker.request(vip)]);
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining('0 dropped') });
    const shark = ['tshark', '-r', file, '-T', 'fields', ...fields.flatMap((field) => ['-e', field])];
    return (await lab.exec(other, shark)).stdout.split('\n').filter(Boolean);
  }

  const own = /^VRRP\teth0\t0x0*2\tVRRP router 51 by 192\.168\.10\.2: priority 254, every 100 ms$/;
  const heard = /^VRRP\teth0\t0x0*1\theard: VRRP router 51 by 192\.168\.10\.3: priority 1, every 100 ms$/;
  const dropped = /^VRRP\teth0\t0x0*1\tttl: /;
  const arp = /^ARP\t/;
  const count = (lines: readonly string[], pattern: RegExp) => lines.filter((line) => pattern.test(line)).length;

  test('without a filter: own advertisements, those of others with the verdict, and ARP', async () => {
    const lines = await captured('');
    expect(count(lines, own)).toBeGreaterThan(3);
    expect([count(lines, heard), count(lines, dropped)]).toEqual([1, 1]);
    expect(count(lines, arp)).toBeGreaterThan(1);
  });

  test('kind:vrrp has VRRP alone, and vip: with the sender of an advertisement finds it', async () => {
    const all = await captured('kind:vrrp');
    expect(count(all, own)).toBeGreaterThan(3);
    expect(count(all, arp)).toBe(0);
    expect(await captured('kind:vrrp dir:in verdict:heard')).toEqual([expect.stringMatching(heard)]);
    const ofSender = await captured('vip:192.168.10.3');
    expect(count(ofSender, heard)).toBe(1);
    expect(count(ofSender, own)).toBe(0);
    const ofVip = await captured(`vip:${vip}`);
    expect(ofVip.filter((line) => line.startsWith('VRRP'))).toEqual([]);
    expect(count(ofVip, arp)).toBeGreaterThan(1);
  });

  test('words of pcap-filter(7) reach VRRP, too', async () => {
    const lines = await captured('vrrp and ether src 02:00:00:00:55:03');
    expect(lines.length).toBe(2);
    expect(count(lines, heard)).toBe(1);
  });
});
