// Allocator cases A-1 … A-52 that apply to us; the others are accounted for in docs/conformance.md.
import { describe, expect, test } from 'bun:test';
import type { Pool, Service } from '#model/resources.ts';
import { networkInterface, pool, service } from '../../support/objects.ts';
import { addressesOn, requesting, World } from '../../support/world.ts';

const dual: Partial<Service> = { ipFamilyPolicy: 'RequireDualStack' };
const blocks = (...cidrs: readonly string[]): Partial<Pool> => ({ blocks: cidrs.map((cidr) => ({ cidr })) });
const keyed = (key: string, port: number, protocol = 'TCP'): Partial<Service> => ({
  annotations: { 'lbipam.cilium.io/sharing-key': key },
  ports: [{ port, protocol }],
});
const keyedRequest = (key: string, port: number, ip: string): Partial<Service> => ({
  annotations: { 'lbipam.cilium.io/sharing-key': key, 'lbipam.cilium.io/ips': ip },
  ports: [{ port, protocol: 'TCP' }],
});

describe('requests', () => {
  const pools = [pool('p', '', blocks('1.2.3.4/31', '1000::4/127'))];

  test('A-1 a requested address is given, and asking again changes nothing', () => {
    const world = new World();
    const services = [service('s/1', requesting('1.2.3.4'))];
    const first = world.round({ pools, services });
    expect(world.ips('s/1')).toEqual(['1.2.3.4']);
    expect(world.round({ pools, services }).allocations).toEqual(first.allocations);
  });

  test('A-2 a taken address is refused and names its holder', () => {
    const world = new World();
    world.round({ pools, services: [service('s/1', requesting('1.2.3.4')), service('s/2', requesting('1.2.3.4'))] });
    expect(world.outcome('s/2').reasons).toEqual([{ code: 'already_allocated', address: '1.2.3.4', holder: 's/1' }]);
    expect(world.ips('s/1')).toEqual(['1.2.3.4']);
  });

  test('A-3, A-4 a release lets the waiting request through and frees what it had', () => {
    const world = new World();
    const second = service('s/2', requesting('1.2.3.5'));
    world.round({ pools, services: [service('s/1', requesting('1.2.3.4')), second] });
    world.round({ pools, services: [service('s/2', requesting('1.2.3.4'))] });
    expect(world.ips('s/2')).toEqual(['1.2.3.4']);
    world.round({ pools, services: [service('s/2', requesting('1.2.3.4')), service('s/1', requesting('1.2.3.5'))] });
    expect(world.ips('s/1')).toEqual(['1.2.3.5']);
  });

  test('A-5 an address in no pool is refused', () => {
    const world = new World();
    world.round({ pools, services: [service('s/1', requesting('9.9.9.9'))] });
    expect(world.lacks('s/1')).toEqual(['no_pool']);
    expect(world.pool('p').used).toBe('0');
  });

  test('A-6 reserved ends are refused, the address beside them is given', () => {
    const world = new World();
    const reserved = [pool('p', '1.2.4.0/24', { allowFirstLastIPs: false })];
    world.round({
      pools: reserved,
      services: ['0', '255', '254'].map((last) => service(`s/${last}`, requesting(`1.2.4.${last}`))),
    });
    expect([world.lacks('s/0'), world.lacks('s/255')]).toEqual([['reserved_address'], ['reserved_address']]);
    expect(world.ips('s/254')).toEqual(['1.2.4.254']);
  });

  test('A-23 requested addresses may come from two pools', () => {
    const world = new World();
    const two = [pool('a', '10.0.1.0/24'), pool('b', '10.0.2.0/24')];
    world.round({ pools: two, services: [service('s/1', requesting('10.0.2.1', '10.0.1.1'))] });
    expect(world.ips('s/1')).toEqual(['10.0.2.1', '10.0.1.1']);
  });

  test('A-24 an address of a family the service does not ask for is refused', () => {
    const world = new World();
    world.round({ pools, services: [service('s/1', { ...requesting('1000::4'), ipFamilies: ['IPv4'] })] });
    expect(world.lacks('s/1')).toEqual(['invalid_request']);
  });

  test('A-29 ranges are compared as numbers, not by octets', () => {
    const world = new World();
    const ranges = [
      { start: '10.0.0.10', stop: '10.0.0.20' },
      { start: '10.0.0.200', stop: '10.0.1.10' },
    ];
    const wishes = ['10.0.7.15', '10.0.1.5', '10.9.9.250'];
    world.round({
      pools: [pool('p', '', { blocks: ranges })],
      services: wishes.map((ip) => service(`s/${ip}`, requesting(ip))),
    });
    expect(wishes.map((ip) => world.ips(`s/${ip}`))).toEqual([[], ['10.0.1.5'], []]);
  });

  test('A-47 a pool that is named and an address of another pool do not go together', () => {
    const world = new World();
    const annotations = { 'metallb.io/address-pool': 'a', 'metallb.io/loadBalancerIPs': '10.0.2.1' };
    world.round({
      pools: [pool('a', '10.0.1.0/24'), pool('b', '10.0.2.0/24')],
      services: [service('s/1', { annotations })],
    });
    expect(world.lacks('s/1')).toEqual(['pool_selector_mismatch']);
  });
});

