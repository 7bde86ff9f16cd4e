// Who may lead an address, and who is first choice: the cases that every election of addresses has to get right.
import { describe, expect, test } from 'bun:test';
import { explainService } from '#core/explain.ts';
import { rankIn } from '#core/group-ranks.ts';
import { formatAddress } from '#model/address.ts';
import type { EndpointSlice, Inputs, Service } from '#model/resources.ts';
import { policy, pool, service } from '../../support/objects.ts';
import { announced, boxes, groupOf, lan, rankingOf, type SimpleBox, vrrpConfig } from '../../support/vrrp-world.ts';
import { addressesOn, requesting, World } from '../../support/world.ts';

const hostname = (name: string) => ({ nodeSelector: { matchLabels: { 'kubernetes.io/hostname': name } } });

function services(count: number, more: Partial<Service> = {}): readonly Service[] {
  return Array.from({ length: count }, (_, i) => service(`s/${i}`, { createdMs: i, ...more }));
}

const declared = (more: Partial<Inputs>): Partial<Inputs> => ({
  pools: [pool('blue', '10.0.0.0/22')],
  policies: [policy('lan')],
  ...more,
});

/** By first choice; every address is announced exactly once. */
function shares(all: readonly SimpleBox[], inputs: Partial<Inputs>, dead: readonly string[] = []) {
  const alive = all.filter(({ name }) => !dead.includes(name));
  const found = new Map<string, readonly string[]>();
  for (const box of alive) {
    const ranking = rankingOf(box, all);
    const first = (group: number) => ranking.get(group)?.find((name) => !dead.includes(name));
    found.set(
      box.name,
      announced(box, inputs, (group) => first(group) === box.name),
    );
  }
  const once = [...found.values()].flat();
  expect(new Set(once).size).toBe(once.length);
  return found;
}

test('E-1: the same declarations in any order give the same groups and the same ranking on every box', () => {
  const inputs = declared({ services: services(40), policies: [policy('lan'), policy('wan', hostname('edge-1'))] });
  const turned = {
    pools: inputs.pools ?? [],
    policies: [...(inputs.policies ?? [])].reverse(),
    services: [...(inputs.services ?? [])].reverse(),
  };
  const all = [...boxes(3, inputs), ...boxes(3, turned)];
  const [first] = all;
  if (!first) throw new Error('no box');
  for (const box of all) {
    expect(box.desired.groups).toEqual(first.desired.groups);
    expect(rankingOf(box, [...all].reverse())).toEqual(rankingOf(first, all));
  }
  expect(first.desired.groups.map(({ policies }) => policies.join())).toContain('lan,wan');
});

describe('Local services where endpoints are known', () => {
  const slice = (...endpoints: readonly Partial<EndpointSlice['endpoints'][number]>[]): EndpointSlice => ({
    ...service('s/0-1'),
    serviceName: '0',
    endpoints: endpoints.map((one) => ({ ready: false, serving: false, terminating: false, ...one })),
  });
  const local = services(1, { externalTrafficPolicy: 'Local' });
  const play = (...endpoints: readonly Partial<EndpointSlice['endpoints'][number]>[]) =>
    boxes(2, declared({ services: local, endpointSlices: [slice(...endpoints)] }));
  const candidates = (all: readonly SimpleBox[]) =>
    all.flatMap(({ name, desired }) => (desired.candidacies.length > 0 ? [name] : []));

  test('E-3: the node that is first choice loses its endpoint: the next one that has one is', () => {
    const both = [
      { nodeName: 'edge-1', ready: true },
      { nodeName: 'edge-2', ready: true },
    ];
    const before = play(...both);
    expect(candidates(before)).toEqual(['edge-1', 'edge-2']);
    const [box] = before;
    if (!box) throw new Error('no box');
    const group = box.desired.candidacies[0]?.group ?? 0;
    const first = rankingOf(box, before).get(group)?.[0];
    const left = both.filter(({ nodeName }) => nodeName !== first);
    const after = play(...left, { nodeName: first ?? '', ready: false });
    expect(candidates(after)).toEqual(left.map(({ nodeName }) => nodeName));
    expect(after.map((one) => rankingOf(one, after).get(group))).toEqual(after.map(() => candidates(after)));
  });

  test('E-4: no ready endpoint anywhere: nobody is a candidate, and explain says so', () => {
    const all = play({ nodeName: 'edge-1' }, { nodeName: 'edge-2', serving: false, terminating: true });
    expect(candidates(all)).toEqual([]);
    for (const { world } of all) {
      const steps = explainService(world.snapshot, 's/0')?.steps.filter(({ result }) => result === 'fail');
      expect(steps?.map(({ code }) => code)).toEqual(['LL-L2-010']);
    }
  });

  test('E-5: an endpoint that serves while it terminates counts only where no node has a ready one', () => {
    const leaving = { nodeName: 'edge-1', serving: true, terminating: true };
    expect(candidates(play(leaving))).toEqual(['edge-1']);
    expect(candidates(play(leaving, { nodeName: 'edge-2', ready: true, serving: true }))).toEqual(['edge-2']);
    expect(candidates(play({ ...leaving, terminating: false }))).toEqual([]);
  });
});

