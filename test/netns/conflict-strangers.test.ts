// What strangers do over time: found by the self-check, slowed down for, named, let go. Judged from the other host.
// Read RFC 5227 §2.1.1 and RFC 5227 §2.4 before changing this file.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test';
import { arpBytes, noMac } from '../support/arp-text.ts';
import { patience, whySkipped } from '../support/box.ts';
import { ContestedLan } from '../support/contested-lan.ts';
import { pool, service } from '../support/manifests.ts';

const skipped = whySkipped();
if (skipped !== '') console.log(`conflict-strangers${skipped}`);
const slow = process.env['LANLORD_SLOW_TESTS'] === '1' ? '' : ' (skipped: takes eleven minutes, LANLORD_SLOW_TESTS=1)';

const first = '192.168.10.212';
const second = '192.168.10.213';
const vrrpMac = '00:00:5e:00:01:2a';

describe.skipIf(skipped !== '')(`conflict-strangers${skipped}`, () => {
  let lan: ContestedLan;
  const taken = new Set<string>();

  beforeAll(() => {
    lan = new ContestedLan('cs');
  });
  afterEach(() => {
    for (const ip of taken) lan.release(ip);
    taken.clear();
  });
  afterAll(() => lan?.close());

  const take = (ip: string) => {
    lan.take(`${ip}/32`);
    taken.add(`${ip}/32`);
  };
  const release = (ip: string) => {
    lan.release(`${ip}/32`);
    taken.delete(`${ip}/32`);
  };
  const web = service('web');

  test('the self-check finds a host that took an address silently, asks it every ten seconds, and notices its end', async () => {
    // The round goes over all addresses, at most ten a second: with many of them some question is never far.
    const many = Array.from({ length: 250 }, (_, i) => service(`many-${i}`));
    const wide = pool('wide', '192.168.11.0', '192.168.11.255');
    const near = pool('blue', first, '192.168.10.219');
    await lan.start('{probe: false}', [service('web', { ips: first })], `${near}---\n${wide}`);
    lan.box.write('policy-wide.yaml', offLinkPolicy);
    lan.box.write('many.yaml', many.join('---\n'));
    await lan.box.reload();
    const silent = Array.from({ length: 24 }, (_, i) => `192.168.11.${i * 10}`);
    for (const ip of silent) take(ip);
    const duplicate = async () =>
      (await lan.box.get('problems')).find(({ code, object }) => code === 'DUP' && silent.includes(object.slice(3)));
    expect(await lan.box.within(90_000, async () => (await duplicate()) !== undefined)).toBe(true);
    const problem = await duplicate();
    const ip = problem?.object.slice(3) ?? '';
    expect(problem).toMatchObject({ code: 'DUP', severity: 'critical' });
    expect(problem?.message).toContain(lan.other.mac);
    expect(await lan.states()).toContain(`${ip} duplicate`);
    // Nobody but the self-check made the stranger speak, by a question that changes no neighbor's cache.
    await lan.asker.until(() => lan.probes(ip).length >= 2, 40_000);
    const [one, two] = lan.probes(ip);
    expect(one).toMatchObject({ operation: 1, sender: '0.0.0.0', targetMac: noMac });
    expect(Math.abs((two?.atMs ?? 0) - (one?.atMs ?? 0) - 10_000)).toBeLessThan(3000);
    for (const address of silent) release(address);
    expect(await lan.box.within(100_000, async () => (await duplicate()) === undefined)).toBe(true);
    expect(await lan.states()).toContain(`${ip} here`);
    expect(await lan.kinds()).toContain('conflict.ended');
  }, 300_000);

  test('NOBODY while the link of an address has no carrier, gone when it is back', async () => {
    await lan.start('{probe: false}', [web]);
    expect(await lan.isHere(first)).toBe(true);
    const port = lan.lab.portOf(lan.edge, 'eth0');
    const isNobody = async () => (await lan.codes()).includes(`NOBODY ip/${first}`);
    lan.lab.switchPort(port, 'down');
    expect(await lan.box.within(patience, isNobody)).toBe(true);
    expect((await lan.box.status()).state).toBe('critical');
    lan.lab.switchPort(port, 'up');
    expect(await lan.box.within(patience, async () => !(await isNobody()))).toBe(true);
    expect(await lan.asker.whoHas(first)).toEqual([lan.box.mac]);
  });

  test('D-5: frames of our own that come back during probing are no conflict, and told as an echo', async () => {
    await lan.start('{}', [web]);
    const probe = arpBytes({ from: lan.box.mac, target: first });
    await lan.asker.until(() => lan.probes(first).length > 0, patience);
    lan.asker.send(probe, arpBytes({ from: lan.box.mac, sender: first, target: first }));
    expect(await lan.isHere(first)).toBe(true);
    expect((await lan.kinds()).filter((kind) => kind === 'conflict.probe')).toEqual([]);
    lan.claim(first, lan.box.mac);
    expect(await lan.box.within(patience, async () => (await lan.kinds()).includes('conflict.echo'))).toBe(true);
    expect(await lan.states()).toEqual([`${first} here`]);
    expect(await lan.asker.whoHas(first)).toEqual([lan.box.mac]);
  });

  test('D-7, ACD-4: after ten conflicts new addresses are tried once a minute', async () => {
    const addresses = Array.from({ length: 12 }, (_, i) => `192.168.10.${200 + i}`);
    for (const ip of addresses) take(ip);
    await lan.start('{}', [web], pool('taken', addresses[0] ?? '', addresses.at(-1) ?? ''));
    const conflicts = async () => (await lan.box.get('ips')).filter(({ origin }) => origin === 'quarantined').length;
    expect(await lan.box.within(30_000, async () => (await conflicts()) >= 10)).toBe(true);
    await lan.asker.listen(1000);
    lan.asker.clear();
    await lan.asker.listen(5000);
    // Those that are quarantined may be asked about to find a proxy; what is tried is no address of the pool.
    expect(addresses.flatMap((ip) => lan.probes(ip))).toEqual([]);
    expect(await conflicts()).toBe(10);
    expect((await lan.box.get('services'))[0]).toMatchObject({ name: 'web', ips: [addresses[10]] });
    expect(await lan.states()).toEqual([`${addresses[10]} claiming`]);
  });

  test('ACD-2, ACD-5: profile standard: three probes one to two seconds apart, two seconds of silence, announcements', async () => {
    await lan.start('{profile: standard}', [web]);
    expect(await lan.asker.until(() => lan.announcements(first).length > 0, 30_000)).toBe(true);
    const probes = lan.probes(first).map(({ atMs }) => atMs);
    const [announced] = lan.announcements(first);
    expect(probes).toHaveLength(3);
    const gaps = probes.slice(1).map((atMs, i) => atMs - (probes[i] ?? 0));
    for (const gap of gaps) expect(Math.abs(gap - 1500)).toBeLessThan(750);
    expect((announced?.atMs ?? 0) - (probes[2] ?? 0)).toBeGreaterThan(1900);
  });

  test('D-11: a virtual router that claims the address is named by its protocol', async () => {
    await lan.start('{probe: false}', [web]);
    expect(await lan.isHere(first)).toBe(true);
    lan.claim(first, vrrpMac);
    expect(await lan.box.within(patience, async () => (await lan.codes()).includes(`DUP ip/${first}`))).toBe(true);
    expect((await lan.box.get('problems'))[0]?.message).toContain('VRRP router id 42');
    expect((await lan.box.lanlord('who-has', first)).stdout).toContain('VRRP router id 42');
  });

  test('ACD-6: a reply and a request count as claims like an announcement; two addresses of one MAC are both told', async () => {
    await lan.start('{probe: false}', [web, service('db')]);
    expect(await lan.isHere(first)).toBe(true);
    const from = lan.asker.mac;
    lan.asker.send(arpBytes({ from, to: lan.box.mac, operation: 2, sender: first, target: '192.168.10.2' }));
    expect(await lan.box.within(patience, async () => (await lan.codes()).includes(`DUP ip/${first}`))).toBe(true);
    lan.asker.send(arpBytes({ from, sender: second, target: '192.168.10.2' }));
    expect(await lan.box.within(patience, async () => (await lan.codes()).includes(`DUP ip/${second}`))).toBe(true);
    expect((await lan.kinds()).filter((kind) => kind === 'conflict.claimed')).toHaveLength(2);
    // The count is as fresh as the question, although more of the same is no news.
    for (let i = 0; i < 5; i++) lan.claim(first);
    await lan.asker.listen(300);
    const found = await lan.box.get('problems');
    expect(found.find(({ object }) => object === `ip/${first}`)?.message).toContain('(6 times)');
  });

  test("D-14: network, broadcast and gateway addresses and the box's own are refused before anything is asked", async () => {
    lan.lab.ip(['-n', lan.edge.namespace, 'route', 'add', 'default', 'via', '192.168.10.1']);
    const asked = ['192.168.10.0', '192.168.10.255', '192.168.10.1', '192.168.10.2'];
    const services = asked.map((ip, i) => service(`s${i}`, { ips: ip }));
    await lan.start('{}', services, pool('all', '192.168.10.0', '192.168.10.255'));
    await lan.asker.listen(2000);
    expect(asked.flatMap((ip) => lan.probes(ip))).toEqual([]);
    const why = (await lan.box.get('services')).map(({ state, message }) => `${state} ${message}`);
    expect(why[0]).toContain('pending');
    expect(why[0]).toContain('network address');
    expect(why[1]).toContain('broadcast address');
    expect(why[2]).toContain('gateway address');
    expect(why[3]).toContain("this node's own address");
    lan.lab.ip(['-n', lan.edge.namespace, 'route', 'del', 'default']);
  });

  test('D-15: how it looks when a quarantine is lifted: the event, the list, the address given again', async () => {
    // Ten minutes of silence are simulated in quarantine-lifted; here nobody wants to know any more.
    take(first);
    await lan.start('{}', [service('web', { ips: first })]);
    const quarantined = async () => (await lan.box.get('ips')).some(({ origin }) => origin === 'quarantined');
    expect(await lan.box.within(patience, quarantined)).toBe(true);
    release(first);
    lan.settings('{probe: false}');
    await lan.box.reload();
    // What it said in the last minute may still be known, and is told as a duplicate until it has been silent for so long.
    expect(await lan.box.within(100_000, async () => (await lan.states()).includes(`${first} here`))).toBe(true);
    expect(await quarantined()).toBe(false);
    expect(await lan.kinds()).toContain('conflict.lifted');
    expect(await lan.asker.whoHas(first)).toEqual([lan.box.mac]);
  }, 240_000);

  test.skipIf(slow !== '')(
    `D-15: the stranger is silent for ten minutes: asked about once more, then lifted${slow}`,
    async () => {
      take(first);
      await lan.start('{}', [service('web', { ips: first })]);
      const quarantined = async () => (await lan.box.get('ips')).some(({ origin }) => origin === 'quarantined');
      expect(await lan.box.within(patience, quarantined)).toBe(true);
      release(first);
      const begin = performance.now();
      lan.asker.clear();
      expect(await lan.asker.until(() => lan.probes(first).length > 0, 700_000)).toBe(true);
      expect(performance.now() - begin).toBeGreaterThan(590_000);
      expect(await lan.isHere(first)).toBe(true);
      expect(await lan.kinds()).toContain('conflict.lifted');
    },
    800_000,
  );
});

const offLinkPolicy = `apiVersion: cilium.io/v2alpha1
kind: CiliumL2AnnouncementPolicy
metadata:
  name: wide
  annotations: {lanlord.dev/off-link: allow}
spec: {interfaces: ['^eth0$'], loadBalancerIPs: true}
`;