describe('automatic addresses', () => {
  const many = (count: number, more: Partial<Service> = {}) =>
    Array.from({ length: count }, (_, i) => service(`s/${String.fromCharCode(97 + i)}`, more));

  test('A-7 pools are used up to the last address, excluded ones apart', () => {
    const world = new World();
    const pools = [
      pool('plain', '', blocks('1.2.3.0/31', '1.2.3.254/31')),
      pool('special', '', {
        ...blocks('1.2.4.0/31', '1.2.4.254/31'),
        annotations: { 'lanlord.dev/exclude': '1.2.4.0, 1.2.4.255' },
      }),
    ];
    const services = many(7);
    world.round({ pools, services });
    expect(services.flatMap(({ name }) => world.ips(`s/${name}`))).toEqual([
      '1.2.3.0',
      '1.2.3.1',
      '1.2.3.254',
      '1.2.3.255',
      '1.2.4.1',
      '1.2.4.254',
    ]);
    expect(world.lacks('s/g')).toEqual(['out_of_ips']);
  });

  test('A-8 a full pool gives again after a release', () => {
    const world = new World();
    const pools = [pool('p', '10.0.0.0/30')];
    const services = many(5);
    world.round({ pools, services });
    expect(world.lacks('s/e')).toEqual(['out_of_ips']);
    world.round({ pools, services: services.slice(1) });
    expect(world.ips('s/e')).toEqual(['10.0.0.0']);
  });

  test('A-9 with reuse oldest an address given back last is given out last', () => {
    const world = new World();
    const pools = [pool('p', '10.0.0.0/30', { annotations: { 'lanlord.dev/reuse': 'oldest' } })];
    const [a, b, c, d, e] = many(5);
    if (!a || !b || !c || !d || !e) throw new Error('five services');
    world.round({ pools, services: [a, b] });
    world.round({ pools, services: [b] });
    world.round({ pools, services: [] });
    world.round({ pools, services: [c, d] });
    expect([world.ips('s/c'), world.ips('s/d')]).toEqual([['10.0.0.2'], ['10.0.0.3']]);
    world.round({ pools, services: [c, d, e] });
    expect(world.ips('s/e')).toEqual(['10.0.0.0']);
    world.round({ pools, services: [c, d, e, a] });
    expect(world.ips('s/a')).toEqual(['10.0.0.1']);
  });

  test('A-26 higher priority first, and a full pool falls to the next', () => {
    const world = new World();
    const ranked = (name: string, cidr: string, priority: string) =>
      pool(name, cidr, { annotations: { 'lanlord.dev/priority': priority } });
    const pools = [
      ranked('low', '10.0.3.0/32', '-1'),
      ranked('high', '10.0.1.0/32', '20'),
      ranked('mid', '10.0.2.0/32', '10'),
    ];
    world.round({ pools, services: many(3) });
    expect(['a', 'b', 'c'].flatMap((name) => world.ips(`s/${name}`))).toEqual(['10.0.1.0', '10.0.2.0', '10.0.3.0']);
  });

  test('A-27, A-28 a pool pinned to a namespace and a label refuses everybody else, even by name', () => {
    const world = new World();
    const serviceSelector = { matchLabels: { 'io.kubernetes.service.namespace': 'in', tier: 'web' } };
    const labels = { tier: 'web' };
    world.round({
      pools: [pool('p', '10.0.0.0/24', { serviceSelector })],
      services: [
        service('in/a', { labels }),
        service('in/b'),
        service('out/c', { labels }),
        service('out/d', { labels, ...requesting('10.0.0.9') }),
      ],
    });
    expect(world.ips('in/a')).toEqual(['10.0.0.0']);
    expect(['in/b', 'out/c', 'out/d'].map((key) => world.lacks(key))).toEqual([
      ['no_pool'],
      ['no_pool'],
      ['pool_selector_mismatch'],
    ]);
  });

  test.each([
    ['A-30', '192.168.0.253', '192.168.1.2', '6', '192.168.0.253'],
    ['A-31', 'fe80::ffff', 'fe80::1:3', '5', 'fe80::ffff'],
  ])('%s a range crosses the edge of an octet or group', (_id, start, stop, total, first) => {
    const world = new World();
    const ipFamilies = [start.includes(':') ? ('IPv6' as const) : ('IPv4' as const)];
    world.round({ pools: [pool('p', '', { blocks: [{ start, stop }] })], services: many(6, { ipFamilies }) });
    expect(world.pool('p').total).toBe(total);
    expect(world.ips('s/a')).toEqual([first]);
  });

  test.each([
    ['10.0.0.200/30', ['10.0.0.201', '10.0.0.202']],
    ['10.0.0.200/31', ['10.0.0.200', '10.0.0.201']],
    ['10.0.0.200/32', ['10.0.0.200']],
  ])('A-32 %s without its ends gives %p', (cidr, given) => {
    const world = new World();
    const services = many(4);
    world.round({ pools: [pool('p', cidr, { allowFirstLastIPs: false })], services });
    expect(services.flatMap(({ name }) => world.ips(`s/${name}`))).toEqual([...given]);
  });

  test('A-34 what cannot be a block makes its pool invalid and harms no other', () => {
    const bad: readonly Pool['blocks'][] = [
      [{ start: '10.0.0.9', stop: '10.0.0.1' }],
      [{ start: '10.0.0.1', stop: 'fd00::1' }],
      [{ cidr: '10.0.0.0/33' }],
      [{}],
    ];
    const world = new World();
    const pools = [...bad.map((list, i) => pool(`bad-${i}`, '', { blocks: list })), pool('good', '10.0.5.0/24')];
    const { pools: outcomes } = world.round({ pools, services: many(1) });
    expect(outcomes.map(({ name, valid }) => `${name} ${valid}`)).toEqual([
      'bad-0 false',
      'bad-1 false',
      'bad-2 false',
      'bad-3 false',
      'good true',
    ]);
    expect(world.ips('s/a')).toEqual(['10.0.5.0']);
  });

  test.each([
    ['/24', blocks('1.2.3.0/24'), '256', '256'],
    ['/24 and /25', blocks('1.2.3.0/24', '1.2.4.0/25'), '384', '384'],
    [
      'without three addresses',
      { ...blocks('1.2.3.0/24', '1.2.4.0/25'), annotations: { 'lanlord.dev/exclude': '1.2.3.0,1.2.3.255,1.2.4.0' } },
      '384',
      '381',
    ],
    ['/64', blocks('1000::/64'), '18446744073709551616', '18446744073709551616'],
    ['/0', blocks('::/0'), `${2n ** 128n}`, `${2n ** 128n}`],
  ])('A-35 counts are exact: %s', (_what, more, total, available) => {
    const world = new World();
    world.round({ pools: [pool('p', '', more)] });
    expect(world.pool('p')).toMatchObject({ total, available });
  });

  test.each([
    ['own address', ['10.0.0.1/24'], [], '10.0.0.2'],
    ['gateway', [], ['10.0.0.1'], '10.0.0.2'],
  ])('never hands out %s, network or broadcast address', (_what, own, gateways, next) => {
    const world = new World({ interfaces: [{ ...addressesOn(networkInterface('eth0'), ...own), gateways }] });
    const pools = [pool('p', '', { blocks: [{ start: '10.0.0.1', stop: '10.0.0.9' }] })];
    world.round({ pools, services: many(1) });
    expect(world.ips('s/a')).toEqual([next]);
  });

  test('network and broadcast addresses are handed out only when the pool says so', () => {
    const interfaces = [addressesOn(networkInterface('eth0'), '10.0.0.77/24')];
    const edges = (annotations: Readonly<Record<string, string>>) => {
      const world = new World({ interfaces });
      const services = ['10.0.0.0', '10.0.0.255', '10.0.0.77'].map((ip) => service(`s/${ip}`, requesting(ip)));
      world.round({ pools: [pool('p', '10.0.0.0/24', { annotations })], services });
      return services.map(({ name }) => world.lacks(`s/${name}`)[0] ?? 'given');
    };
    expect(edges({})).toEqual(['special_address', 'special_address', 'own_address']);
    expect(edges({ 'lanlord.dev/allow-special': 'true' })).toEqual(['given', 'given', 'own_address']);
  });
});

