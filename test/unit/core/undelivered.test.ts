// Whether traffic to an announced address is taken by the box, decided by its routes.
import { describe, expect, test } from 'bun:test';
import { deliveryProblems, deliveryStep } from '#core/delivery-problems.ts';
import { findUndelivered } from '#core/undelivered.ts';
import type { Route, Traffic } from '#model/traffic.ts';
import { networkInterface, policy, pool, service } from '../../support/objects.ts';
import { addressesOn, World } from '../../support/world.ts';

const eth0 = addressesOn(networkInterface('eth0', { index: 2 }), '10.0.0.1/24', 'fd00::1/64', 'fe80::1/64');
const eth1 = addressesOn(networkInterface('eth1', { index: 3 }), '10.0.0.2/24');

function route(destination: string, prefixLength: number, more: Partial<Route> = {}): Route {
  const family = destination.includes(':') ? 'IPv6' : 'IPv4';
  return { family, destination, prefixLength, kind: 'unicast', hops: [{ interface: 2, hasGateway: false }], ...more };
}

const onLink = [route('10.0.0.0', 24), route('fd00::', 64)];
const via = (index: number) => ({ hops: [{ interface: index, hasGateway: true }] });

function look(more: Partial<Traffic>, cidr = '10.0.0.16/32', interfaces = [eth0]) {
  const world = new World({ interfaces });
  const web = service('a/web', { ipFamilies: [cidr.includes(':') ? 'IPv6' : 'IPv4'] });
  world.round({ pools: [pool('p', cidr)], policies: [policy('lan')], services: [web] });
  if (world.rows().length === 0) throw new Error('nothing is announced');
  const traffic = { routes: onLink, forwards: { IPv4: true, IPv6: true }, mentioned: new Set<string>(), ...more };
  return findUndelivered(world.snapshot, traffic);
}

describe('findUndelivered()', () => {
  test('the subnet of the announcing interface takes nothing', () => {
    expect(look({})).toEqual([
      {
        ip: '10.0.0.16',
        services: ['a/web'],
        interfaces: ['eth0'],
        why: 'the box has neither the address nor a route for it, and no rule of its packet filter names it',
      },
    ]);
    expect(look({}, 'fd00::16/128')).toHaveLength(1);
    expect(look({ routes: [] })).toHaveLength(1);
  });

  test('nor does the subnet of another interface that announces it, a host route to the link, or a refusal', () => {
    expect(
      look({ routes: [route('10.0.0.0', 24, { hops: [{ interface: 3, hasGateway: false }] })] }, undefined, [
        eth0,
        eth1,
      ]),
    ).toHaveLength(1);
    expect(look({ routes: [...onLink, route('10.0.0.16', 32)] })).toHaveLength(1);
    expect(look({ routes: [...onLink, route('10.0.0.16', 32, { kind: 'refused', hops: [] })] })).toHaveLength(1);
  });

  test('a default route does not count where a subnet is nearer', () => {
    expect(look({ routes: [...onLink, route('0.0.0.0', 0, via(3))] })).toHaveLength(1);
  });

  test('a local route takes it, also for a whole prefix', () => {
    expect(look({ routes: [...onLink, route('10.0.0.16', 32, { kind: 'local', hops: [] })] })).toEqual([]);
    expect(look({ routes: [...onLink, route('10.0.0.16', 28, { kind: 'local', hops: [] })] })).toEqual([]);
    expect(look({ routes: [...onLink, route('fd00::10', 124, { kind: 'local', hops: [] })] }, 'fd00::16/128')).toEqual(
      [],
    );
  });

  test('a route that leads on takes it where the box forwards, and says so where it does not', () => {
    for (const next of [via(2), via(3), { hops: [{ interface: 3, hasGateway: false }] }]) {
      const routes = [...onLink, route('10.0.0.16', 32, next)];
      expect(look({ routes })).toEqual([]);
      const [found] = look({ routes, forwards: { IPv4: false, IPv6: true } });
      expect(found?.why).toBe('a route leads on, but this box does not forward (net.ipv4.ip_forward is 0)');
    }
  });

  test('of two routes of one length the one that helps counts: tables are not told apart', () => {
    expect(look({ routes: [...onLink, route('10.0.0.0', 24, via(3))] })).toEqual([]);
  });

  test('a rule of the packet filter that names it may take it; where rules cannot be read, that is said', () => {
    expect(look({ mentioned: new Set(['10.0.0.16']) })).toEqual([]);
    expect(look({ mentioned: null })[0]?.why).toEndWith('and its packet filter cannot be read');
  });
});

test('a few addresses have a problem each, many have one together; the step is no failure', () => {
  const one = (n: number) => ({ ip: `10.0.0.${n}`, services: ['a/web'], interfaces: ['eth0'], why: 'why' });
  expect(deliveryProblems([])).toEqual([]);
  expect(deliveryProblems([one(1), one(2), one(3)]).map(({ object }) => object)).toEqual([
    'ip/10.0.0.1',
    'ip/10.0.0.2',
    'ip/10.0.0.3',
  ]);
  const [many, ...more] = deliveryProblems([1, 2, 3, 4].map(one));
  expect(more).toEqual([]);
  expect(many).toMatchObject({ code: 'NODELIVERY', severity: 'warning', object: 'delivery' });
  expect(many?.objects).toEqual(['ip/10.0.0.1', 'ip/10.0.0.2', 'ip/10.0.0.3', 'ip/10.0.0.4']);
  expect(many?.hint).toContain('delivery: local');
  expect(many?.message).toStartWith('4 addresses are announced');
  expect(deliveryStep(one(1))).toMatchObject({ name: 'deliver 10.0.0.1', result: 'skipped', code: 'LL-DLV-001' });
});
