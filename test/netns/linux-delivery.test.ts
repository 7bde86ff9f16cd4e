import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { addAddress, deleteAddress, listAddresses } from '../../native/linux/addresses.ts';
import { isOurVip, LocalDelivery } from '../../native/linux/delivery-local.ts';
import { readSetting } from '../../native/linux/sysctl.ts';
import { addNamespace, labMissing, removeNamespace, run } from '../support/linux-lab.ts';
import { inside, ip } from '../support/native-namespace.ts';

const missing = labMissing(['arping', 'ndisc6', 'setpriv', 'sysctl']);
if (missing !== null) console.log(`skipped: local delivery in network namespaces: ${missing}`);

// The machine that delivers, and a neighbor that judges from outside.
const [BOX, PEER] = [`lnxb${process.pid}`, `lnxp${process.pid}`];
// A name with a dot, as VLANs have it.
const NIC = 'lan0.7';
const [V4, V6] = ['192.0.2.50', '2001:db8::50'];
const REPO = resolve(import.meta.dir, '../..');

describe.skipIf(missing !== null)('local delivery', () => {
  let folder = '';
  let directories: string[] = [];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'lanlord-delivery-'));
    directories = [join(folder, 'state'), join(folder, 'run')];
    for (const name of [BOX, PEER]) addNamespace(name);
    ip(BOX, `link add ${NIC} type veth peer name p0 netns ${PEER}`);
    for (const [namespace, device, host] of [
      [BOX, NIC, 1],
      [PEER, 'p0', 2],
    ] as const) {
      ip(namespace, `addr add 192.0.2.${host}/24 dev ${device}`);
      ip(namespace, `addr add 2001:db8::${host}/64 dev ${device} nodad`);
      ip(namespace, `link set ${device} up`);
    }
  });
  afterEach(() => {
    for (const name of [BOX, PEER]) removeNamespace(name);
    rmSync(folder, { recursive: true, force: true });
  });

  const start = () => inside(BOX, () => new LocalDelivery(directories));
  const apply = (delivery: LocalDelivery, vips: string[], interfaces = [NIC]) =>
    inside(BOX, () => delivery.apply(vips, interfaces));
  const sysctl = (key: string, device = NIC) => {
    const read = inside(BOX, () => readSetting({ family: 'ipv4', interface: device, key }));
    return read.ok ? read.value : read.error.code;
  };
  const settings = () => [sysctl('arp_ignore'), sysctl('arp_announce')];
  const onLo = () => {
    const read = inside(BOX, () => listAddresses(1));
    if (!read.ok) throw new Error(read.error.message);
    return read.value.map(({ address, prefixLength }) => `${address}/${prefixLength}`);
  };
  const VIPS = [`${V4}/32`, `${V6}/128`];
  const own = ['127.0.0.1/8', '::1/128'];

  /** Does the kernel of the box answer the neighbor's question for this address? */
  function answers(address: string): boolean {
    return address.includes(':')
      ? /link-layer address/.test(run(PEER, 'ndisc6', '-1', '-r', '2', '-w', '700', address, 'p0').output)
      : /[1-9]\d* response/.test(run(PEER, 'arping', '-c', '2', '-w', '2', '-I', 'p0', address).output);
  }

  /** Connects from the neighbor with a neighbor entry set by hand, as our own answer would have made it. */
  async function connects(address: string): Promise<string> {
    const mac = /link\/ether (\S+)/.exec(ip(BOX, `link show ${NIC}`))?.[1] ?? '';
    ip(PEER, `neigh replace ${address} lladdr ${mac} dev p0 nud permanent`);
    const listener = inside(BOX, () =>
      Bun.listen({ hostname: address, port: 8080, socket: { open: (s) => void s.end('hello'), data() {} } }),
    );
    try {
      const script = `await Bun.connect({ hostname: ${JSON.stringify(address)}, port: 8080, socket: {
        data(_, bytes) { console.log(bytes.toString()); process.exit(0) }, error() {}, connectError() { process.exit(1) } } });
        setTimeout(() => process.exit(2), 3000);`;
      const child = Bun.spawn(['ip', 'netns', 'exec', PEER, process.execPath, '-e', script], { stdout: 'pipe' });
      return (await new Response(child.stdout).text()).trim();
    } finally {
      listener.stop(true);
      ip(PEER, `neigh del ${address} dev p0`);
    }
  }

  test('the measurement itself: without our settings the kernel answers ARP for an address on lo, but no NS', () => {
    ip(BOX, `addr add ${V4}/32 dev lo`);
    ip(BOX, `-6 addr add ${V6}/128 dev lo nodad`);
    expect([answers('192.0.2.1'), answers('2001:db8::1')]).toEqual([true, true]);
    expect([answers(V4), answers(V6)]).toEqual([true, false]);
  });

  test('the kernel is silent about the VIPs of both families while connections to them work', async () => {
    expect(apply(start(), [V4, V6])).toEqual([]);
    expect(onLo().sort()).toEqual([...VIPS, ...own].sort());
    expect([answers(V4), answers(V6)]).toEqual([false, false]);
    expect([answers('192.0.2.1'), answers('2001:db8::1')]).toEqual([true, true]);
    expect(await connects(V4)).toBe('hello');
    expect(await connects(V6)).toBe('hello');
    expect([answers(V4), answers(V6)]).toEqual([false, false]);
  });

  test('the kernel never takes a VIP as its own source address', () => {
    expect(apply(start(), [V4, V6])).toEqual([]);
    // An interface without addresses of its own is where the kernel falls back to addresses of lo.
    ip(BOX, 'link add bare type veth peer name bare1');
    for (const command of ['link set bare up', 'link set bare1 up', 'route add 203.0.113.0/24 dev bare'])
      ip(BOX, command);
    expect(ip(BOX, 'route get 192.0.2.2')).toContain('src 192.0.2.1');
    expect(ip(BOX, 'route get 203.0.113.9')).not.toContain(V4);
    expect(ip(BOX, '-6 route get 2001:db8::2')).toContain('src 2001:db8::1');
  });

  test('a clean stop leaves no address, no setting and no record behind', () => {
    run(BOX, 'sysctl', '-qw', `net.ipv4.conf.${NIC.replace('.', '/')}.arp_announce=1`);
    const delivery = start();
    expect(apply(delivery, [V4, V6])).toEqual([]);
    expect(settings()).toEqual([1, 2]);
    expect(directories.map((place) => existsSync(join(place, 'delivery-local.json')))).toEqual([true, true]);
    expect(inside(BOX, () => delivery.restore())).toEqual([]);
    expect(settings()).toEqual([0, 1]);
    expect(onLo()).toEqual(own);
    expect(directories.map((place) => existsSync(join(place, 'delivery-local.json')))).toEqual([false, false]);
  });

  test('applying twice changes nothing, and the difference is all that changes', () => {
    const delivery = start();
    apply(delivery, [V4, V6]);
    const before = ip(BOX, 'addr show lo');
    expect(apply(delivery, [V6, V4, V4])).toEqual([]);
    expect(ip(BOX, 'addr show lo')).toBe(before);
    expect(apply(delivery, [V6, '192.0.2.51'])).toEqual([]);
    expect(onLo().sort()).toEqual([...own, '192.0.2.51/32', `${V6}/128`].sort());
  });

  test('addresses that others bound on lo are never touched, even when they are VIPs', () => {
    ip(BOX, `addr add ${V4}/32 dev lo`);
    ip(BOX, `-6 addr add ${V6}/128 dev lo`);
    ip(BOX, 'addr add 192.0.2.99/32 dev lo');
    const delivery = start();
    expect(apply(delivery, [V4, V6])).toEqual([]);
    expect(inside(BOX, () => delivery.restore())).toEqual([]);
    expect(onLo().sort()).toEqual([...own, ...VIPS, '192.0.2.99/32'].sort());
  });

  test('after a crash the next start keeps wanted VIPs, removes the others and still knows the old settings', () => {
    apply(start(), [V4, V6, '192.0.2.51', '2001:db8::51']);
    const next = start();
    expect(inside(BOX, () => next.cleanLeftovers([V4, V6, '192.0.2.77']))).toEqual([]);
    expect(onLo().sort()).toEqual([...own, ...VIPS].sort());
    expect(settings()).toEqual([1, 2]);
    expect(answers(V4)).toBe(false);
    expect(apply(next, [V4, V6])).toEqual([]);
    expect(inside(BOX, () => next.restore())).toEqual([]);
    expect([settings(), onLo()]).toEqual([[0, 0], own]);
  });

  test('leftovers are found without the record, by label and by who added them', () => {
    apply(start(), [V4, V6]);
    for (const place of directories) rmSync(place, { recursive: true });
    expect(inside(BOX, () => start().cleanLeftovers())).toEqual([]);
    expect(onLo()).toEqual(own);
  });

  test('settings stay while a VIP is bound, also on an interface that left the list, and go with the last one', () => {
    const delivery = start();
    apply(delivery, [V4]);
    expect(apply(delivery, [V4], [])).toEqual([]);
    expect(settings()).toEqual([1, 2]);
    expect(apply(delivery, [V6], [NIC])).toEqual([]);
    expect(settings()).toEqual([0, 0]);
  });

  test('a renamed interface gets its old settings back, a re-created one is set again', () => {
    const delivery = start();
    apply(delivery, [V4]);
    ip(BOX, `link set ${NIC} name lan1`);
    expect(apply(delivery, [V4], ['lan1'])).toEqual([]);
    expect([sysctl('arp_ignore', 'lan1'), sysctl('arp_ignore')]).toEqual([1, 'ENOENT']);
    ip(BOX, `link add ${NIC} type veth peer name p1`);
    expect(apply(delivery, [V4], [NIC, 'lan1'])).toEqual([]);
    ip(BOX, `link del ${NIC}`);
    ip(BOX, `link add ${NIC} type veth peer name p1`);
    expect(settings()).toEqual([0, 0]);
    expect(apply(delivery, [V4], [NIC, 'lan1'])).toEqual([]);
    expect(settings()).toEqual([1, 2]);
    inside(BOX, () => delivery.restore());
    expect([settings(), sysctl('arp_ignore', 'lan1'), sysctl('arp_announce', 'lan1')]).toEqual([[0, 0], 0, 0]);
  });

  test('a value that somebody changed meanwhile is not overwritten at the stop', () => {
    const delivery = start();
    apply(delivery, [V4]);
    run(BOX, 'sysctl', '-qw', `net.ipv4.conf.${NIC.replace('.', '/')}.arp_ignore=2`);
    inside(BOX, () => delivery.restore());
    expect(settings()).toEqual([2, 0]);
  });

  test('a value of conf.all that outranks ours is a problem, and no IPv4 VIP is bound', () => {
    run(BOX, 'sysctl', '-qw', 'net.ipv4.conf.all.arp_ignore=4');
    expect(apply(start(), [V4, V6]).map(({ code }) => code)).toEqual(['not_silent']);
    expect(onLo().sort()).toEqual([...own, `${V6}/128`].sort());
    run(BOX, 'sysctl', '-qw', 'net.ipv4.conf.all.arp_ignore=3');
    expect(apply(start(), [V4, V6])).toEqual([]);
    expect(answers(V4)).toBe(false);
  });

  test('without CAP_NET_ADMIN there is one clear problem, and none when there is nothing to do', () => {
    const script = `const { LocalDelivery } = await import('${REPO}/native/linux/delivery-local.ts');
      const delivery = new LocalDelivery(${JSON.stringify(directories)});
      console.log(JSON.stringify([delivery.apply(['${V4}', '${V6}'], ['${NIC}']), delivery.apply([], ['${NIC}']),
        delivery.cleanLeftovers(), delivery.restore()]));`;
    const drop = ['setpriv', '--bounding-set=-net_admin', '--inh-caps=-net_admin'];
    const { output } = run(BOX, ...drop, process.execPath, '-e', script);
    const [applied, ...others] = JSON.parse(output);
    expect(applied.map(({ code }: { code: string }) => code)).toEqual(['no_net_admin']);
    expect(others).toEqual([[], [], []]);
    expect([onLo(), settings()]).toEqual([own, [0, 0]]);
  });

  test('what is no address is told, and the others are bound', () => {
    expect(apply(start(), ['192.0.2.300', V4])).toMatchObject([{ code: 'address', object: '192.0.2.300' }]);
    expect(onLo()).toContain(`${V4}/32`);
  });

  test('addresses can be added and deleted again and again, with the same words for both families', () => {
    inside(BOX, () => {
      for (const [address, prefixLength] of [[V4, 32] as const, [V6, 128] as const]) {
        const change = { ifindex: 1, address, prefixLength, protocol: 108 };
        expect(addAddress(change)).toEqual({ ok: true, value: 'added' });
        expect(addAddress(change)).toEqual({ ok: true, value: 'exists' });
        const listed = listAddresses(1);
        const found = listed.ok ? listed.value.find((other) => other.address === address) : undefined;
        expect(found).toMatchObject({ prefixLength, protocol: 108, scope: 0 });
        // Without the label, an IPv4 address is not taken for one of ours.
        expect(found !== undefined && isOurVip(found)).toBe(address === V6);
        expect(deleteAddress(change)).toEqual({ ok: true, value: 'deleted' });
        expect(deleteAddress(change)).toEqual({ ok: true, value: 'absent' });
        expect(addAddress({ ...change, ifindex: 4711 })).toMatchObject({ ok: false, error: { code: 'ENODEV' } });
      }
    });
  });
});
