// Why an address is led by this box, by another one or by nobody; what a policy selects.
import { describe, expect, test } from 'bun:test';
import { explainAddress } from '#core/explain-address.ts';
import { explainLeader, type RankedBox } from '#core/explain-election.ts';
import { explainPolicy } from '#core/explain-policy.ts';
import type { Explanation } from '#core/explain-step.ts';
import { ledKey, type Observed } from '#model/snapshot.ts';
import { address, networkInterface, nodeConfig, policy, pool, service } from '../../support/objects.ts';
import { boxes, groupOf, lan, vrrpConfig } from '../../support/vrrp-world.ts';
import { addressesOn, requesting, World } from '../../support/world.ts';

const ip = '10.0.0.9';
const declared = {
  pools: [pool('blue', '10.0.0.0/16')],
  policies: [policy('lan')],
  services: [service('s/web', requesting(ip))],
};

function play(more: Partial<Observed> = {}, objects: Parameters<World['round']>[0] = declared): World {
  const [box] = boxes(1, objects, () => more);
  return box?.world ?? expect.unreachable();
}

/** The round in which another box is known to lead the group of the address. */
function ledElsewhere(world: World, more: Partial<Observed> = {}): World {
  const group = groupOf(world.desired ?? expect.unreachable(), ip) ?? 0;
  const leaders = new Map([[ledKey('eth1', group), 'edge-2']]);
  world.round(declared, { ...more, leadership: { kind: 'groups', active: new Set(), leaders } });
  return world;
}

const brief = (found: Explanation | null) =>
  found?.steps.map(({ name, result, code }) => `${name} ${result} ${code}`) ?? ['none'];
const message = (found: Explanation | null, name: string) => found?.steps.find((step) => step.name === name)?.message;
const nobodyElse = () => [];

describe('explain ip/ADDRESS', () => {
  test('names the group; that another box leads it is no failure', () => {
    const found = explainAddress(ledElsewhere(play()).snapshot, address(ip));
    expect(found?.ok).toBe(true);
    expect(brief(found)).toContain(`announce ${ip} pass LL-ELECT-000`);
    expect(message(found, `announce ${ip}`)).toMatch(/^"edge-2" leads '10.0.0.9' \(group \d+ on "eth1"\)$/);
    expect(message(found, 'group')).toMatch(
      /^10.0.0.9 is in group \d+: one of 128…159, which the addresses of policies/,
    );
  });

  test('fails while nobody is known to lead it', () => {
    expect(brief(explainAddress(play().snapshot, address(ip)))).toContain(`announce ${ip} fail LL-L2-011`);
  });

  test('what keeps this box out is no failure as long as another one leads', () => {
    const drained = play({ drained: true });
    expect(brief(explainAddress(drained.snapshot, address(ip)))).toContain(`announce ${ip} fail LL-ELECT-005`);
    const found = explainAddress(ledElsewhere(drained, { drained: true }).snapshot, address(ip));
    expect(brief(found)).toContain(`announce ${ip} skipped LL-ELECT-005`);
    expect(message(found, `announce ${ip}`)).toBe('Another node leads its group');
  });

  test('an address without a group fails with the reason', () => {
    const objects = {
      ...declared,
      policies: [policy('lan', { nodeSelector: {} })],
      services: [service('s/web', { annotations: { ...requesting(ip).annotations, 'lanlord.dev/group': '130' } })],
    };
    const found = explainAddress(play({}, objects).snapshot, address(ip));
    expect(brief(found)).toContain(`announce ${ip} fail LL-ELECT-003`);
    expect(message(found, `announce ${ip}`)).toBe('The virtual router id 130 is one of the common ids');
  });

  test('a pinned group says so, one of a nodeSelector names its policy', () => {
    const pinned = [service('s/web', { annotations: { ...requesting(ip).annotations, 'lanlord.dev/group': '51' } })];
    const found = explainAddress(play({}, { ...declared, services: pinned }).snapshot, address(ip));
    expect(message(found, 'group')).toBe('10.0.0.9 is in group 51: a service pins it by lanlord.dev/group');
    const bound = { ...declared, policies: [policy('lan', { nodeSelector: {} })] };
    expect(message(explainAddress(play({}, bound).snapshot, address(ip)), 'group')).toMatch(
      /^10.0.0.9 is in group \d+: one of those for addresses that lan selects$/,
    );
  });

  test('alone there is no word about groups', () => {
    const world = new World({ interfaces: [lan('eth1', 1)] });
    world.round(declared);
    expect(brief(explainAddress(world.snapshot, address(ip))).join()).not.toContain('ELECT');
  });
});

