// IPv6 addresses that other hosts have: detected before use, watched and defended while in use. Judged from the other host.
// Read RFC 4862 §5.4 and RFC 4861 §7.2.6 before changing this file.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { patience, whySkipped } from '../support/box.ts';
import { ContestedLan } from '../support/contested-lan.ts';
import { pool, service } from '../support/manifests.ts';
import { hexOf, NeighborAsker } from '../support/neighbor-asker.ts';
import { advertisementFrame, dadFrame, solicitedNode } from '../support/neighbor-frames.ts';

const skipped = whySkipped();
if (skipped !== '') console.log(`conflict-ndp${skipped}`);

const first = '2001:db8::10';
const second = '2001:db8::11';
const stranger = '0200000040bb';

describe.skipIf(skipped !== '')(`conflict-ndp${skipped}`, () => {
  let lan: ContestedLan;
  let asker: NeighborAsker;

  beforeAll(() => {
    lan = new ContestedLan('cn');
    for (const [host, ip] of [
      [lan.edge, '2001:db8::1/64'],
      [lan.other, '2001:db8::2/64'],
    ] as const) {
      lan.lab.ip(['-n', host.namespace, 'address', 'add', ip, 'dev', 'eth0', 'nodad']);
    }
    asker = new NeighborAsker(lan.other, '2001:db8::200');
  });
  afterAll(async () => {
    asker?.close();
    await lan?.close();
  });

  const web = service('web').replace('spec:\n', 'spec:\n  ipFamilies: [IPv6]\n');
  const start = async (conflict: string) => {
    asker.clear();
    await lan.start(conflict, [web], pool('six', first, '2001:db8::1f'));
  };
  const probes = (ip: string) =>
    asker.heard.filter(({ type, source, target }) => type === 'solicitation' && source === '::' && target === ip);
  const announced = (ip: string) => asker.advertised(ip).filter(({ solicited }) => !solicited);

  test('ND-6: one probe from ::, no answer to anybody until it is over, then announced and answered', async () => {
    await start('{}');
    expect(await lan.states()).toEqual([`${first} claiming`]);
    await asker.until(() => probes(first).length > 0, patience);
    asker.send(asker.solicitation(first));
    await asker.listen(300);
    expect(asker.advertised(first)).toEqual([]);
    expect(await lan.isHere(first)).toBe(true);
    await asker.until(() => announced(first).length > 0, patience);
    expect(probes(first)).toHaveLength(1);
    expect((announced(first)[0]?.atMs ?? 0) - (probes(first)[0]?.atMs ?? 0)).toBeGreaterThan(950);
    expect(await asker.whoHas(first)).toEqual([lan.box.mac]);
  });

  test('D-2, ND-6: the address of another host is never used: its kernel answers the probe, the next one is taken', async () => {
    lan.take(`${first}/128`);
    await start('{}');
    expect(await lan.isHere(second)).toBe(true);
    expect(announced(first).filter(({ linkLayer }) => linkLayer === lan.box.mac)).toEqual([]);
    const [quarantined] = await lan.box.get('ips');
    expect(quarantined).toMatchObject({ ip: first, origin: 'quarantined' });
    expect(quarantined?.conflict).toEqual({ mac: lan.other.mac, interface: 'eth0' });
    lan.release(`${first}/128`);
  });

  test('D-3, ND-6: somebody else who probes for the same address: neither has it', async () => {
    await start('{}');
    await asker.until(() => probes(first).length > 0, patience);
    asker.send(dadFrame({ from: stranger, target: hexOf(first), destination: solicitedNode }));
    expect(await lan.isHere(second)).toBe(true);
    expect(announced(first)).toEqual([]);
  });

  test('D-8, N-6: an advertisement from another MAC is a conflict, defended once by an advertisement, and over when it ends', async () => {
    await start('{probe: false}');
    expect(await lan.isHere(first)).toBe(true);
    await asker.listen(300);
    asker.clear();
    for (let i = 0; i < 3; i++) {
      asker.send(advertisementFrame({ from: stranger, source: hexOf('2001:db8::200'), target: hexOf(first) }));
      await asker.listen(300);
    }
    expect(announced(first)).toHaveLength(1);
    expect(announced(first)[0]).toMatchObject({ linkLayer: lan.box.mac, override: true });
    expect(await lan.states()).toEqual([`${first} duplicate`]);
    expect(await lan.codes()).toContain(`DUP ip/${first}`);
    const { stdout, code } = await lan.box.lanlord('who-has', first);
    expect(code).toBe(1);
    expect(stdout).toContain(lan.other.mac);
    expect(await lan.box.within(90_000, async () => (await lan.states()).includes(`${first} here`))).toBe(true);
    expect(await lan.kinds()).toContain('conflict.ended');
  }, 150_000);

  test('ETH-4: an advertisement whose option names another MAC than its sender is no conflict of an address in use', async () => {
    await start('{probe: false}');
    expect(await lan.isHere(first)).toBe(true);
    await asker.listen(300);
    asker.clear();
    const doubtful = { from: stranger, source: hexOf('2001:db8::200'), target: hexOf(first) };
    for (let i = 0; i < 3; i++) {
      asker.send(advertisementFrame({ ...doubtful, options: '0201020000005477' }));
      await asker.listen(300);
    }
    expect(announced(first)).toEqual([]);
    expect(await lan.states()).toEqual([`${first} here`]);
    expect(await lan.codes()).not.toContain(`DUP ip/${first}`);
  });

  test('D-9: policy alarm sends nothing', async () => {
    await start('{probe: false, policy: alarm}');
    expect(await lan.isHere(first)).toBe(true);
    await asker.listen(300);
    asker.clear();
    asker.send(advertisementFrame({ from: stranger, source: hexOf('2001:db8::200'), target: hexOf(first) }));
    await asker.listen(1000);
    expect(announced(first)).toEqual([]);
    expect(await lan.codes()).toContain(`DUP ip/${first}`);
  });
});
