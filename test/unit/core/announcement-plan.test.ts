// Which rows this node answers for, and the reason of every address without one.
import { describe, expect, test } from 'bun:test';
import { formatAddress } from '#model/address.ts';
import type { Interface, Policy, Service } from '#model/resources.ts';
import type { Observed } from '#model/snapshot.ts';
import { networkInterface, nodeConfig, policy, pool, service } from '../../support/objects.ts';
import { addressesOn, World } from '../../support/world.ts';

const eth0 = networkInterface('eth0');
const external = (...ips: readonly string[]): Partial<Service> => ({ type: 'ClusterIP', externalIPs: ips });
const all: Partial<Policy> = { externalIPs: true, loadBalancerIPs: true };

function played(
  declared: { readonly policy?: Partial<Policy>; readonly service?: Partial<Service> },
  more: Partial<Observed> = {},
): World {
  const world = new World({ interfaces: [eth0], ...more });
  world.round({
    policies: [policy('p', { ...all, ...declared.policy })],
    services: [service('s/a', { ...external('10.0.0.9'), ...declared.service })],
  });
  return world;
}

function reasons(world: World): readonly string[] {
  return (world.desired?.unannounced ?? []).flatMap(({ address, reasons: list }) =>
    list.map(({ code }) => `${formatAddress(address)} ${code}`),
  );
}

describe('interfaces', () => {
  test.each([
    ['loopback', { loopback: true }],
    ['named lo', { name: 'lo' }],
    ['port of a bridge or bond', { master: 'br0' }],
    ['without ARP', { arp: false }],
    ['without MAC address', { mac: '' }],
  ])('%s is never used, also when a pattern selects it', (_what, more: Partial<Interface>) => {
    const world = played({ policy: { interfaces: ['.'] } }, { interfaces: [{ ...eth0, ...more }] });
    expect(world.rows()).toEqual([]);
    expect(reasons(world)).toEqual(['10.0.0.9 policy_no_interface']);
  });

  test('without patterns every device that is not excluded, with patterns also an excluded one', () => {
    const interfaces = ['eth0', 'docker0', 'veth1'].map((name) => networkInterface(name));
    expect(played({}, { interfaces }).rows()).toEqual(['10.0.0.9 eth0 s/a']);
    expect(played({ policy: { interfaces: ['docker'] } }, { interfaces }).rows()).toEqual(['10.0.0.9 docker0 s/a']);
  });

  test('allowedInterfaces is a limit that no policy can widen', () => {
    const interfaces = ['eth0', 'eth1'].map((name) => networkInterface(name));
    const config = { ...nodeConfig(), allowedInterfaces: ['eth1'] };
    expect(played({ policy: { interfaces: ['eth'] } }, { interfaces, config }).rows()).toEqual(['10.0.0.9 eth1 s/a']);
  });

  test('an interface that is down has no row, one without carrier keeps it', () => {
    const down = played({}, { interfaces: [{ ...eth0, up: false }] });
    expect([down.rows(), reasons(down)]).toEqual([[], ['10.0.0.9 interface_down']]);
    expect(played({}, { interfaces: [{ ...eth0, carrier: false }] }).rows()).toEqual(['10.0.0.9 eth0 s/a']);
  });
});

describe('links', () => {
  const offLink = { annotations: { 'lanlord.dev/off-link': 'allow' } };

  test('an address outside of the subnets of an interface is not announced there, unless the policy says so', () => {
    const interfaces = [addressesOn(eth0, '192.168.1.2/24')];
    expect(reasons(played({}, { interfaces }))).toEqual(['10.0.0.9 off_link']);
    expect(played({ policy: offLink }, { interfaces }).rows()).toEqual(['10.0.0.9 eth0 s/a']);
    expect(played({}, { interfaces: [addressesOn(eth0, '192.168.1.2/24', '10.0.0.1/24')] }).rows()).toHaveLength(1);
  });

  test('an interface without an address of the family takes any; link-local addresses do not count', () => {
    const six = { service: external('fd00::9') };
    expect(played({}, { interfaces: [addressesOn(eth0, 'fd00::1/64')] }).rows()).toEqual(['10.0.0.9 eth0 s/a']);
    expect(played(six, { interfaces: [addressesOn(eth0, 'fe80::1/64')] }).rows()).toEqual(['fd00::9 eth0 s/a']);
    expect(reasons(played(six, { interfaces: [addressesOn(eth0, 'fd01::1/64')] }))).toEqual(['fd00::9 off_link']);
  });

  test('two policies on one interface: the one that allows off-link addresses decides', () => {
    const world = new World({ interfaces: [addressesOn(eth0, '192.168.1.2/24')] });
    const policies = [policy('a', all), policy('b', { ...all, ...offLink })];
    world.round({ policies, services: [service('s/a', external('10.0.0.9'))] });
    expect(world.desired?.announcements.map((row) => row.policies)).toEqual([['b']]);
  });
});

