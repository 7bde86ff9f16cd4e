// No label, name, annotation or pattern can hang, crash or mislead an evaluation.
import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { compilePattern } from '#core/pattern.ts';
import type { Pool, Service } from '#model/resources.ts';
import { networkInterface, policy, pool, service } from '../../support/objects.ts';
import { World } from '../../support/world.ts';

const long = 'x'.repeat(100_000);
const interfaces = [networkInterface('eth0')];

function quick<T>(run: () => T): T {
  const start = performance.now();
  const result = run();
  // Far above what it takes, far below what a quadratic or exponential step would take.
  expect(performance.now() - start).toBeLessThan(20_000);
  return result;
}

test('one service may ask for a whole /16', () => {
  const all = Array.from({ length: 65_536 }, (_, i) => `10.0.${i >> 8}.${i & 255}`);
  const world = new World({ interfaces });
  const greedy = service('n/greedy', { annotations: { 'lbipam.cilium.io/ips': all.join(',') } });
  // Comparing every request with every held address takes tens of seconds.
  quick(() => world.round({ pools: [pool('p', '10.0.0.0/16')], services: [greedy] }));
}, 30_000);

describe('names and texts', () => {
  test.each([
    ['prototype keys', '__proto__'],
    ['constructor', 'constructor'],
    ['control characters', '\u001b[2J\u0000\n'],
    ['a name of 100,000 characters', long],
    ['lone surrogates', '\ud800'],
    ['right-to-left override', '\u202eevil'],
  ])('%s as name, namespace, label, annotation, key and class', (...[, text]) => {
    const record = JSON.parse(`{${JSON.stringify(text)}: ${JSON.stringify(text)}}`) as Record<string, string>;
    const world = new World({ interfaces, node: { name: text, labels: record } });
    const services = [
      service('n/a', { namespace: text, name: text, labels: record, annotations: record }),
      service('n/b', { annotations: { 'lbipam.cilium.io/sharing-key': text }, selector: record }),
      service('n/c', { annotations: { 'lbipam.cilium.io/ips': text } }),
      service('n/d', { loadBalancerClass: text }),
      service('n/e', { externalIPs: [text], annotations: { 'lbipam.cilium.io/sharing-permit-different-pods': text } }),
    ];
    quick(() => {
      world.round({ pools: [pool(text), pool('p', text)], policies: [policy(text, { interfaces: [text] })], services });
    });
    expect(world.lacks('n/c')).toEqual(text.trim() === '' ? [] : ['invalid_request']);
    for (const text of world.desired?.warnings ?? []) expect(text.length).toBeLessThan(1_000);
    expect(world.outcome('n/c').condition?.message.length ?? 0).toBeLessThan(32_768);
  });

  test('services called __proto__ and constructor are services like all others', () => {
    const world = new World({ interfaces });
    const keys = ['__proto__/__proto__', 'constructor/toString', 'a/hasOwnProperty'];
    world.round({
      pools: [pool('__proto__')],
      policies: [policy('__proto__')],
      services: keys.map((key) => service(key)),
    });
    expect(keys.map((key) => world.ips(key).length)).toEqual([1, 1, 1]);
    expect(world.rows()).toHaveLength(3);
    expect(world.memory.goodPools.has('__proto__')).toBe(true);
  });

  test('a selector on __proto__ or constructor does not match what every object inherits', () => {
    const world = new World();
    const serviceSelector = { matchExpressions: [{ key: 'constructor', operator: 'Exists' }] };
    world.round({ pools: [pool('p', '10.0.0.0/24', { serviceSelector })], services: [service('s/a')] });
    expect(world.lacks('s/a')).toEqual(['no_pool']);
  });
});

