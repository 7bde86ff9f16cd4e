import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'bun:test';
import { execFileSync } from 'node:child_process';
import { type LinkInfo, type LinkMonitor, openLinkMonitor } from '../../native/linux/link-monitor.ts';
import { addNamespace, labMissing, removeNamespace, run, within } from '../support/linux-lab.ts';
import { inside, ip } from '../support/native-namespace.ts';

const missing = labMissing(['sysctl']);
if (missing !== null) console.log(`skipped: link monitor in network namespaces: ${missing}`);

const NS = `lnxl${process.pid}`;
// A change must be visible within one second; the poll that finds it runs every 20 ms.
const ONE_SECOND = 1000;

describe.skipIf(missing !== null)('link monitor', () => {
  let monitor: LinkMonitor;

  beforeAll(() => addNamespace(NS));
  afterAll(() => removeNamespace(NS));
  beforeEach(() => {
    const opened = inside(NS, openLinkMonitor);
    if (!opened.ok) throw new Error(opened.error.message);
    monitor = opened.value;
    ip(NS, 'link add v0 type veth peer name v1');
    monitor.drain();
  });
  afterEach(() => {
    monitor.close();
    const { output } = run(NS, 'sh', '-c', 'ip -o link | sed -E "s/^[0-9]+: ([^:@]+).*/\\1/" | grep -v "^lo$"');
    for (const name of output.split('\n').filter(Boolean)) run(NS, 'ip', 'link', 'del', name);
  });

  const links = (): LinkInfo[] => {
    const read = inside(NS, () => monitor.snapshot());
    if (!read.ok) throw new Error(read.error.message);
    return read.value;
  };
  const link = (name: string) => links().find((other) => other.name === name);

  /** The way the daemon uses it: a new dump only after drain() said so. */
  async function sees(what: (all: LinkInfo[]) => boolean): Promise<boolean> {
    return await within(ONE_SECOND, () => monitor.drain() && what(links()));
  }

  test('is quiet while nothing changes', () => {
    expect(monitor.drain()).toBe(false);
    expect(monitor.drain()).toBe(false);
  });

  test('sees up, carrier and down', async () => {
    ip(NS, 'link set v0 up');
    expect(await sees((all) => all.some((l) => l.name === 'v0' && l.up && !l.carrier))).toBe(true);
    ip(NS, 'link set v1 up');
    expect(await sees((all) => all.some((l) => l.name === 'v0' && l.up && l.carrier))).toBe(true);
    ip(NS, 'link set v1 down');
    expect(await sees((all) => all.some((l) => l.name === 'v0' && l.up && !l.carrier))).toBe(true);
    ip(NS, 'link set v0 down');
    expect(await sees((all) => all.some((l) => l.name === 'v0' && !l.up))).toBe(true);
  });

  test('sees deletion and re-creation under the same name, with another index', async () => {
    const before = link('v0')?.index;
    ip(NS, 'link del v0');
    expect(await sees((all) => all.every((l) => l.name !== 'v0'))).toBe(true);
    ip(NS, 'link add v0 type veth peer name v1');
    expect(await sees((all) => all.some((l) => l.name === 'v0' && l.index !== before))).toBe(true);
  });

  test('sees a rename and a new MAC', async () => {
    const index = link('v0')?.index;
    ip(NS, 'link set v0 name lan.100');
    expect(await sees((all) => all.some((l) => l.name === 'lan.100' && l.index === index))).toBe(true);
    ip(NS, 'link set lan.100 address 02:00:00:00:00:77');
    expect(await sees((all) => all.some((l) => l.mac === '02:00:00:00:00:77'))).toBe(true);
  });

  test('sees addresses of both families come and go', async () => {
    ip(NS, 'link set v0 up');
    for (const [address, prefixLength] of [
      ['192.0.2.7', 24],
      ['2001:db8::7', 64],
    ] as const) {
      ip(NS, `addr add ${address}/${prefixLength} dev v0${address.includes(':') ? ' nodad' : ' label v0:x'}`);
      const has = (all: LinkInfo[]) =>
        all.some((l) => l.addresses.some((a) => a.address === address && a.prefixLength === prefixLength));
      expect(await sees(has)).toBe(true);
      ip(NS, `addr del ${address}/${prefixLength} dev v0`);
      expect(await sees((all) => !has(all))).toBe(true);
    }
  });

  test('sees default gateways of both families, multipath too', async () => {
    ip(NS, 'link set v0 up');
    ip(NS, 'link set v1 up');
    ip(NS, 'addr add 192.0.2.7/24 dev v0');
    ip(NS, 'addr add 2001:db8::7/64 dev v0 nodad');
    monitor.drain();
    ip(NS, 'route add 198.51.100.0/24 via 192.0.2.9');
    expect(monitor.drain()).toBe(false);
    ip(NS, 'route add default nexthop via 192.0.2.1 dev v0 nexthop via 192.0.2.2 dev v0');
    ip(NS, '-6 route add default via 2001:db8::1 dev v0');
    const all = ['192.0.2.1', '192.0.2.2', '2001:db8::1'];
    expect(await sees((l) => l.some(({ name, gateways }) => name === 'v0' && Bun.deepEquals(gateways, all)))).toBe(
      true,
    );
    ip(NS, 'route del default');
    expect(await sees((l) => l.some(({ gateways }) => Bun.deepEquals(gateways, ['2001:db8::1'])))).toBe(true);
  });

  test('tells bridges, their ports and links without ARP apart', () => {
    ip(NS, 'link add br0 type bridge');
    ip(NS, 'link set v0 master br0');
    ip(NS, 'link set v1 arp off mtu 1400');
    const bridge = link('br0');
    expect(bridge).toMatchObject({ kind: 'bridge', slaveKind: null, master: null });
    expect(link('v0')).toMatchObject({ kind: 'veth', slaveKind: 'bridge', master: bridge?.index ?? 0 });
    expect(link('v1')).toMatchObject({ kind: 'veth', arp: false, mtu: 1400, master: null });
    expect(link('lo')).toMatchObject({ loopback: true, up: true, mac: '', kind: null });
  });

  for (const [kind, options] of [
    ['vlan', 'id 100'],
    ['macvlan', 'mode bridge'],
  ] as const) {
    test(`names the kind ${kind}`, () => {
      if (run(NS, 'ip', ...`link add link v1 name x.100 type ${kind} ${options}`.split(' ')).code !== 0) {
        console.log(`not checked: this kernel has no ${kind}`);
        return;
      }
      expect(link('x.100')).toMatchObject({ kind, master: null, arp: true });
    });
  }

  test('is right with a thousand links and two addresses on every other one', () => {
    const batch = Array.from({ length: 500 }, (_, i) => [
      `link add d${i} type veth peer name e${i}`,
      `addr add 10.${i >> 8}.${i & 255}.1/24 dev d${i}`,
      `addr add 2001:db8:${(i + 1).toString(16)}::1/64 dev d${i} nodad`,
    ]).flat();
    execFileSync('ip', ['-n', NS, '-batch', '-'], { input: `${batch.join('\n')}\n` });
    try {
      // About 3,000 changes at once: also when the queue overflowed, drain() says so and ends.
      expect(monitor.drain()).toBe(true);
      expect(monitor.drain()).toBe(false);
      const outer = links().filter(({ name }) => name.startsWith('d'));
      expect(outer.length).toBe(500);
      expect(new Set(outer.map(({ mac }) => mac)).size).toBe(500);
      for (const { name, addresses } of outer) {
        const i = Number(name.slice(1));
        const expected = [`10.${i >> 8}.${i & 255}.1`, `2001:db8:${(i + 1).toString(16)}::1`];
        expect(addresses.map(({ address }) => address)).toEqual(expected);
      }
    } finally {
      removeNamespace(NS);
      addNamespace(NS);
    }
  });

  test('an overflowing queue counts as a change, and the next changes are seen again', () => {
    // Rename back and forth until more is queued than the socket buffer (2 MiB, or rmem_max) holds.
    const rounds = Array.from({ length: 4000 }, (_, i) => `link set v0 mtu ${1400 + (i % 2)}`);
    execFileSync('ip', ['-n', NS, '-batch', '-'], { input: `${rounds.join('\n')}\n` });
    expect(monitor.drain()).toBe(true);
    expect(monitor.drain()).toBe(false);
    ip(NS, 'link set v0 mtu 1280');
    expect(monitor.drain()).toBe(true);
    expect(link('v0')?.mtu).toBe(1280);
  });
});
