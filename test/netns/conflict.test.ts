// Addresses that other hosts have: probed for before use, watched while in use. Judged from the other host.
// Read RFC 5227 §2.1.1 and RFC 5227 §2.4 before changing this file.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test';
import { Lab, type LabHost } from '#cli/lab.ts';
import { arpBytes, broadcast } from '../support/arp-text.ts';
import { Asker, type Heard } from '../support/asker.ts';
import { Box, binary, patience, whySkipped } from '../support/box.ts';
import { policy, pool, service } from '../support/manifests.ts';

const skipped = whySkipped('arping', 'tcpdump');
if (skipped !== '') console.log(`conflicts${skipped}`);

const first = '192.168.10.212';
const second = '192.168.10.213';
const nothing = '0.0.0.0';

describe.skipIf(skipped !== '')(`conflicts${skipped}`, () => {
  let lab: Lab;
  let edge: LabHost;
  let other: LabHost;
  let asker: Asker;
  let box: Box;

  beforeAll(() => {
    lab = new Lab(`ll-dup${process.pid}`);
    other = lab.addHost('other', ['192.168.10.3/24'], '02:00:00:00:40:bb');
    edge = lab.addHost('edge-1', ['192.168.10.2/24'], '02:00:00:00:40:01');
    asker = new Asker(other, '192.168.10.3');
  });
  afterEach(async () => {
    await box?.close();
    lab.ip(['-n', other.namespace, 'address', 'flush', 'dev', 'eth0', 'scope', 'global']);
    lab.ip(['-n', other.namespace, 'address', 'add', '192.168.10.3/24', 'dev', 'eth0']);
  });
  afterAll(() => {
    asker?.close();
    lab?.close();
  });

  /** A box with one service. `conflict`: settings in flow style. */
  async function start(conflict = '{}', web = service('web')): Promise<void> {
    box = new Box(lab, edge);
    const announce = '{burst: [0ms], refresh: 10m}';
    const spec = `spec: {conflict: ${conflict}, announce: ${announce}, reload: {watch: false}}`;
    box.write('node.yaml', `apiVersion: lanlord.dev/v1\nkind: NodeConfig\n${spec}\n`);
    box.write('pool.yaml', pool('blue', first, '192.168.10.219'));
    box.write('policy.yaml', policy('lan'));
    box.write('web.yaml', web);
    asker.clear();
    await box.start();
  }

  const ours = (seen: (frame: Heard) => boolean) =>
    asker.heard.filter((frame) => frame.from === box.mac && seen(frame));
  const probes = (ip: string) => ours(({ sender, target }) => sender === nothing && target === ip);
  const announcements = (ip: string) =>
    ours(({ operation, sender, target }) => operation === 1 && sender === ip && target === ip);
  const states = async () => (await box.get('leaders')).map(({ ip, state }) => `${ip} ${state}`);
  const isHere = (ip: string) => box.within(patience, async () => (await states()).includes(`${ip} here`));
  const kinds = async () => (await box.get('events')).map(({ kind }) => kind);
  /** The other host takes an address, as its kernel answers for it, and lets it go. */
  const take = (ip: string) => lab.ip(['-n', other.namespace, 'address', 'add', `${ip}/32`, 'dev', 'eth0']);
  const claim = (ip: string) => asker.send(arpBytes({ from: asker.mac, sender: ip, target: ip }));

  test('D-1, D-6: three probes, then the announcement; not answered and state claiming until then', async () => {
    await start();
    expect(await states()).toEqual([`${first} claiming`]);
    expect(await box.status()).toMatchObject({ vips: { here: 0, claiming: 1, nobody: 0 } });
    asker.send(asker.request(first));
    await asker.until(() => probes(first).length >= 3, patience);
    expect(asker.replies(first)).toEqual([]);
    expect(await isHere(first)).toBe(true);
    await asker.until(() => announcements(first).length > 0, patience);
    const asked = probes(first);
    expect(asked).toHaveLength(3);
    expect(asked[0]).toMatchObject({ to: broadcast, operation: 1, senderMac: box.mac, targetMac: '00:00:00:00:00:00' });
    expect(asked[0]?.bytes).toHaveLength(60);
    const [announced] = announcements(first);
    expect((announced?.atMs ?? 0) - (asked[2]?.atMs ?? 0)).toBeGreaterThanOrEqual(250);
    expect(await asker.whoHas(first)).toEqual([box.mac]);
  });

  test('ACD-8: what was claimed once is announced at once after a crash, without a probe', async () => {
    await start();
    expect(await box.within(patience, async () => (await kinds()).includes('leader.acquired'))).toBe(true);
    await box.crash();
    asker.clear();
    await box.start();
    await asker.until(() => announcements(first).length > 0, patience);
    expect(await states()).toEqual([`${first} here`]);
    await asker.listen(1000);
    expect(probes(first)).toEqual([]);
  });

  test('conflict.probe: false announces at once', async () => {
    await start('{probe: false}');
    expect(await asker.whoHas(first)).toEqual([box.mac]);
    expect(probes(first)).toEqual([]);
  });

  test('D-2: the address of another host is never used: the next one is, and get ips names the MAC', async () => {
    take(first);
    await start();
    expect(await isHere(second)).toBe(true);
    expect(await box.addressesOf('web')).toEqual([second]);
    expect(announcements(first)).toEqual([]);
    const [quarantined] = await box.get('ips');
    expect(quarantined).toMatchObject({ ip: first, origin: 'quarantined', pool: 'blue', services: [] });
    expect(quarantined?.conflict).toEqual({ mac: other.mac, interface: 'eth0' });
    expect(await kinds()).toContain('conflict.probe');
    // The kernel of the other host was never disturbed.
    expect(await lab.whoAnswers(edge, first)).toEqual([other.mac]);
    await box.crash();
    await box.start();
    expect((await box.get('ips'))[0]).toMatchObject({ ip: first, origin: 'quarantined' });
  });

  test('D-2: a requested address stays pending with its reason and the MAC', async () => {
    take(first);
    await start('{}', service('web', { ips: first }));
    const pending = await box.within(patience, async () => (await box.get('services'))[0]?.state === 'pending');
    expect(pending).toBe(true);
    const [web] = await box.get('services');
    expect(web).toMatchObject({ ips: [], reason: 'already_allocated' });
    expect(web?.message).toContain(other.mac);
    const { stdout } = await box.lanlord('explain', 'svc/default/web');
    expect(stdout).toContain('LL-IPAM-010');
    expect((await box.lanlord('who-has', first)).stdout).toContain(other.mac);
  });

  test('D-3: somebody else who probes for the same address gets it', async () => {
    await start();
    await asker.until(() => probes(first).length > 0, patience);
    asker.send(arpBytes({ from: asker.mac, sender: nothing, target: first }));
    expect(await isHere(second)).toBe(true);
    expect(announcements(first)).toEqual([]);
  });

  test('D-4: clients that ask for the address meanwhile are no conflict', async () => {
    await start();
    for (let i = 0; i < 10; i++) {
      asker.send(asker.request(first));
      await asker.listen(60);
    }
    expect(await isHere(first)).toBe(true);
  });

  test('D-8: one defence, DUP, state duplicate, who-has finds two; over when the other host lets go', async () => {
    await start('{probe: false}');
    expect(await isHere(first)).toBe(true);
    await asker.listen(300);
    take(first);
    asker.clear();
    for (let i = 0; i < 4; i++) {
      claim(first);
      await asker.listen(400);
    }
    expect(announcements(first)).toHaveLength(1);
    expect(await states()).toEqual([`${first} duplicate`]);
    const { state, problems } = await box.status();
    expect(state).toBe('critical');
    expect(problems[0]).toMatchObject({ code: 'DUP', severity: 'critical', object: `ip/${first}` });
    expect(problems[0]?.message).toContain(other.mac);
    expect((await kinds()).filter((kind) => kind === 'conflict.claimed')).toHaveLength(1);
    const found = await box.lanlord('who-has', first, '--probe', '-o', 'json');
    expect(found.code).toBe(1);
    const { responders } = JSON.parse(found.stdout);
    expect(responders.map(({ kind, mac }: { kind: string; mac: string }) => `${kind} ${mac}`)).toEqual([
      `self ${box.mac}`,
      `stranger ${other.mac}`,
    ]);
    expect(responders[1]).toMatchObject({ source: 'wire', node: null });
    expect(responders[1].rttSeconds).toBeGreaterThan(0);
    lab.ip(['-n', other.namespace, 'address', 'del', `${first}/32`, 'dev', 'eth0']);
    const after = await box.lanlord('who-has', first, '--probe', '-o', 'json');
    expect(after.code).toBe(0);
    expect(JSON.parse(after.stdout)).toMatchObject({ probed: true, responders: [{ kind: 'self' }] });
  });

  test('D-9: policy alarm sends nothing and tells once', async () => {
    await start('{probe: false, policy: alarm}');
    expect(await isHere(first)).toBe(true);
    await asker.listen(300);
    asker.clear();
    claim(first);
    await asker.listen(300);
    claim(first);
    await asker.listen(1000);
    expect(announcements(first)).toEqual([]);
    expect((await kinds()).filter((kind) => kind.startsWith('conflict.'))).toEqual(['conflict.claimed']);
  });

  test('ACD-7: policy release defends once, then gives the address up and takes the next one', async () => {
    await start('{policy: release}');
    expect(await isHere(first)).toBe(true);
    await asker.listen(300);
    asker.clear();
    claim(first);
    await asker.until(() => announcements(first).length > 0, patience);
    claim(first);
    expect(await isHere(second)).toBe(true);
    expect(announcements(first)).toHaveLength(1);
    expect(await asker.answersNow(first)).toEqual([]);
    expect((await box.get('ips'))[0]).toMatchObject({ ip: first, origin: 'quarantined' });
    expect(await kinds()).toContain('conflict.released');
  });

  test('D-12: without a carrier nothing is concluded; probing begins when it is back', async () => {
    const port = lab.portOf(edge, 'eth0');
    lab.switchPort(port, 'down');
    await start();
    await Bun.sleep(1500);
    expect(await states()).toEqual([`${first} claiming`]);
    expect((await box.get('problems')).some(({ code }) => code === 'NOBODY')).toBe(true);
    asker.clear();
    lab.switchPort(port, 'up');
    expect(await isHere(first)).toBe(true);
    await asker.listen(50);
    expect(probes(first)).toHaveLength(3);
  });

  test('D-13: a router that answers every probe is told from a host, and keeps nobody from an address', async () => {
    const proxy = '02:00:00:00:40:99';
    let answered = 0;
    const answer = () => {
      for (const { sender, target, from } of asker.heard.splice(0)) {
        if (sender !== nothing || from !== edge.mac) continue;
        answered++;
        asker.send(arpBytes({ to: from, from: proxy, operation: 2, sender: target, target: nothing, targetMac: from }));
      }
    };
    const ready = start();
    let isReady = false;
    void ready.then(() => {
      isReady = true;
    });
    const done = await asker.until(() => {
      answer();
      return isReady && answered >= 3;
    }, patience);
    await ready;
    expect(done).toBe(true);
    let here = false;
    const polling = box.within(patience, async () => (await states()).some((state) => state.endsWith(' here')));
    void polling.then((found) => {
      here = found;
    });
    await asker.until(() => {
      answer();
      return here;
    }, patience);
    expect(here).toBe(true);
    expect(await kinds()).toContain('conflict.proxy_arp');
    const problem = (await box.get('problems')).find(({ code }) => code === 'PROXY-ARP');
    expect(problem?.message).toContain(proxy);
    expect((await box.get('ips')).filter(({ origin }) => origin === 'quarantined')).toEqual([]);
  });

  test('capture: tcpdump and tshark read what was heard and said, with interface, direction and verdict', async () => {
    await start('{probe: false}');
    expect(await isHere(first)).toBe(true);
    const file = `${box.folder}/frames.pcapng`;
    const wanted = ['--duration', '2s', '--filter', `vip:${first}`];
    const { code, stderr } = await box.capture(file, wanted, () =>
      asker.replyTo(first, [asker.request(first), asker.request(second)]),
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining('0 dropped') });
    const dump = await lab.exec(other, ['tcpdump', '-nn', '-r', file]);
    expect(dump.stdout).toContain(`who-has ${first} tell 192.168.10.3`);
    expect(dump.stdout).toContain(`Reply ${first} is-at ${box.mac}`);
    expect(dump.stdout).not.toContain(second);
    const fields = ['frame.interface_name', 'frame.packet_flags_direction', 'frame.comment'];
    const shark = await lab.exec(other, ['tshark', '-r', file, '-T', 'fields', ...fields.flatMap((f) => ['-e', f])]);
    if (shark.code === 127) console.log('not checked: tshark is missing');
    else {
      expect(shark.stdout).toMatch(/eth0\t0x0*1\treplied: who-has/);
      expect(shark.stdout).toMatch(/eth0\t0x0*2\t192.168.10.212 is-at/);
    }
    // From another namespace the same name is another interface, and the same socket file the same daemon.
    const elsewhere = [binary, 'capture', '-w', file, '--duration', '1s', '--socket', box.socket];
    const refused = await lab.exec(other, elsewhere);
    expect(refused.code).toBe(5);
    expect(refused.stderr).toContain(`the daemon captures on "eth0", MAC ${box.mac}`);
    expect(refused.stderr).toContain(`here is MAC ${other.mac}`);
    expect(refused.stderr).toContain(`nsenter --target ${box.pid}`);
    expect((await box.lanlord('capture', '-w', file, '--duration', '1s', '--filter', 'no such words')).code).toBe(2);
    expect((await box.lanlord('capture', '-w', file, '--duration', '1s', '--filter', 'vip:x')).code).toBe(2);
  });
});