describe('families', () => {
  test('A-19 both families are given in one round', () => {
    const world = new World();
    world.round({ pools: [pool('p', '', blocks('10.0.0.0/24', 'fd00::/64'))], services: [service('s/1', dual)] });
    expect(world.ips('s/1')).toEqual(['10.0.0.0', 'fd00::']);
  });

  test('A-21 the second family follows when a pool has it', () => {
    const world = new World();
    const services = [service('s/1', { ipFamilyPolicy: 'PreferDualStack' })];
    world.round({ pools: [pool('p')], services });
    expect(world.outcome('s/1').state).toBe('partial');
    world.round({ pools: [pool('p'), pool('six', 'fd00::/64')], services });
    expect(world.ips('s/1')).toEqual(['10.0.0.0', 'fd00::']);
  });
});

describe('sharing', () => {
  for (const ip of ['1.2.4.3', '1000::3']) {
    const pools = [pool('p', ip.includes(':') ? '1000::/120' : '1.2.4.0/24')];
    const ipFamilies = [ip.includes(':') ? ('IPv6' as const) : ('IPv4' as const)];
    const first = service('s/4', { ...keyedRequest('k', 80, ip), ipFamilies });
    const play = (more: Partial<Service>) => {
      const world = new World();
      world.round({ pools, services: [first, service('s/5', { ipFamilies, ...more })] });
      return world.lacks('s/5')[0] ?? world.ips('s/5').join(' ');
    };
    test(`A-10 … A-14, A-18 on ${ip}`, () => {
      expect(play(keyedRequest('k', 443, ip))).toBe(ip);
      expect(play(keyedRequest('k', 80, ip))).toBe('already_allocated_incompatible_service');
      expect(play(keyedRequest('other', 443, ip))).toBe('already_allocated_incompatible_service');
      expect(play({ ...keyedRequest('k', 443, ip), externalTrafficPolicy: 'Local' })).toBe(
        'already_allocated_incompatible_service',
      );
      expect(play({ ...keyedRequest('k', 80, ip), ports: [{ port: 80, protocol: 'UDP' }] })).toBe(ip);
    });
  }

  test('A-15 the only user of an address changes its key in place', () => {
    const world = new World();
    world.round({ pools: [pool('p')], services: [service('s/1', keyed('k', 80))] });
    world.round({ pools: [pool('p')], services: [service('s/1', keyed('other', 80))] });
    expect(world.ips('s/1')).toEqual(['10.0.0.0']);
  });

  test('A-17 a port is free again when its user leaves', () => {
    const world = new World();
    const pools = [pool('p')];
    world.round({ pools, services: [service('s/1', keyed('k', 80)), service('s/2', keyed('k', 81))] });
    world.round({ pools, services: [service('s/2', keyed('k', 80))] });
    expect(world.ips('s/2')).toEqual(['10.0.0.0']);
  });

  test('A-52 a request for a shared address whose port is taken gets no other address', () => {
    const world = new World();
    const services = [service('s/1', keyed('k', 80)), service('s/2', keyedRequest('k', 80, '10.0.0.0'))];
    world.round({ pools: [pool('p')], services });
    expect(world.ips('s/2')).toEqual([]);
  });
});

