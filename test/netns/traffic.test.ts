// What `lanlord traffic` says of frames, judged against what another namespace sent and heard.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Lab, type LabHost } from '#cli/lab.ts';
import type { TrafficItem } from '#control/traffic-protocol.ts';
import { Asker } from '../support/asker.ts';
import { Box, binary, patience, whySkipped } from '../support/box.ts';
import { cable, ipIn } from '../support/cable.ts';
import { tagged } from '../support/frames.ts';
import { documents, nodeConfig, policy, pool, service } from '../support/manifests.ts';
import { NeighborAsker } from '../support/neighbor-asker.ts';

const skipped = whySkipped('tcpdump');
if (skipped !== '') console.log(`traffic${skipped}`);

const boxMac = '02:00:00:00:00:01';
const clientMac = '02:00:00:00:00:aa';
const clientIp = '192.0.2.200';
const vip = '192.0.2.10';
const vip6 = '2001:db8::10';
const foreign = '192.0.2.99';
const foreign6 = '2001:db8::99';
const later = '192.0.2.11';

describe.skipIf(skipped !== '')(`traffic${skipped}`, () => {
  let lab: Lab;
  let edge: LabHost;
  let box: Box;
  let arp: Asker;
  let ndp: NeighborAsker;

  beforeAll(async () => {
    lab = new Lab(`ll-tra${process.pid}`);
    edge = lab.addHost('edge', [], '02:00:00:00:01:01');
    const host = lab.addHost('client', [], '02:00:00:00:01:02');
    cable(lab, { host: edge, name: 'lan1', mac: boxMac }, { host, name: 'lan0', mac: clientMac });
    ipIn(lab, edge, 'address', 'add', '192.0.2.1/24', 'dev', 'lan1');
    ipIn(lab, edge, 'address', 'add', '2001:db8::1/64', 'dev', 'lan1', 'nodad');
    const place = { namespace: host.namespace, interface: 'lan0', mac: clientMac };
    arp = new Asker(place, clientIp);
    ndp = new NeighborAsker(place, '2001:db8::200');
    box = new Box(lab, edge);
    box.write(
      'node.yaml',
      nodeConfig('{ipFamilies: [IPv4, IPv6], reload: {watch: false}, announce: {burst: [0ms, 100ms], refresh: 24h}}'),
    );
    const lan = policy('lan', { interfaces: ['^lan1$'] });
    box.write('pool.yaml', documents(pool('four', vip, later), pool('six', vip6, '2001:db8::1f'), lan));
    box.write('four.yaml', service('four').replace('spec:\n', 'spec:\n  ipFamilies: [IPv4]\n'));
    box.write('six.yaml', service('six').replace('spec:\n', 'spec:\n  ipFamilies: [IPv6]\n'));
    await box.start();
    await box.within(patience, async () => !/tentative/.test(ipIn(lab, edge, '-6', 'address', 'show', 'dev', 'lan1')));
    await box.within(
      patience,
      async () => (await arp.answersNow(vip)).length > 0 && (await ndp.whoHas(vip6)).length > 0,
    );
    // The rest of the bursts.
    await arp.listen(500);
  });
  afterAll(async () => {
    arp?.close();
    ndp?.close();
    await box?.close();
    lab?.close();
  });

  async function traffic(filter: string, ...more: string[]): Promise<TrafficItem[]> {
    const { code, stdout, stderr } = await box.lanlord('traffic', '-o', 'jsonl', '--filter', filter, ...more);
    if (code !== 0) throw new Error(`traffic exits ${code}: ${stderr}`);
    return stdout
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line));
  }

  async function last(filter: string): Promise<TrafficItem> {
    const [item] = await traffic(filter, '--limit', '1');
    if (!item) throw new Error(`no traffic fits ${filter}`);
    return item;
  }

  test('an answered request: the question, and our answer with how long it took', async () => {
    const [reply] = await arp.replyTo(vip, [arp.request(vip)]);
    const [question, answer] = await traffic(`vip:${vip}`, '--limit', '2');
    expect(question).toMatchObject({
      interface: 'lan1',
      direction: 'in',
      protocol: 'ARP',
      operation: 'request',
      ip: vip,
      sender: clientIp,
      senderMac: clientMac,
      target: vip,
      verdict: 'answered',
      reason: 'replied',
      source: clientMac,
      destination: 'ff:ff:ff:ff:ff:ff',
      vlan: null,
      latencySeconds: null,
    });
    expect(answer).toMatchObject({
      direction: 'out',
      operation: 'reply',
      ip: vip,
      sender: vip,
      senderMac: boxMac,
      target: clientIp,
      verdict: 'ours',
      reason: 'answer',
      source: boxMac,
      destination: clientMac,
      length: reply?.bytes.length,
    });
    const latency = answer?.latencySeconds ?? -1;
    expect(latency).toBeGreaterThanOrEqual(0);
    expect(latency).toBeLessThan(0.3);
    expect(answer?.sequence).toBe((question?.sequence ?? 0) + 1);
    expect((answer?.time ?? '') >= (question?.time ?? 'z')).toBe(true);
    expect(Math.abs(Date.parse(answer?.time ?? '') - Date.now())).toBeLessThan(10_000);
  });

  test('what is not answered, each with its reason', async () => {
    await arp.replyTo(foreign, [arp.request(foreign)], vip);
    expect(await last(`vip:${foreign}`)).toMatchObject({
      verdict: 'ignored',
      reason: 'not_ours',
      operation: 'request',
    });
    await arp.replyTo(vip, [tagged(arp.request(vip), 0x8100, 10)], vip);
    expect(await last('vlan:10')).toMatchObject({
      verdict: 'ignored',
      reason: 'vlan_tagged',
      protocol: null,
      ip: null,
    });
    const broken = arp.request(vip);
    broken[15] = 9;
    await arp.replyTo(vip, [broken], vip);
    expect(await last('verdict:malformed')).toMatchObject({ reason: 'malformed', source: clientMac, sender: null });
  });

  test('a claim of somebody else is a duplicate, and our defence follows', async () => {
    const stranger = '02:00:00:00:00:bb';
    arp.send(arp.request(vip, { from: stranger, senderMac: stranger, sender: vip }));
    expect(await box.within(patience, async () => (await traffic('verdict:defence')).length > 0)).toBe(true);
    expect(await last('verdict:duplicate')).toMatchObject({
      operation: 'announcement',
      ip: vip,
      senderMac: stranger,
      reason: 'claims_our_vip',
    });
    expect(await last('verdict:defence')).toMatchObject({ direction: 'out', operation: 'announcement', ip: vip });
  });

  test('probes and announcements of a new address are there, as many as were heard', async () => {
    arp.clear();
    box.write('five.yaml', service('five').replace('spec:\n', 'spec:\n  ipFamilies: [IPv4]\n'));
    await box.reload();
    expect(await arp.until((heard) => heard.filter(({ sender }) => sender === later).length >= 4)).toBe(true);
    await arp.listen(300);
    const items = await traffic(`vip:${later} dir:out`);
    const about = arp.heard.filter(({ sender, target }) => sender === later || target === later);
    expect(items.map(({ operation }) => operation)).toEqual(
      about.map(({ sender }) => (sender === later ? 'announcement' : 'probe')),
    );
    expect(items.map(({ length }) => length)).toEqual(about.map(({ bytes }) => bytes.length));
    expect(await traffic(`vip:${later} op:garp`)).toEqual(items.filter(({ operation }) => operation !== 'probe'));
  });

  test('Neighbor Solicitations and Advertisements, solicited and not', async () => {
    await ndp.replyTo(vip6, [ndp.solicitation(vip6)]);
    const [question, answer] = await traffic(`vip:${vip6} op:ns,na`, '--limit', '2');
    expect(question).toMatchObject({
      protocol: 'NDP',
      operation: 'request',
      ip: vip6,
      sender: '2001:db8::200',
      senderMac: clientMac,
      verdict: 'answered',
    });
    expect(answer).toMatchObject({ protocol: 'NDP', operation: 'reply', ip: vip6, senderMac: boxMac, length: 86 });
    await ndp.replyTo(vip6, [ndp.solicitation(foreign6)], vip6);
    expect(await last(`vip:${foreign6}`)).toMatchObject({ verdict: 'ignored', reason: 'not_ours' });
    const announced = await traffic(`vip:${vip6} op:una`);
    expect(announced.length).toBeGreaterThanOrEqual(2);
    for (const item of announced) expect(item).toMatchObject({ direction: 'out', reason: 'announcement', ip: vip6 });
  });

  test('capture takes the same filters', async () => {
    const file = `${box.folder}/ignored.pcapng`;
    const wanted = ['--duration', '2s', '--filter', `verdict:ignored vip:${foreign}`];
    const ended = await box.capture(file, wanted, () =>
      arp.replyTo(foreign, [arp.request(foreign), arp.request(vip)], vip),
    );
    expect(ended).toMatchObject({ code: 0, stderr: expect.stringContaining('lanlord: 1 frames, 0 dropped') });
    const dump = await lab.exec(edge, ['tcpdump', '-nn', '-r', file]);
    expect(dump.stdout.match(/who-has .*/g)).toEqual([expect.stringContaining(`who-has ${foreign} tell ${clientIp}`)]);
  });

  test('--watch goes on with what comes, once each', async () => {
    const [marker, subject] = ['192.0.2.51', '192.0.2.50'];
    const out = join(box.folder, 'watch.jsonl');
    writeFileSync(out, '');
    const watch = `traffic --watch -o jsonl --filter 'vip:${marker},${subject}' --limit 1 --socket ${box.socket}`;
    const watching = lab.exec(edge, ['sh', '-c', `${binary} ${watch} > ${out}`]);
    const told = async (ip: string) => {
      const lines = (await Bun.file(out).text()).split('\n').slice(0, -1);
      return lines.map((line): TrafficItem => JSON.parse(line)).filter((item) => item.ip === ip);
    };
    // The first line may be of what was before.
    const isWatching = async () => {
      arp.send(arp.request(marker));
      return (await told(marker)).length > 1;
    };
    expect(await box.within(patience, isWatching)).toBe(true);
    const asked = 20;
    for (let i = 0; i < asked; i++) {
      await Bun.sleep(60);
      arp.send(arp.request(subject));
    }
    expect(await box.within(patience, async () => (await told(subject)).length >= asked)).toBe(true);
    await Bun.sleep(500);
    // Ends the follower as the daemon's end would.
    await box.stop();
    expect((await watching).code).toBe(3);
    const numbers = (await told(subject)).map(({ sequence }) => sequence);
    expect(numbers.length).toBe(asked);
    expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
    await box.start();
  });

  test('tables are for people, and a filter that makes no sense is shown with its place', async () => {
    await arp.replyTo(vip, [arp.request(vip)]);
    const shown = await box.lanlord('traffic', '--filter', `vip:${vip}`);
    expect(shown.stdout.split('\n')[0]).toMatch(/^TIME \(UTC\) +IF +DIR +OP +IP +FROM +VERDICT$/);
    expect(shown.stdout).toMatch(new RegExp(`lan1 +in +who +${vip} +${clientMac} +answered\n`));
    expect(shown.stdout).toMatch(new RegExp(`lan1 +out +is-at +${vip} +${boxMac} +ours \\d+\\.\\d\\dms\n`));
    const wrong = await box.lanlord('traffic', '--filter', 'vpi:192.0.2.1');
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toContain('unknown field vpi (did you mean vip)\n  vpi:192.0.2.1\n  ^^^\n');
  });
});