test('E-7: two policies that select one node each: the same election on both, and one announces', () => {
  const policies = [policy('a', hostname('edge-1')), policy('b', hostname('edge-2'))];
  const inputs = declared({ services: services(20), policies });
  const all = boxes(3, inputs);
  expect(all.map(({ desired }) => desired.candidacies.length)).toEqual([20, 20, 0]);
  expect(all.map(({ desired }) => desired.groups)).toEqual(Array(3).fill(all[0]?.desired.groups));
  const found = shares(all, inputs);
  expect([...found.values()].flat()).toHaveLength(20);
  expect(found.get('edge-3')).toEqual([]);
});

test('E-8: services that share an address have one group, whatever each of them is selected by', () => {
  const shared = (color: string, more: Partial<Service> = {}): Partial<Service> => ({
    ...requesting('10.0.0.7'),
    labels: { color },
    ...more,
  });
  const key = { ...requesting('10.0.0.7').annotations, 'lbipam.cilium.io/sharing-key': 'k' };
  const inputs = declared({
    policies: ['red', 'blue'].map((color) => policy(color, { serviceSelector: { matchLabels: { color } } })),
    services: [
      service('s/a', shared('red', { annotations: key })),
      service(
        's/b',
        shared('blue', { annotations: { ...key, 'lanlord.dev/group': '51' }, ports: [{ port: 81, protocol: 'TCP' }] }),
      ),
    ],
  });
  const all = boxes(2, inputs);
  for (const { desired } of all) {
    expect(desired.candidacies.map(({ services: keys, group }) => [keys, group])).toEqual([[['s/a', 's/b'], 51]]);
    expect(desired.groups).toEqual([{ group: 51, policies: [], addresses: 1, isPinned: true }]);
  }
  expect([...shares(all, inputs).values()].flat()).toEqual(['10.0.0.7']);
});

test('E-9: when a box dies, its addresses move and no others', () => {
  const inputs = declared({ services: services(200) });
  const all = boxes(3, inputs);
  const before = shares(all, inputs);
  const after = shares(all, inputs, ['edge-2']);
  for (const name of ['edge-1', 'edge-3']) {
    const own = before.get(name) ?? [];
    expect(after.get(name)?.filter((ip) => own.includes(ip))).toEqual([...own]);
  }
  expect([...after.values()].flat()).toHaveLength(200);
});

test('E-12: six addresses over three boxes: two each', () => {
  const inputs = declared({ services: services(6) });
  const all = boxes(3, inputs, () => ({ config: vrrpConfig({ virtualRouterId: 1, groups: 255 }) }));
  expect([...shares(all, inputs).values()].map(({ length }) => length)).toEqual([2, 2, 2]);
});

describe('E-14: a box without a subnet that holds the address', () => {
  test('is no candidate for it', () => {
    const inputs = declared({ services: services(1, requesting('10.0.0.9')) });
    const all = boxes(2, inputs, (number) =>
      number === 1 ? { interfaces: [addressesOn(lan('eth1', 1), '192.168.7.1/24', 'fe80::1/64')] } : {},
    );
    expect(all.map(({ desired }) => desired.candidacies.length)).toEqual([0, 1]);
    expect(all[0]?.desired.unannounced[0]?.reasons.map(({ code }) => code)).toEqual(['off_link']);
  });

  test('comes after all that have it, also for other addresses of the same group', () => {
    const inputs = declared({
      pools: [pool('blue', '10.0.0.0/16')],
      services: [service('s/near', requesting('10.0.0.9')), service('s/far', requesting('10.0.1.9'))],
    });
    const one = vrrpConfig({ groups: 1 });
    const all = boxes(2, inputs, (number) => ({
      config: one,
      interfaces: [addressesOn(lan('eth1', number), `10.0.0.${number}/${number === 1 ? 24 : 16}`)],
    }));
    for (const box of all) {
      const ranking = rankingOf(box, all);
      expect([rankIn(ranking, 128, 'edge-1'), rankIn(ranking, 128, 'edge-2')]).toEqual([1, 0]);
    }
  });

  test('where every box lacks one, all of them are equal: the rest of the group is led', () => {
    const inputs = declared({ services: services(1, requesting('10.0.0.9')), pools: [pool('blue', '10.0.0.0/16')] });
    const far = { services: [...(inputs.services ?? []), service('s/far', requesting('10.0.1.9'))] };
    const all = boxes(2, { ...inputs, ...far }, (number) => ({
      config: vrrpConfig({ groups: 1 }),
      interfaces: [addressesOn(lan('eth1', number), `10.0.0.${number}/24`)],
    }));
    expect(all.map((box) => rankIn(rankingOf(box, all), 128, box.name))).toEqual([0, 0]);
  });
});

