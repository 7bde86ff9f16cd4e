// The rules of sharing one address, in Cilium's order and words.
import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { sharingObstacle, sharingOf } from '#core/share.ts';
import type { Service } from '#model/resources.ts';
import { service } from '../../support/objects.ts';

const a = (name: string) => `lbipam.cilium.io/${name}`;
const one = { annotations: { [a('sharing-key')]: 'k' } };
const on = (port: number, protocol = 'TCP') => ({ ports: [{ port, protocol }] });
const local = { externalTrafficPolicy: 'Local' as const };
const permit = (value: string) => ({
  annotations: { ...one.annotations, [a('sharing-permit-different-pods')]: value },
});
const across = (value: string) => ({ annotations: { ...one.annotations, [a('sharing-cross-namespace')]: value } });

test.each<[string, string, Partial<Service>, string, Partial<Service>, string | null]>([
  ['different ports', 'x/a', { ...one, ...on(80) }, 'x/b', { ...one, ...on(81) }, null],
  ['no ports at all', 'x/a', { ...one, ports: [] }, 'x/b', { ...one, ports: [] }, null],
  ['one port, two protocols', 'x/a', { ...one, ...on(53) }, 'x/b', { ...one, ...on(53, 'UDP') }, null],
  [
    'a protocol that is not set is TCP',
    'x/a',
    { ...one, ...on(53, '') },
    'x/b',
    { ...one, ...on(53) },
    'same port and protocol',
  ],
  ['no key on one side', 'x/a', { ...one, ...on(80) }, 'x/b', on(81), 'different sharing key'],
  ['no key on both sides', 'x/a', on(80), 'x/b', on(81), 'different sharing key'],
  ['another key', 'x/a', one, 'x/b', { annotations: { [a('sharing-key')]: 'K' }, ...on(81) }, 'different sharing key'],
  ['another namespace', 'x/a', one, 'y/b', { ...one, ...on(81) }, 'different and not permitted namespace'],
  ['one side permits', 'x/a', across('y'), 'y/b', { ...one, ...on(81) }, 'different and not permitted namespace'],
  ['both sides permit', 'x/a', across(' z , y '), 'y/b', { ...across('*'), ...on(81) }, null],
  [
    'one port in common',
    'x/a',
    { ...one, ports: [...on(1).ports, ...on(2).ports] },
    'x/b',
    { ...one, ...on(2) },
    'same port and protocol',
  ],
  ['Cluster and Local', 'x/a', one, 'x/b', { ...one, ...on(81), ...local }, 'different ExternalTrafficPolicy'],
  [
    'Local without selector',
    'x/a',
    { ...one, ...local, selector: { app: 'x' } },
    'x/b',
    { ...permit('true'), ...local, ...on(81) },
    'ExternalTrafficPolicy local but a service has no selector',
  ],
  [
    'Local, same pods',
    'x/a',
    { ...one, ...local, selector: { app: 'x', v: '1' } },
    'x/b',
    { ...one, ...local, ...on(81), selector: { v: '1', app: 'x' } },
    null,
  ],
  [
    'Local, different pods, one opt-in',
    'x/a',
    { ...permit('true'), ...local, selector: { app: 'x' } },
    'x/b',
    { ...permit('yes'), ...local, ...on(81), selector: { app: 'y' } },
    'ExternalTrafficPolicy local but selecting different set of pods without lbipam.cilium.io/sharing-permit-different-pods on both services',
  ],
  [
    'Local, different pods, both opt in',
    'x/a',
    { ...permit('T'), ...local, selector: { app: 'x' } },
    'x/b',
    { ...permit('1'), ...local, ...on(81), selector: { app: 'y' } },
    null,
  ],
])('%s', (...[, keyA, moreA, keyB, moreB, wanted]) => {
  const [left, right] = [sharingOf(service(keyA, moreA)), sharingOf(service(keyB, moreB))];
  expect(sharingObstacle(left, right)).toBe(wanted);
  expect(sharingObstacle(right, left)).toBe(wanted);
});

test.each(['io.cilium/lb-ipam-sharing-key', 'metallb.io/allow-shared-ip'])(
  '%s is the same as the sharing key',
  (name) => {
    expect(sharingOf(service('x/a', { annotations: { [name]: 'k' } })).key).toBe('k');
    expect(sharingOf(service('x/a', { annotations: { [name]: 'k', [a('sharing-key')]: '' } })).key).toBe('');
  },
);

test('equal signatures share with the same services', () => {
  const facts = fc
    .record({
      key: fc.constantFrom('k', 'l', ''),
      namespace: fc.constantFrom('x', 'y'),
      across: fc.constantFrom('', '*', 'x', 'y,x', 'x, y'),
      ports: fc.uniqueArray(fc.constantFrom(1, 2, 3)),
      policy: fc.constantFrom('Cluster' as const, 'Local' as const),
      selector: fc.constantFrom({}, { app: 'x' }, { app: 'y' }),
      permit: fc.constantFrom('true', 'false', '1', 'no'),
    })
    .map(({ key, namespace, across: namespaces, ports, policy, selector, permit: opt }) =>
      sharingOf(
        service(`${namespace}/a`, {
          annotations: {
            [a('sharing-key')]: key,
            [a('sharing-cross-namespace')]: namespaces,
            [a('sharing-permit-different-pods')]: opt,
          },
          ports: ports.map((port) => ({ port, protocol: 'TCP' })),
          externalTrafficPolicy: policy,
          selector,
        }),
      ),
    );
  fc.assert(
    fc.property(facts, facts, facts, (left, right, third) => {
      expect(sharingObstacle(left, right)).toBe(sharingObstacle(right, left));
      if (left.signature !== '' && left.signature === right.signature) {
        expect(sharingObstacle(left, third)).toBe(sharingObstacle(right, third));
      }
    }),
    { seed: 20_260_106, numRuns: 5000 },
  );
});
