import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { keepUnchanged } from '#core/keep-unchanged.ts';
import { inputs, pool, service } from '../../support/objects.ts';

const serviceArbitrary = fc
  .record({ key: fc.constantFrom('a/1', 'a/2', 'b/1'), app: fc.constantFrom('x', 'y'), line: fc.nat({ max: 2 }) })
  .map(({ key, app, line }) =>
    service(key, { labels: { app }, ...(line > 0 ? { position: { file: 'a.yaml', line, column: 1 } } : {}) }),
  );
const servicesArbitrary = fc.uniqueArray(serviceArbitrary, { selector: ({ namespace, name }) => namespace + name });

test('what is kept says what was loaded', () => {
  fc.assert(
    fc.property(servicesArbitrary, servicesArbitrary, (before, after) => {
      const loaded = inputs({ services: after });
      expect(keepUnchanged(inputs({ services: before }), loaded)).toEqual(loaded);
    }),
    { seed: 3, numRuns: 1000 },
  );
});

test('an equal object is the old one, wherever it stands; one that only moved shares its parts', () => {
  const position = { file: 'a.yaml', line: 3, column: 1 };
  const before = inputs({ pools: [pool('blue')], services: [service('a/1', { position }), service('a/2')] });
  const fresh = structuredClone(before);
  const [one, two] = fresh.services;
  const reloaded = inputs({
    pools: fresh.pools,
    services: [two, { ...one, position: { ...position, line: 9 } }] as typeof fresh.services,
  });
  const kept = keepUnchanged(before, reloaded);
  expect(kept.pools[0]).toBe(before.pools[0]);
  expect(kept.services[0]).toBe(before.services[1]);
  expect(kept.services[1]?.labels).toBe(before.services[0]?.labels);
  expect(kept.services[1]?.position?.line).toBe(9);
});
