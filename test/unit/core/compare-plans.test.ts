// What a change of the configuration does to every VIP, through `evaluate` on both sides.
import { describe, expect, test } from 'bun:test';
import { comparePlans, type VipChange } from '#core/compare-plans.ts';
import { evaluate } from '#core/evaluate.ts';
import { fieldChanges } from '#core/field-changes.ts';
import { planEffects } from '#core/plan-effects.ts';
import type { Inputs } from '#model/resources.ts';
import { ledKey, type Observed } from '#model/snapshot.ts';
import { inputs, networkInterface, policy, pool, service } from '../../support/objects.ts';
import { lan as lanOf, vrrpConfig } from '../../support/vrrp-world.ts';
import { addressesOn, observed, requesting } from '../../support/world.ts';

const links = [
  addressesOn(networkInterface('eth0'), '10.0.0.1/24'),
  addressesOn(networkInterface('eth1', { index: 3 }), '10.0.0.2/24'),
];

function sides(before: Partial<Inputs>, after: Partial<Inputs>, more: Partial<Observed> = {}) {
  const first = observed({ interfaces: links, ...more, inputs: inputs(before) });
  const { memory } = evaluate(first);
  const side = (declared: Partial<Inputs>) => {
    const seen = { ...first, inputs: inputs(declared), memory };
    return { observed: seen, desired: evaluate(seen) };
  };
  return [side(before), side(after)] as const;
}

/** `impact ip service from>to`, without `unchanged`. */
function compared(before: Partial<Inputs>, after: Partial<Inputs>): readonly string[] {
  return comparePlans(...sides(before, after)).changes.map(text);
}

function text({ impact, ip, service: name, from, to }: VipChange): string {
  return `${impact} ${ip} ${name} ${from}>${to}`;
}

const blue = pool('blue', '10.0.0.16/28');
const lan = policy('lan', { interfaces: ['^eth0$'] });
const base = { pools: [blue], policies: [lan], services: [service('a/web'), service('a/api', { createdMs: 1 })] };

describe('among several boxes', () => {
  const config = (vrrp = {}) => ({ config: vrrpConfig(vrrp), interfaces: [lanOf('eth0', 1)] });
  const around: Inputs = inputs({ ...base, pools: [pool('blue', '10.0.0.16/28')] });
  const standby = { kind: 'groups' as const, active: new Set<string>(), leaders: new Map<string, string>() };

  test('what another box leads is compared by what this one may lead', () => {
    const [first] = sides(around, around, { ...config(), leadership: standby });
    const leaders = new Map(first.desired.candidacies.map((row) => [ledKey(row.interface, row.group), 'edge-2']));
    const more = { ...config(), leadership: { ...standby, leaders } };
    expect(comparePlans(...sides(around, around, more))).toEqual({ changes: [], unchanged: 2 });
    expect(comparePlans(...sides(around, { ...around, policies: [] }, more)).changes.map(text)).toEqual([
      'outage 10.0.0.16 a/web edge-2>null',
      'outage 10.0.0.17 a/api edge-2>null',
    ]);
  });

  test('other group ids take nothing from anybody', () => {
    const [before] = sides(around, around, { ...config(), leadership: standby });
    const [, after] = sides(around, around, { ...config({ virtualRouterId: 10 }), leadership: standby });
    expect(after.desired.candidacies.map(({ group }) => group)).not.toEqual(
      before.desired.candidacies.map(({ group }) => group),
    );
    expect(comparePlans(before, after)).toEqual({ changes: [], unchanged: 2 });
  });
});

