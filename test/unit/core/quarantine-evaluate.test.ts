// What evaluation makes of addresses that other hosts have.
import { describe, expect, test } from 'bun:test';
import { evaluate } from '#core/evaluate.ts';
import { explainAddress } from '#core/explain-address.ts';
import { formatAddress } from '#model/address.ts';
import type { Quarantined } from '#model/claims.ts';
import { explain } from '#model/reason.ts';
import type { Service } from '#model/resources.ts';
import type { Memory, Observed } from '#model/snapshot.ts';
import {
  address,
  allocation,
  inputs,
  memory,
  networkInterface,
  nodeConfig,
  policy,
  pool,
  service,
} from '../../support/objects.ts';

const stranger = '02:00:00:00:00:bb';
const taken = (ip: string, mac = stranger): Quarantined => ({
  address: address(ip),
  interface: 'eth0',
  mac,
  sinceMs: 5,
});

function world(services: readonly Service[], quarantine: readonly Quarantined[], past: Memory = memory()): Observed {
  return {
    inputs: inputs({ pools: [pool('blue', '192.0.2.8/30')], policies: [policy('lan')], services }),
    config: nodeConfig(),
    options: {
      ipv4: true,
      ipv6: true,
      defaultLBServiceIPAM: 'lbipam',
      l2Announcements: true,
      bgpControlPlane: false,
      adoptStatus: false,
      nowMs: 1000,
    },
    node: { name: 'n', labels: {} },
    interfaces: [networkInterface('eth0', { addresses: [{ family: 'IPv4', address: '192.0.2.1', prefixLength: 24 }] })],
    deliveredAddresses: new Set(),
    leadership: { kind: 'all' },
    memory: past,
    quarantine,
  };
}

const asks = (ip: string) => service('default/web', { annotations: { 'lbipam.cilium.io/ips': ip } });

describe('an address in quarantine', () => {
  test('D-2: is passed over for automatic allocations, and counts as used', () => {
    const desired = evaluate(world([service('default/web')], [taken('192.0.2.8')]));
    expect(desired.allocations.map(({ address }) => formatAddress(address))).toEqual(['192.0.2.9']);
    expect(desired.announcements.map(({ address }) => formatAddress(address))).toEqual(['192.0.2.9']);
    expect(desired.pools[0]).toMatchObject({ total: 4n, used: 2n, available: 2n });
  });
  test('D-2: moves the service that was given it', () => {
    const past = memory([allocation('default/web', '192.0.2.8')], [pool('blue', '192.0.2.8/30')]);
    const desired = evaluate(world([service('default/web')], [taken('192.0.2.8')], past));
    expect(desired.allocations.map(({ address }) => formatAddress(address))).toEqual(['192.0.2.9']);
  });
  test('A-49, D-2: keeps a service that asks for it pending, with the MAC in the reason', () => {
    const past = memory([allocation('default/web', '192.0.2.9', { origin: 'requested' })]);
    const observed = world([asks('192.0.2.9')], [taken('192.0.2.9')], past);
    const desired = evaluate(observed);
    const [web] = desired.services;
    expect(web).toMatchObject({
      state: 'pending',
      addresses: [],
      reasons: [{ code: 'address_in_use', mac: stranger }],
    });
    expect(web?.condition).toMatchObject({ status: 'False', reason: 'already_allocated' });
    expect(web?.condition?.message).toContain(stranger);
    expect(desired.announcements).toEqual([]);
    const steps = explainAddress({ revision: 1, observed, desired }, address('192.0.2.9'))?.steps ?? [];
    expect(steps[0]).toMatchObject({ result: 'fail', code: 'LL-IPAM-010' });
    expect(steps.map(({ message }) => message).join('; ')).not.toContain('reserved');
    expect(steps.map(({ message }) => message)).toContain('No service gets it as long as that is so');
  });
  test('is not announced as an external address either', () => {
    const web = service('default/web', { externalIPs: ['198.51.100.7'], type: 'ClusterIP' });
    const observed = world([web], [taken('198.51.100.7')]);
    const lan = policy('lan', { externalIPs: true, annotations: { 'lanlord.dev/off-link': 'allow' } });
    const desired = evaluate({ ...observed, inputs: { ...observed.inputs, policies: [lan] } });
    expect(desired.announcements).toEqual([]);
    expect(desired.unannounced[0]?.reasons[0]).toMatchObject({ code: 'address_in_use' });
  });
  test('is given again when it is let go', () => {
    const desired = evaluate(world([asks('192.0.2.9')], []));
    expect(desired.allocations.map(({ address }) => formatAddress(address))).toEqual(['192.0.2.9']);
  });
  test('D-11: the sentence names protocols behind virtual MACs', () => {
    const sentence = (mac: string) => explain({ code: 'address_in_use', address: '192.0.2.9', mac, interface: 'eth0' });
    expect(sentence('00:00:5e:00:01:2a')).toContain('00:00:5e:00:01:2a (VRRP router id 42)');
    expect(sentence('00:00:5e:00:02:2a')).toContain('(VRRP router id 42 (IPv6))');
    expect(sentence('00:00:0c:07:ac:07')).toContain('(HSRP group 7)');
    expect(sentence('00:00:0c:9f:f0:01')).toContain('(HSRP version 2 group 1)');
    expect(sentence(stranger)).toEndWith('02:00:00:00:00:bb on "eth0"');
  });
});
