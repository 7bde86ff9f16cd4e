// What is said to somebody whose service has no address: the pool that matters, what it lacks, and what to change.
import { describe, expect, test } from 'bun:test';
import { explainService } from '#core/explain.ts';
import type { ExplainStep } from '#core/explain-step.ts';
import { selectorGap } from '#core/selector-gap.ts';
import type { LabelSelector } from '#model/labels.ts';
import type { Service } from '#model/resources.ts';
import { networkInterface, policy, pool, service } from '../../support/objects.ts';
import { addressesOn, requesting, World } from '../../support/world.ts';

const eth0 = addressesOn(networkInterface('eth0'), '10.0.0.1/24');
const selecting = (color: string) => ({ serviceSelector: { matchLabels: { color } } });
const pools = [
  pool('blue', '10.0.0.16/28', selecting('blue')),
  pool('off', '10.0.0.64/28', { disabled: true }),
  pool('over', '10.0.0.16/30', { createdMs: 1 }),
  pool('six', 'fd00::/64', selecting('red')),
];

/** The steps of the last service. */
function steps(...services: readonly Service[]): readonly ExplainStep[] {
  const world = new World({ interfaces: [eth0] });
  world.round({ pools, policies: [policy('lan')], services });
  const last = services.at(-1);
  const explained = last && explainService(world.snapshot, `${last.namespace}/${last.name}`);
  if (!explained) throw new Error('nothing is explained');
  return explained.steps;
}

const blue = { labels: { color: 'blue' } };

function step(name: string, of: readonly ExplainStep[]): Pick<ExplainStep, 'result' | 'code' | 'message' | 'fix'> {
  const found = of.find((one) => one.name === name);
  if (!found) throw new Error(`no step ${name}`);
  return found;
}

describe('explainService()', () => {
  test('every pool says what it lacks, and what to change', () => {
    const of = steps(service('a/x', { labels: { color: 'red' } }));
    expect(of.filter(({ result }) => result === 'fail').map(({ name, code }) => `${name} ${code}`)).toEqual([
      'address LL-IPAM-002',
      'pool blue LL-POOL-004',
      'pool off LL-POOL-001',
      'pool six LL-POOL-006',
      'pool over LL-POOL-002',
    ]);
    expect(step('pool blue', of).message).toEndWith('it wants color=blue; the service has color=red');
    expect(step('pool blue', of).fix).toEqual([
      'Label the service color=blue',
      'Or change spec.serviceSelector of the pool',
    ]);
    expect(step('pool six', of).fix).toEqual(['Add a block of IPv4 addresses']);
    for (const { result, fix } of of) if (result === 'fail') expect(fix).not.toEqual([]);
  });

  test('a requested address in a pool that hands out nothing leads to that pool', () => {
    const of = steps(service('a/x', { ...blue, ...requesting('10.0.0.65') }));
    expect(step('address', of).fix).toEqual([expect.stringContaining('Pool off contains 10.0.0.65')]);
    expect(step('pool off', of)).toMatchObject({ result: 'fail', code: 'LL-POOL-001' });
    expect(step('pool blue', of)).toMatchObject({
      result: 'skipped',
      message: 'Not asked: it does not contain 10.0.0.65',
      fix: [],
    });
    expect(step('pool over', of)).toMatchObject({ result: 'skipped', code: 'LL-POOL-002', fix: [] });
  });

  test('a taken address names the holder', () => {
    const wants = { ...blue, ...requesting('10.0.0.20') };
    const of = steps(service('a/first', wants), service('a/second', { ...wants, createdMs: 1 }));
    expect(step('address', of)).toMatchObject({ code: 'LL-IPAM-005', fix: [expect.stringContaining('a/first')] });
  });

  test('sharing that is refused says what to change', () => {
    const annotations = { ...requesting('10.0.0.20').annotations, 'lbipam.cilium.io/sharing-key': 'k' };
    const of = steps(
      service('a/first', { ...blue, annotations }),
      service('a/second', { ...blue, annotations, createdMs: 1 }),
    );
    expect(step('address', of)).toMatchObject({
      code: 'LL-IPAM-006',
      fix: ['Use other ports than a/first does, or request another address'],
    });
  });

  test('a service that names a pool asks no other', () => {
    const of = steps(service('a/x', { annotations: { 'metallb.io/address-pool': 'blue' } }));
    expect(step('pool off', of)).toMatchObject({
      result: 'skipped',
      message: expect.stringContaining('names pool "blue"'),
    });
    expect(step('pool blue', of)).toMatchObject({ result: 'fail', code: 'LL-POOL-004' });
  });
});

test('gaps of a selector: every operator, hostile names harmless, long lists cut', () => {
  const gap = (selector: LabelSelector, labels: Record<string, string>, whose: 'service' | 'node' = 'service') =>
    selectorGap(selector, (key) => (Object.hasOwn(labels, key) ? labels[key] : undefined), whose);
  const expression = (key: string, operator: string, ...values: string[]) => ({
    matchExpressions: [{ key, operator, values }],
  });
  expect(gap({ matchLabels: { a: '1' } }, { a: '1' })).toBeNull();
  expect(gap(expression('a', 'In', 'x', 'y'), {})).toEqual({
    why: 'it wants a in (x, y); the service has no label a',
    fix: 'Label the service a=x',
  });
  expect(gap(expression('a', 'NotIn', 'x'), { a: 'x' }, 'node')).toEqual({
    why: 'it wants a not in (x); the node has a=x',
    fix: 'Change or remove label a of the node',
  });
  expect(gap(expression('a', 'DoesNotExist'), { a: 'x' })?.fix).toBe('Remove label a of the service');
  expect(gap(expression('constructor', 'Exists'), {})?.fix).toBe('Label the service constructor=<any value>');
  expect(gap({ matchLabels: { 'io.kubernetes.service.namespace': 'b' } }, {})?.fix).toBe(
    'Create the service in namespace b',
  );
  const many = Object.fromEntries([...Array(9).keys()].map((i) => [`k${i}`, '\u001b[31m']));
  const hostile = gap({ matchLabels: many }, {});
  expect(hostile?.why).toContain('and 6 more');
  expect(`${hostile?.why}${hostile?.fix}`).not.toContain('\u001b');
});