describe('comparePlans()', () => {
  test('the same on both sides is no change, and every VIP is counted as unchanged', () => {
    expect(comparePlans(...sides(base, base))).toEqual({ changes: [], unchanged: 2 });
  });

  test('a policy that goes takes the answer with it, and says why', () => {
    const [before, after] = sides(base, { ...base, policies: [] });
    expect(comparePlans(before, after).changes).toMatchObject([
      {
        ip: '10.0.0.16',
        service: 'a/web',
        from: 'node-1',
        to: null,
        impact: 'outage',
        message: expect.stringMatching(/policy/i),
      },
      { ip: '10.0.0.17', service: 'a/api', from: 'node-1', to: null, impact: 'outage' },
    ]);
  });

  test('a policy that comes gives answers', () => {
    expect(compared({ ...base, policies: [] }, base)).toEqual([
      'new 10.0.0.16 a/web null>node-1',
      'new 10.0.0.17 a/api null>node-1',
    ]);
  });

  test('a pool that shrinks moves those outside, and leaves those inside alone', () => {
    const small = { ...base, pools: [pool('blue', '10.0.0.17/32'), pool('red', '10.0.0.64/28')] };
    expect(compared(base, small)).toEqual(['ip-change 10.0.0.16 a/web 10.0.0.16>10.0.0.64']);
  });

  test('without a successor, or with one that nobody answers, a lost address is an outage', () => {
    expect(compared(base, { ...base, pools: [pool('blue', '10.0.0.17/32')] })).toEqual([
      'outage 10.0.0.16 a/web node-1>null',
    ]);
    const offLink = { ...base, pools: [pool('blue', '10.0.0.17/32'), pool('red', '10.9.0.0/28')] };
    const [change] = comparePlans(...sides(base, offLink)).changes;
    expect(change).toMatchObject({ ip: '10.0.0.16', impact: 'outage', to: null });
    expect(change?.message).toContain('it gets 10.9.0.0, for which nobody answers: No subnet of interface "eth0"');
  });

  test('a service that goes is an outage of its VIP, and says that it was removed', () => {
    const [change] = comparePlans(...sides(base, { ...base, services: [service('a/web')] })).changes;
    expect(change).toMatchObject({
      ip: '10.0.0.17',
      service: 'a/api',
      impact: 'outage',
      message: 'the service is removed',
    });
  });

  test('one sharer of an address may go without an outage; a sharer that comes is new', () => {
    const share = (key: string, port: number) => {
      const annotations = { 'lbipam.cilium.io/sharing-key': 'k' };
      return service(key, { annotations, ports: [{ port, protocol: 'TCP' }] });
    };
    const [one, both] = [
      { ...base, services: [share('a/x', 1)] },
      { ...base, services: [share('a/x', 1), share('a/y', 2)] },
    ];
    expect(compared(both, one)).toEqual(['none 10.0.0.16 a/y node-1>node-1']);
    expect(compared(one, both)).toEqual(['new 10.0.0.16 a/y node-1>node-1']);
  });

  test('an address that another service takes over is an outage of the first and new for the second', () => {
    const [old, next] = [service('a/x', requesting('10.0.0.20')), service('a/y', requesting('10.0.0.20'))];
    const [outage, fresh] = comparePlans(...sides({ ...base, services: [old] }, { ...base, services: [next] })).changes;
    expect(outage).toMatchObject({
      impact: 'outage',
      service: 'a/x',
      message: expect.stringMatching(/a\/y gets the address/),
    });
    expect(fresh).toMatchObject({ impact: 'new', service: 'a/y', to: 'node-1' });
  });

  test('an interface that is no longer answered on is an outage there; one more is none', () => {
    const wide = { ...base, policies: [policy('lan', { interfaces: ['^eth'] })] };
    const gone = comparePlans(...sides(wide, base)).changes;
    expect(gone.map(text)).toEqual(['outage 10.0.0.16 a/web node-1>node-1', 'outage 10.0.0.17 a/api node-1>node-1']);
    expect(gone[0]?.message).toBe('no longer answered on eth1');
    expect(compared(base, wide)).toEqual(['none 10.0.0.16 a/web node-1>node-1', 'none 10.0.0.17 a/api node-1>node-1']);
  });

  test('a new address that nobody announces is no answer', () => {
    const quiet = { ...base, policies: [] };
    expect(compared({ ...quiet, services: [] }, quiet)).toEqual([
      'none 10.0.0.16 a/web null>null',
      'none 10.0.0.17 a/api null>null',
    ]);
  });

  test('families are followed apart', () => {
    const dual = service('a/web', { ipFamilyPolicy: 'RequireDualStack', ipFamilies: ['IPv4', 'IPv6'] });
    const before = { ...base, pools: [blue, pool('six', 'fd00::/112')], services: [dual] };
    const after = { ...before, pools: [blue, pool('six', 'fd00:1::/112')] };
    expect(compared(before, after)).toEqual(['ip-change fd00:: a/web fd00::>fd00:1::']);
  });
});

test('fields are named as in a manifest, with both values', () => {
  const other = pool('blue', '10.0.0.16/29', { disabled: true, labels: { __proto: 'x' } });
  expect(fieldChanges(blue, other)).toEqual([
    { path: 'metadata.labels.__proto', from: null, to: '"x"' },
    { path: 'spec.blocks[0].cidr', from: '"10.0.0.16/28"', to: '"10.0.0.16/29"' },
    { path: 'spec.disabled', from: 'false', to: 'true' },
  ]);
});

test('effects say how many addresses a pool has, and what a policy and a service get and lose', () => {
  const next = pool('blue', '10.0.0.17/32');
  const after = { ...base, pools: [next], policies: [] };
  const effect = planEffects(...sides(base, after));
  expect(effect({ kind: 'CiliumLoadBalancerIPPool', name: 'blue', before: blue, after: next })).toBe(
    '16 -> 1 addresses',
  );
  expect(effect({ kind: 'CiliumL2AnnouncementPolicy', name: 'lan', before: lan, after: null })).toBe(
    'drops 10.0.0.16, 10.0.0.17',
  );
  const [web = null] = base.services;
  expect(effect({ kind: 'Service', name: 'a/web', before: web, after: web })).toStartWith(
    '10.0.0.16 -> none, lacks an address: ',
  );
});