describe('numbers', () => {
  test('50,000 equal blocks conflict and hang nobody', () => {
    const world = new World();
    const blocks = Array.from({ length: 50_000 }, () => ({ cidr: '10.0.0.0/24' }));
    quick(() => world.round({ pools: [pool('p', '', { blocks }), pool('q')], services: [service('s/a')] }));
    expect([world.pool('p').conflict, world.pool('p').total, world.pool('q').conflict]).toEqual([true, '256', true]);
  });

  test('50,000 requested addresses and 50,000 external ones', () => {
    const ips = Array.from({ length: 50_000 }, (_, i) => `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`);
    const world = new World({ interfaces });
    const services = [
      service('s/a', { annotations: { 'lbipam.cilium.io/ips': ips.join(',') } }),
      service('s/b', { externalIPs: ips }),
    ];
    const policies = [policy('p', { externalIPs: true })];
    quick(() => world.round({ pools: [pool('p', '10.0.0.0/24')], policies, services }));
    expect(world.ips('s/a')).toHaveLength(256);
    expect(world.outcome('s/a').condition?.message.length ?? 0).toBeLessThan(32_768);
    expect(world.rows()).toHaveLength(50_000);
  });

  test('3,000 services that all collide under one key', () => {
    const world = new World();
    const annotations = { 'lbipam.cilium.io/sharing-key': 'k' };
    const services = Array.from({ length: 3_000 }, (_, i) => service(`s/${i}`, { annotations }));
    quick(() => world.round({ pools: [pool('p', '10.0.0.0/16')], services }));
    expect(world.pool('p').used).toBe('3000');
  });

  test('3,000 services that all share one address', () => {
    const world = new World();
    const annotations = { 'lbipam.cilium.io/sharing-key': 'k' };
    const services = Array.from({ length: 3_000 }, (_, i) =>
      service(`s/${i}`, { annotations, ports: [{ port: i + 1, protocol: 'TCP' }] }),
    );
    quick(() => world.round({ pools: [pool('p', '10.0.0.0/16')], services }));
    expect(world.pool('p').used).toBe('1');
  });

  test.each(['0.0.0.0/0', '::/0', 'fd00::/8'])('a pool as large as %s costs nothing', (cidr) => {
    const world = new World();
    const ipFamilies = [cidr.includes(':') ? ('IPv6' as const) : ('IPv4' as const)];
    const annotations = { 'lanlord.dev/exclude': cidr.replace(/\/\d+$/, '/9') };
    quick(() => world.round({ pools: [pool('p', cidr, { annotations })], services: [service('s/a', { ipFamilies })] }));
    expect(world.ips('s/a')).toHaveLength(1);
  });
});

describe('patterns', () => {
  test.each(['^(((a+)+)+)+$', '^(?:(a+)+b|.*!)$', '(a|aa)+$', '(.*)*x'])('%s takes linear time', (text) => {
    const pattern = compilePattern(text);
    expect(pattern.ok).toBe(true);
    quick(() => (pattern.ok ? pattern.finds(`${'a'.repeat(2_000)}!`) : false));
  });

  test.each([
    ['100,000 characters', long],
    ...['(?=a)', '(a)\\1', '(', '[', '*', '(?P<n>'].map((text) => [text, text] as const),
  ])('%s is refused with a reason', (_what, text) => {
    const world = new World({ interfaces });
    quick(() => world.round({ policies: [policy('p', { interfaces: [text] })] }));
    const [condition] = world.desired?.policies[0]?.conditions ?? [];
    expect(condition).toMatchObject({ type: 'io.cilium/bad-interface-regex', status: 'True' });
    expect(condition?.message.length ?? 0).toBeLessThan(1_000);
  });
});

test('evaluate is total: whatever the fields say, it returns', () => {
  const text = fc.oneof(
    fc.string({ maxLength: 12 }),
    fc.constantFrom('10.0.0.0/30', '10.0.0.1', '::', '__proto__', '*', '-1'),
  );
  const record = fc.dictionary(text, text, { maxKeys: 3 });
  const selector = fc.record(
    {
      matchLabels: record,
      matchExpressions: fc.array(
        fc.record({ key: text, operator: fc.oneof(text, fc.constantFrom('In', 'Exists')), values: fc.array(text) }),
        { maxLength: 2 },
      ),
    },
    { requiredKeys: [] },
  );
  const block = fc.record({ cidr: text, start: text, stop: text }, { requiredKeys: [] });
  const pools = fc.record({ name: text, blocks: fc.array(block), annotations: record, serviceSelector: selector });
  const services = fc.record({
    namespace: text,
    name: text,
    labels: record,
    annotations: record,
    type: fc.constantFrom('LoadBalancer', 'ClusterIP', ''),
    externalIPs: fc.array(text, { maxLength: 3 }),
    selector: record,
    loadBalancerIP: text,
    ipFamilies: fc.subarray(['IPv4' as const, 'IPv6' as const]),
    createdMs: fc.oneof(fc.nat(), fc.constantFrom(-1, Number.NaN, Number.POSITIVE_INFINITY)),
  });
  const policies = fc.record({
    name: text,
    interfaces: fc.array(text, { maxLength: 2 }),
    nodeSelector: selector,
    serviceSelector: selector,
  });
  fc.assert(
    fc.property(
      fc.array(pools, { maxLength: 4 }),
      fc.array(services, { maxLength: 6 }),
      fc.array(policies, { maxLength: 3 }),
      (p, s, l) => {
        const world = new World({ interfaces });
        const declared = {
          pools: p.map((one) => pool('', '', one as Partial<Pool>)),
          services: s.map((one) => service('a/b', one as Partial<Service>)),
          policies: l.map((one) => policy('', one)),
        };
        world.round(declared);
        world.round(declared);
      },
    ),
    { seed: 20_260_102, numRuns: 2000 },
  );
}, 60_000);