describe('what keeps a box from leading', () => {
  const inputs = declared({
    services: services(1, { ipFamilyPolicy: 'RequireDualStack' }),
    pools: [pool('blue', '10.0.0.0/24'), pool('six', 'fd00::/120')],
  });
  const six = { family: 'IPv6' as const, address: 'fd00::fffe', prefixLength: 64 };
  const good = lan('eth1', 1);
  const whole = { ...good, addresses: [...good.addresses, six] };
  const tracked = (...names: readonly string[]) => {
    const config = vrrpConfig();
    return { ...config, election: { ...config.election, track: { interfaces: names } } };
  };
  const refusals = (more: Parameters<typeof boxes>[2]) => {
    const [box] = boxes(1, inputs, more);
    return (box?.desired.candidacies ?? []).map(({ address, refusal }) => `${address.family} ${refusal?.code ?? 'ok'}`);
  };

  test('nothing', () => {
    expect(refusals(() => ({ interfaces: [whole] }))).toEqual(['IPv4 ok', 'IPv6 ok']);
  });

  test.each([
    ['no carrier', { interfaces: [{ ...whole, carrier: false }] }, ['IPv4 no_carrier', 'IPv6 no_carrier']],
    ['it is drained', { interfaces: [whole], drained: true }, ['IPv4 drained', 'IPv6 drained']],
    [
      'no link-local address to send from',
      { interfaces: [{ ...whole, addresses: whole.addresses.filter(({ address }) => !address.startsWith('fe80')) }] },
      ['IPv4 ok', 'IPv6 no_source_address'],
    ],
    [
      'a link-local address that is not proven yet',
      {
        interfaces: [
          {
            ...whole,
            addresses: whole.addresses.map((one) => ({ ...one, tentative: one.address.startsWith('fe80') })),
          },
        ],
      },
      ['IPv4 ok', 'IPv6 no_source_address'],
    ],
    [
      'no IPv4 address to send from',
      { interfaces: [{ ...whole, addresses: whole.addresses.filter(({ family }) => family === 'IPv6') }] },
      ['IPv4 no_source_address', 'IPv6 ok'],
    ],
    [
      'a tracked interface without carrier',
      { interfaces: [whole, lan('eth9', 9, { carrier: false })], config: tracked('eth1', 'eth9') },
      ['IPv4 tracked_interface_down', 'IPv6 tracked_interface_down'],
    ],
    [
      'a tracked interface that does not exist',
      { interfaces: [whole], config: tracked('eth9') },
      ['IPv4 tracked_interface_down', 'IPv6 tracked_interface_down'],
    ],
  ])('%s', (_what, more, found) => {
    // eth9 is tracked, not announced on.
    const policies = [policy('lan', { interfaces: ['eth1'] })];
    const [box] = boxes(1, { ...inputs, policies }, () => more);
    const rows = (box?.desired.candidacies ?? []).map(
      ({ address, refusal }) => `${address.family} ${refusal?.code ?? 'ok'}`,
    );
    expect(rows).toEqual([...found]);
  });

  test('an interface that is down has no row at all', () => {
    expect(refusals(() => ({ interfaces: [{ ...whole, up: false }] }))).toEqual([]);
  });

  test('alone, a carrier loss changes nothing, and a drained box withdraws', () => {
    const world = new World({ interfaces: [{ ...whole, carrier: false }] });
    world.round(inputs);
    expect(world.rows()).toHaveLength(2);
    world.round(inputs, { drained: true });
    expect(world.rows()).toEqual([]);
    expect(world.desired?.candidacies).toEqual([]);
    expect(world.desired?.unannounced[0]?.reasons).toEqual([{ code: 'drained' }]);
  });
});

test('an address that others lead says who does, where, and in which group', () => {
  const inputs = declared({ services: services(1, requesting('10.0.0.9')) });
  const [box] = boxes(1, inputs);
  const group =
    groupOf(
      box?.desired ??
        (() => {
          throw new Error('no box');
        })(),
      '10.0.0.9',
    ) ?? 0;
  const told = box?.world.round(inputs, {
    leadership: { kind: 'groups', active: new Set(), leaders: new Map([[`eth1 ${group}`, 'edge-2']]) },
  });
  const reason = { code: 'not_leader', address: '10.0.0.9', interface: 'eth1', group, leader: 'edge-2' } as const;
  expect(told?.unannounced).toMatchObject([{ group, reasons: [reason] }]);
  expect(told?.candidacies.map(({ leads, address }) => [formatAddress(address), leads])).toEqual([['10.0.0.9', false]]);
});
