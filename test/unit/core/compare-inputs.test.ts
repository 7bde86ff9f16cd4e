// Which objects count as changed: what they declare decides, not where and when.
import { expect, test } from 'bun:test';
import { compareInputs, objectChanges } from '#core/compare-inputs.ts';
import { inputs, nodeConfig, pool, service } from '../../support/objects.ts';

const config = nodeConfig();
const withServices = (...services: ReturnType<typeof service>[]) => ({ config, inputs: inputs({ services }) });

test('place and age of an object do not make it another one', () => {
  const place = { file: 'a.yaml', line: 3, column: 1 };
  const moved = service('a/x', { createdMs: 7, position: place, fields: new Map([['spec', place]]) });
  expect(compareInputs(withServices(service('a/x')), withServices(moved))).toEqual({
    added: 0,
    changed: 0,
    removed: 0,
  });
});

test('labels count whatever they are called', () => {
  for (const name of ['position', 'fields', 'createdMs', 'constructor', 'toString', '__proto__']) {
    const labels = JSON.parse(`{"${name}": "x"}`) as Record<string, string>;
    const [before, after] = [withServices(service('a/x')), withServices(service('a/x', { labels }))];
    expect([name, compareInputs(before, after).changed]).toEqual([name, 1]);
    expect([name, compareInputs(after, before).changed]).toEqual([name, 1]);
    expect([name, compareInputs(after, after).changed]).toEqual([name, 0]);
  }
});

test('a change names the object with both of its versions', () => {
  const [old, next] = [pool('blue'), pool('blue', '10.1.0.0/24')];
  const before = { config, inputs: inputs({ pools: [old], services: [service('a/x')] }) };
  const after = { config, inputs: inputs({ pools: [next], services: [service('a/y')] }) };
  expect(objectChanges(before, after)).toEqual([
    { kind: 'CiliumLoadBalancerIPPool', name: 'blue', before: old, after: next },
    { kind: 'Service', name: 'a/y', before: null, after: service('a/y') },
    { kind: 'Service', name: 'a/x', before: service('a/x'), after: null },
  ]);
});