describe('explain leader/ADDRESS', () => {
  test('tells the group, whether this box may lead it, and the ranking', () => {
    const world = play();
    const group = groupOf(world.desired ?? expect.unreachable(), ip) ?? 0;
    const other: RankedBox = { name: 'edge-2', eligible: new Set([group]), isAble: true };
    const found = explainLeader(world.snapshot, address(ip), (name) => (name === 'eth1' ? [other] : []));
    expect(brief(found)).toEqual([
      'group pass LL-ELECT-000',
      'candidate eth1 pass LL-ELECT-000',
      'ranking eth1 pass LL-ELECT-000',
    ]);
    expect(message(found, 'ranking eth1')).toMatch(
      /^First choice on eth1: (edge-1, then edge-2; this node has rank 0, priority 254|edge-2, then edge-1; this node has rank 1, priority 238)$/,
    );
    const away = explainLeader(world.snapshot, address(ip), () => [{ ...other, isAble: false }]);
    expect(message(away, 'ranking eth1')).toContain('edge-2 (cannot lead now)');
    const fixed = play({ config: vrrpConfig({ priority: 100 }) });
    expect(message(explainLeader(fixed.snapshot, address(ip), nobodyElse), 'ranking eth1')).toBe(
      'First choice on eth1: edge-1; this node has rank 0, priority 100',
    );
  });

  test('a box that must not lead fails, unless another one leads', () => {
    const lost = play({ interfaces: [lan('eth1', 1, { carrier: false })] });
    expect(brief(explainLeader(lost.snapshot, address(ip), nobodyElse))).toContain('candidate eth1 fail LL-ELECT-006');
    const found = explainLeader(
      ledElsewhere(lost, { interfaces: [lan('eth1', 1, { carrier: false })] }).snapshot,
      address(ip),
      nobodyElse,
    );
    expect(brief(found)).toContain('candidate eth1 skipped LL-ELECT-006');
    expect(found?.ok).toBe(true);
  });

  test('a box that lacks addresses of the group says that it is the last choice', () => {
    const services = [service('s/web', requesting(ip)), service('s/far', requesting('10.0.1.9'))];
    const world = play(
      { config: vrrpConfig({ groups: 1 }), interfaces: [addressesOn(lan('eth1', 1), '10.0.0.1/24')] },
      { ...declared, services },
    );
    const found = explainLeader(world.snapshot, address(ip), () => [
      { name: 'edge-2', eligible: new Set([128]), isAble: true },
    ]);
    expect(brief(found)).toContain('candidate eth1 skipped LL-ELECT-000');
    expect(message(found, 'ranking eth1')).toBe('First choice on eth1: edge-2; this node has rank 1, priority 238');
  });

  test('an address that this box cannot announce at all says why', () => {
    const world = play({ interfaces: [addressesOn(networkInterface('eth1'), '192.168.7.1/24')] });
    expect(brief(explainLeader(world.snapshot, address(ip), nobodyElse))).toContain('candidate fail LL-L2-008');
  });

  test('alone, this box leads; of an address that no service has nothing is known', () => {
    const world = new World({ interfaces: [lan('eth1', 1)] });
    world.round(declared);
    expect(brief(explainLeader(world.snapshot, address(ip), nobodyElse))).toEqual([
      'election pass LL-ELECT-000',
      'leader pass LL-ELECT-000',
    ]);
    expect(explainLeader(world.snapshot, address('10.9.9.9'), nobodyElse)).toBeNull();
  });
});

describe('explain policy/NAME', () => {
  const told = (objects: Parameters<World['round']>[0], more: Partial<Observed> = {}) =>
    explainPolicy(play(more, { ...declared, ...objects }).snapshot, 'lan');

  test('every step of one that works', () => {
    const world = new World({ interfaces: [lan('eth1', 1)], config: nodeConfig() });
    world.round(declared);
    const found = explainPolicy(world.snapshot, 'lan');
    expect(found?.ok).toBe(true);
    expect(found?.steps.map(({ name, message: text }) => `${name}: ${text}`)).toEqual([
      'policy: It is valid',
      'node: It has no nodeSelector: every node',
      'interfaces: It selects eth1 here',
      'kinds: It announces LoadBalancer addresses',
      'services: It selects one service: s/web',
      'announce: This node is the one to answer for 10.0.0.9',
    ]);
    expect(explainPolicy(world.snapshot, 'wan')).toBeNull();
  });

  test('what is in its way', () => {
    const wrong = { matchLabels: { 'kubernetes.io/hostname': 'edge-7' } };
    expect(brief(told({ policies: [policy('lan', { nodeSelector: wrong })] }))).toContain('node fail LL-L2-003');
    expect(brief(told({ policies: [policy('lan', { interfaces: ['^wlan'] })] }))).toContain(
      'interfaces fail LL-L2-005',
    );
    expect(brief(told({ policies: [policy('lan', { loadBalancerIPs: false })] }))).toContain('kinds fail LL-L2-004');
    expect(brief(told({ policies: [policy('lan', { interfaces: ['('] })] }))).toEqual([
      'policy fail LL-L2-006',
      'groups pass LL-ELECT-000',
      'node skipped LL-L2-000',
      'services skipped LL-L2-000',
    ]);
    expect(message(told({}, { interfaces: [lan('eth1', 1, { carrier: false })] }), 'interfaces')).toBe(
      'It selects eth1 (no carrier) here',
    );
  });

  test('its virtual router ids', () => {
    const pinned = (block: string) => {
      const annotations = { 'lanlord.dev/virtual-router-id': block };
      return told({ policies: [policy('lan', { annotations })] });
    };
    expect(message(pinned('200+8'), 'groups')).toBe('Addresses of it alone have the groups 200…207');
    expect(brief(pinned('x'))).toContain('groups fail LL-ELECT-002');
    expect(brief(pinned('130'))).toContain('groups fail LL-ELECT-003');
    expect(message(told({}), 'groups')).toBe('Addresses of it share the groups of all policies without a nodeSelector');
  });
});