describe('edits and restarts', () => {
  const services = [service('s/1', requesting('1.2.3.0'))];

  test('A-36, A-37 a pool that grows and shrinks around a holder moves nobody', () => {
    const world = new World();
    for (const cidr of ['1.2.3.0/30', '1.2.3.0/30', '1.2.3.0/24', '1.2.3.0/30']) {
      world.round({ pools: [pool('p', cidr)], services });
      expect(world.ips('s/1')).toEqual(['1.2.3.0']);
    }
  });

  test('A-38 an address outside of the shrunk pool is given up', () => {
    const world = new World();
    world.round({ pools: [pool('p', '1.2.3.0/30')], services: [service('s/1')] });
    world.round({ pools: [pool('p', '1.2.3.2/31')], services: [service('s/1')] });
    expect(world.ips('s/1')).toEqual(['1.2.3.2']);
  });

  test('A-39, A-40 renamed and split pools keep addresses, their records follow', () => {
    const world = new World();
    const pair = [service('s/1', requesting('1.2.3.0')), service('s/2', requesting('1.2.3.9'))];
    const names = () => world.desired?.allocations.map((one) => `${one.service} ${one.pool}`);
    world.round({ pools: [pool('old', '1.2.3.0/24')], services: pair });
    world.round({ pools: [pool('new', '1.2.3.0/24')], services: pair });
    expect(names()).toEqual(['s/1 new', 's/2 new']);
    world.round({ pools: [pool('left', '1.2.3.0/29'), pool('right', '1.2.3.8/29')], services: pair });
    expect(names()).toEqual(['s/1 left', 's/2 right']);
  });

  test('A-43 after a restart holders come before a new service that is listed first', () => {
    const world = new World();
    const pools = [pool('p', '10.0.0.0/31')];
    world.round({ pools, services: [service('s/m'), service('s/n')] });
    world.memory = structuredClone(world.memory);
    world.round({ pools, services: [service('s/a'), service('s/m'), service('s/n')] });
    expect([world.ips('s/a'), world.ips('s/m'), world.ips('s/n')]).toEqual([[], ['10.0.0.0'], ['10.0.0.1']]);
  });

  test('A-44 a service that is no LoadBalancer any more gives its address back', () => {
    const world = new World();
    world.round({ pools: [pool('p')], services: [service('s/1')] });
    world.round({ pools: [pool('p')], services: [service('s/1', { type: 'ClusterIP' }), service('s/2')] });
    expect(world.outcome('s/1')).toMatchObject({ ingress: [], condition: null, clearsCondition: true });
    expect(world.ips('s/2')).toEqual(['10.0.0.0']);
  });

  test('A-45 a service of another class is left alone', () => {
    const world = new World();
    world.round({ pools: [pool('p')], services: [service('s/1', { loadBalancerClass: 'example.com/other' })] });
    expect(world.outcome('s/1')).toMatchObject({ handled: false, ingress: null, withdrawn: [], condition: null });
  });

  test('A-48 when its pool goes a service moves to one that has room', () => {
    const world = new World();
    world.round({ pools: [pool('a', '10.0.1.0/24'), pool('b', '10.0.2.0/24')], services: [service('s/1')] });
    world.round({ pools: [pool('b', '10.0.2.0/24')], services: [service('s/1')] });
    expect(world.ips('s/1')).toEqual(['10.0.2.0']);
  });
});