describe('addresses', () => {
  test('an own address is never announced, one that delivery added is', () => {
    const interfaces = [eth0, addressesOn({ ...networkInterface('lo'), loopback: true }, '10.0.0.9/32')];
    expect(reasons(played({}, { interfaces }))).toEqual(['10.0.0.9 own_address']);
    const world = played({}, { interfaces, deliveredAddresses: new Set(['10.0.0.9']) });
    expect(world.rows()).toEqual(['10.0.0.9 eth0 s/a']);
  });

  test('network, broadcast and gateway addresses of the subnets are never announced, unless a pool says so', () => {
    const device = { ...addressesOn(eth0, '10.0.0.2/24'), gateways: ['10.0.0.1'] };
    const three = external('10.0.0.0', '10.0.0.1', '10.0.0.255', '10.0.0.9');
    const declared = { policies: [policy('p', all)], services: [service('s/a', three)] };
    const world = new World({ interfaces: [device] });
    world.round(declared);
    expect(world.rows()).toEqual(['10.0.0.9 eth0 s/a']);
    expect(reasons(world)).toEqual([
      '10.0.0.0 special_address',
      '10.0.0.1 special_address',
      '10.0.0.255 special_address',
    ]);
    const special = { annotations: { 'lanlord.dev/allow-special': 'true' } };
    world.round({ ...declared, pools: [pool('p', '10.0.0.0/31', special)] });
    expect(world.rows()).toEqual(['10.0.0.0 eth0 s/a', '10.0.0.1 eth0 s/a', '10.0.0.9 eth0 s/a']);
    world.round({ ...declared, pools: [pool('p', '10.0.0.0/31')] });
    expect(world.rows()).toEqual(['10.0.0.9 eth0 s/a']);
  });

  test('a holder keeps an address that became an own one, without announcing it', () => {
    const world = new World({ interfaces: [eth0] });
    const declared = { pools: [pool('p')], policies: [policy('p', all)], services: [service('s/a')] };
    world.round(declared);
    expect(world.rows()).toEqual(['10.0.0.0 eth0 s/a']);
    world.round(declared, { interfaces: [addressesOn(eth0, '10.0.0.0/32')] });
    expect([world.ips('s/a'), world.rows(), reasons(world)]).toEqual([['10.0.0.0'], [], ['10.0.0.0 own_address']]);
  });

  test.each(['0.0.0.0', '127.0.0.1', '224.0.0.1', '255.255.255.255', '::', '::1', 'ff02::1'])('%s is no VIP', (ip) => {
    expect(reasons(played({ service: external(ip) }))).toEqual([`${ip} not_unicast`]);
  });

  test('allowedPrefixes bounds what is announced', () => {
    const config = (...allowedPrefixes: readonly string[]) => ({ ...nodeConfig(), allowedPrefixes });
    expect(played({}, { config: config('10.0.0.0/24') }).rows()).toHaveLength(1);
    expect(reasons(played({}, { config: config('10.0.1.0/24', 'fd00::/8') }))).toEqual(['10.0.0.9 prefix_not_allowed']);
  });

  test('an external address that is none is a warning and nothing else', () => {
    const world = played({ service: external('10.0.0.9', 'banana') });
    expect(world.rows()).toEqual(['10.0.0.9 eth0 s/a']);
    expect(world.desired?.warnings.join()).toContain('banana');
  });
});

