// Explanations: the first failing step first, every pool with its reason, stable codes, the place in the manifest.
import { describe, expect, test } from 'bun:test';
import { explainService } from '#core/explain.ts';
import { explainAddress } from '#core/explain-address.ts';
import type { Explanation } from '#core/explain-step.ts';
import type { Position } from '#model/resources.ts';
import { address, networkInterface, policy, pool, service } from '../../support/objects.ts';
import { addressesOn, requesting, World } from '../../support/world.ts';

const at = (line: number): Position => ({ file: 'lan.yaml', line, column: 1 });
const eth0 = addressesOn(networkInterface('eth0'), '10.0.0.1/24');
const x = { matchLabels: { color: 'x' } };

function brief(explained: Explanation | null): readonly string[] {
  return (explained?.steps ?? []).map(
    ({ result, name, code, line }) => `${result} ${name} ${code}${line === null ? '' : ` :${line}`}`,
  );
}

describe('a pending service', () => {
  test('names every pool with the reason it was refused, and where it stands', () => {
    const world = new World({ interfaces: [eth0] });
    world.round({
      pools: [
        pool('bad', '', {
          blocks: [{ cidr: '10.0.0.0/99' }],
          position: at(1),
          fields: new Map([['spec.blocks[0].cidr', at(6)]]),
        }),
        pool('closed', '10.0.1.0/24', {
          disabled: true,
          position: at(10),
          fields: new Map([['spec.disabled', at(15)]]),
        }),
        pool('full', '10.0.2.0/32', { position: at(20) }),
        pool('other', '10.0.3.0/24', {
          serviceSelector: x,
          position: at(30),
          fields: new Map([['spec.serviceSelector', at(35)]]),
        }),
        pool('over', '10.0.3.0/25', { position: at(40), createdMs: 1 }),
        pool('six', 'fd00::/64', { position: at(50) }),
      ],
      services: [service('s/a'), service('s/b', { position: at(60) })],
    });
    const explained = explainService(world.snapshot, 's/b');
    expect(explained).toMatchObject({ object: 'svc/s/b', ok: false });
    expect(brief(explained)).toEqual([
      'fail address LL-IPAM-003 :60',
      'fail pool bad LL-POOL-003 :6',
      'fail pool closed LL-POOL-001 :15',
      'fail pool full LL-POOL-005 :20',
      'fail pool other LL-POOL-004 :35',
      'fail pool six LL-POOL-006 :50',
      'fail pool over LL-POOL-002 :40',
      'pass service LL-SVC-000 :60',
      'skipped announce LL-L2-000',
    ]);
    expect(explained?.steps[0]?.fix).not.toEqual([]);
  });

  test('that has one of two families says which one is missing, and why each pool does not give it', () => {
    const world = new World({ interfaces: [eth0] });
    world.round({
      pools: [pool('four', '10.0.2.0/24'), pool('other', 'fd00::/64', { serviceSelector: x })],
      services: [service('s/a', { ipFamilyPolicy: 'RequireDualStack', ipFamilies: ['IPv4', 'IPv6'] })],
    });
    const explained = explainService(world.snapshot, 's/a');
    expect(brief(explained).slice(0, 3)).toEqual([
      'fail address LL-IPAM-002',
      'fail pool four LL-POOL-006',
      'fail pool other LL-POOL-004',
    ]);
    expect(explained?.steps[0]?.message).toEndWith('that match this service: IPv6');
    expect(explained?.steps[1]?.fix).toEqual(['Add a block of IPv6 addresses']);
  });

  test('without any pool says so', () => {
    const world = new World();
    world.round({ services: [service('s/a')] });
    expect(brief(explainService(world.snapshot, 's/a'))[0]).toBe('fail address LL-IPAM-001');
  });

  test('of another class says whose it is', () => {
    const world = new World();
    world.round({ pools: [pool('p')], services: [service('s/a', { loadBalancerClass: 'example.com/x' })] });
    const explained = explainService(world.snapshot, 's/a');
    expect(explained?.steps[0]).toMatchObject({ result: 'fail', code: 'LL-SVC-002' });
    expect(explained?.steps[0]?.message).toContain('example.com/x');
  });
});

describe('a served service', () => {
  const declared = {
    pools: [pool('p', '10.0.0.0/24', { position: at(1) }), pool('q', '10.0.5.0/24', { disabled: true })],
    policies: [policy('web', { position: at(9) }), policy('none', { serviceSelector: x })],
    services: [service('s/a', { ...requesting('10.0.0.9'), position: at(20) })],
  };

  test('is ok all the way, and what was not needed is skipped', () => {
    const world = new World({ interfaces: [eth0] });
    world.round(declared);
    const explained = explainService(world.snapshot, 's/a');
    expect(explained?.ok).toBe(true);
    expect(brief(explained)).toEqual([
      'pass service LL-SVC-000 :20',
      'pass address LL-IPAM-000',
      'pass pool p LL-POOL-000 :1',
      'pass announce 10.0.0.9 LL-L2-000',
      'pass policy web LL-L2-000 :9',
      'skipped pool q LL-POOL-001',
      'skipped policy none LL-L2-002',
    ]);
  });

  test('whose policy selects no interface here is told which there are', () => {
    const world = new World({ interfaces: [eth0] });
    world.round({ ...declared, policies: [policy('nic', { interfaces: ['wlan'] })] });
    const failing = explainService(world.snapshot, 's/a')?.steps.find(({ result }) => result === 'fail');
    expect(failing?.fix).toEqual(['Correct spec.interfaces: this node has eth0']);
  });

  test('that nobody answers for says which step of the announcement fails', () => {
    const first = (more: Partial<typeof declared>, interfaces = [eth0]) => {
      const world = new World({ interfaces });
      world.round({ ...declared, ...more });
      return explainService(world.snapshot, 's/a')
        ?.steps.filter(({ result }) => result === 'fail')
        .map(({ code }) => code);
    };
    expect(first({ policies: [] })).toEqual(['LL-L2-001']);
    expect(first({ policies: [policy('none', { serviceSelector: x })] })).toEqual(['LL-L2-001', 'LL-L2-002']);
    expect(first({ policies: [policy('far', { nodeSelector: x })] })).toEqual(['LL-L2-001', 'LL-L2-003']);
    expect(first({ policies: [policy('off', { loadBalancerIPs: false })] })).toEqual(['LL-L2-001', 'LL-L2-004']);
    expect(first({ policies: [policy('nic', { interfaces: ['wlan'] })] })).toEqual(['LL-L2-005']);
    expect(first({ policies: [policy('bad', { interfaces: ['('] })] })).toEqual(['LL-L2-001', 'LL-L2-006']);
    expect(first({}, [{ ...eth0, up: false }])).toEqual(['LL-L2-007']);
    expect(first({}, [addressesOn(eth0, '192.168.0.1/24')])).toEqual(['LL-L2-008']);
  });
});

describe('an address', () => {
  const world = new World({ interfaces: [eth0] });
  world.round({
    pools: [pool('p', '10.0.0.0/24', { annotations: { 'lanlord.dev/exclude': '10.0.0.50' } })],
    policies: [policy('web', { externalIPs: true })],
    services: [
      service('s/a', requesting('10.0.0.9')),
      service('s/b', { type: 'ClusterIP', externalIPs: ['10.0.0.200'] }),
    ],
  });
  const messages = (ip: string) =>
    explainAddress(world.snapshot, address(ip))
      ?.steps.map(({ message }) => message)
      .join('; ');

  test('tells its pool, its holder and who answers', () => {
    expect(explainAddress(world.snapshot, address('10.0.0.9'))?.ok).toBe(true);
    expect(messages('10.0.0.9')).toContain('Service s/a has it (requested, from pool p)');
    expect(messages('10.0.0.9')).toContain('This node is the one to answer for 10.0.0.9 on eth0');
  });

  test('can be external, free, excluded, our own, or unknown', () => {
    expect(messages('10.0.0.200')).toContain('Service s/b has it');
    expect(messages('10.0.0.77')).toContain('It is free');
    expect(explainAddress(world.snapshot, address('10.0.0.1'))?.steps[0]).toMatchObject({
      result: 'fail',
      code: 'LL-IPAM-008',
    });
    expect(explainAddress(world.snapshot, address('192.0.2.1'))).toBeNull();
  });

  test('that its pool never gives says why, with a code and the place in the manifest', () => {
    const edges = pool('edges', '10.0.7.0/24', {
      allowFirstLastIPs: false,
      annotations: { 'lanlord.dev/exclude': '10.0.7.50-10.0.7.60' },
      position: at(1),
      fields: new Map([
        ['metadata.annotations["lanlord.dev/exclude"]', at(5)],
        ['spec.allowFirstLastIPs', at(9)],
        ['spec.blocks', at(7)],
      ]),
    });
    const lan = new World({ interfaces: [addressesOn(networkInterface('eth0'), '10.0.7.129/25')] });
    lan.round({ pools: [edges], services: [service('s/a', requesting('10.0.7.55'))] });
    const holder = (ip: string) =>
      explainAddress(lan.snapshot, address(ip))?.steps.find(({ name }) => name === 'holder');
    expect(holder('10.0.7.55')).toMatchObject({ result: 'skipped', code: 'LL-IPAM-011', file: 'lan.yaml', line: 5 });
    expect(holder('10.0.7.55')?.message).toContain('annotation lanlord.dev/exclude of pool "edges"');
    expect(holder('10.0.7.0')).toMatchObject({ result: 'skipped', code: 'LL-IPAM-012', line: 9 });
    expect(holder('10.0.7.128')).toMatchObject({ result: 'skipped', code: 'LL-IPAM-009', line: 7 });
    const [web] = lan.snapshot.desired.services;
    expect(web?.condition).toMatchObject({ status: 'False', reason: 'already_allocated' });
    expect(web?.condition?.message).toContain('lanlord.dev/exclude');
    expect(explainService(lan.snapshot, 's/a')?.steps[0]).toMatchObject({ result: 'fail', code: 'LL-IPAM-011' });
  });

  test('an unknown service is none', () => {
    expect(explainService(world.snapshot, 's/nobody')).toBeNull();
  });
});