describe('services', () => {
  test('Local needs a ready endpoint here; one without a node counts for every node', () => {
    const local: Partial<Service> = { ...external('10.0.0.9'), externalTrafficPolicy: 'Local' };
    const world = new World({ interfaces: [eth0] });
    const rows = (nodeName: string | null, ready: boolean) => {
      const endpoint = { ready, serving: ready, terminating: false, ...(nodeName === null ? {} : { nodeName }) };
      const slice = { name: 'x', namespace: 's', serviceName: 'a', labels: {}, annotations: {}, createdMs: 0 };
      const endpointSlices = [{ ...slice, endpoints: [endpoint] }];
      world.round({ policies: [policy('p', all)], services: [service('s/a', local)], endpointSlices });
      return world.rows().length;
    };
    expect([rows('node-1', true), rows('node-1', false), rows('node-2', true), rows(null, true)]).toEqual([1, 0, 0, 1]);
    expect(reasons(played({ service: local }))).toEqual(['10.0.0.9 no_local_endpoint']);
  });

  test('a standalone box treats Local as Cluster and says so', () => {
    const local: Partial<Service> = { ...external('10.0.0.9'), externalTrafficPolicy: 'Local' };
    const world = new World({ interfaces: [eth0] });
    const declared = { policies: [policy('p', all)], services: [service('s/a', local)] };
    world.round(declared);
    const { options } = world.snapshot.observed;
    world.round(declared, { options: { ...options, localPolicy: 'cluster' } });
    expect(world.rows()).toHaveLength(1);
    expect(world.desired?.warnings.join()).toContain('Local is treated as Cluster');
  });

  test('without any policy the reason is that there is none', () => {
    const world = new World({ interfaces: [eth0] });
    world.round({ services: [service('s/a', external('10.0.0.9'))] });
    expect(reasons(world)).toEqual(['10.0.0.9 no_policy']);
  });

  test('a node resource and the config both give labels, the config wins, the host name is always there', () => {
    const rows = (nodeSelector: Readonly<Record<string, string>>) => {
      const world = new World({ interfaces: [eth0], node: { name: 'node-1', labels: { a: 'config' } } });
      const node = { name: 'node-1', labels: { a: 'node', b: 'node' }, annotations: {}, createdMs: 0, addresses: [] };
      const policies = [policy('p', { ...all, nodeSelector: { matchLabels: nodeSelector } })];
      world.round({ policies, services: [service('s/a', external('10.0.0.9'))], nodes: [node] });
      return world.rows().length;
    };
    expect([rows({ a: 'config' }), rows({ a: 'node' }), rows({ b: 'node' })]).toEqual([1, 0, 1]);
    expect(rows({ 'kubernetes.io/hostname': 'node-1' })).toBe(1);
  });

  test('candidacies tell what is not led', () => {
    const world = played({}, { leadership: { kind: 'none' } });
    expect(world.rows()).toEqual([]);
    expect(world.desired?.candidacies.map(({ leads }) => leads)).toEqual([false]);
    expect(reasons(world)).toEqual(['10.0.0.9 not_leader']);
  });
});

describe('status and ownership', () => {
  const status = (...ips: readonly string[]): Partial<Service> => ({
    status: { ingress: ips.map((ip) => ({ ip, hostname: '' })), conditions: [] },
  });
  const policies = [policy('p', all)];

  test('with no pool addresses in statuses are announced as they stand', () => {
    const world = new World({ interfaces: [eth0] });
    world.round({ policies, services: [service('s/a', status('203.0.113.7'))] });
    expect(world.rows()).toEqual(['203.0.113.7 eth0 s/a']);
    expect(world.outcome('s/a')).toMatchObject({ ingress: null, withdrawn: [], condition: null });
  });

  test('an address that was ours is not announced again from a status that nobody rewrites', () => {
    const world = new World({ interfaces: [eth0] });
    const services = [service('s/a', { ...status('10.0.0.5'), labels: { color: 'x' } })];
    const selecting = (color: string) => [pool('p', '10.0.0.0/24', { serviceSelector: { matchLabels: { color } } })];
    world.round({ pools: selecting('x'), policies, services });
    world.round({ pools: selecting('x'), policies, services });
    expect(world.rows()).toEqual(['10.0.0.5 eth0 s/a']);
    for (let again = 0; again < 3; again++) {
      world.round({ pools: selecting('y'), policies, services });
      expect(world.rows()).toEqual([]);
    }
    world.round({ policies, services });
    expect(world.rows()).toEqual([]);
  });

  test('a hint in a status loses against what is remembered', () => {
    const world = new World();
    world.round({ pools: [pool('p')], services: [service('s/a')] });
    const adopt = { ...world.snapshot.observed.options, adoptStatus: true };
    world.round({ pools: [pool('p')], services: [service('s/a', status('10.0.0.77'))] }, { options: adopt });
    expect(world.ips('s/a')).toEqual(['10.0.0.0']);
  });

  test('statuses are read at a start and with the first pool, not for services that come later', () => {
    const world = new World();
    world.round({ services: [service('s/a', status('10.0.0.5'))] });
    world.round({ pools: [pool('p')], services: [service('s/a', status('10.0.0.5'))] });
    expect(world.ips('s/a')).toEqual(['10.0.0.5']);
    world.round({
      pools: [pool('p')],
      services: [service('s/a', status('10.0.0.5')), service('s/b', status('10.0.0.9'))],
    });
    expect(world.ips('s/b')).toEqual(['10.0.0.0']);
  });

  test('a last good policy goes on when an edit is invalid, and its fault is told and cleared', () => {
    const world = new World({ interfaces: [eth0] });
    const services = [service('s/a', external('10.0.0.9'))];
    for (const [interfaces, row, wanted] of [
      [['eth0'], 1, undefined],
      [['('], 1, 'True'],
      [['eth0'], 1, 'False'],
    ] as const) {
      world.round({ policies: [policy('p', { ...all, interfaces })], services });
      expect(world.rows()).toHaveLength(row);
      expect(world.desired?.policies[0]?.conditions[0]?.status).toBe(wanted as string);
    }
  });
});
