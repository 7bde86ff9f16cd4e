import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { nodeAddresses } from '#core/node-address.ts';
import { PoolBook } from '#core/pool-book.ts';
import { PoolChoice } from '#core/pool-choice.ts';
import { poolState } from '#core/pool-state.ts';
import { serviceFacts } from '#core/service-facts.ts';
import { nameLabel, namespaceLabel } from '#model/labels.ts';
import { pool, service } from '../../support/objects.ts';

const keys = ['color', 'tier', namespaceLabel, nameLabel];
const value = fc.constantFrom('a', 'b', '1', '');
const requirement = fc
  .record({ key: fc.constantFrom(...keys), operator: fc.constantFrom('In', 'NotIn', 'Exists', 'DoesNotExist'), value })
  .map(({ key, operator, value: text }) => ({
    key,
    operator,
    ...(operator.endsWith('In') ? { values: [text, 'b'] } : {}),
  }));
const selector = fc.record({
  matchLabels: fc.dictionary(fc.constantFrom(...keys), value, { maxKeys: 2 }),
  matchExpressions: fc.array(requirement, { maxLength: 2 }),
});
const services = fc
  .record({ key: fc.constantFrom('a/1', 'b/a', '1/b'), labels: fc.dictionary(fc.constantFrom('color', 'tier'), value) })
  .chain(({ key, labels }) =>
    fc
      .constantFrom({}, {}, { 'metallb.io/address-pool': 'pool-1' })
      .map((annotations) => service(key, { labels, annotations: annotations as Record<string, string> })),
  );

test('every pool that selects a service is among those it looks at, in the order of use', () => {
  fc.assert(
    fc.property(fc.array(selector, { maxLength: 6 }), fc.array(services, { maxLength: 6 }), (selectors, declared) => {
      const states = selectors.map((serviceSelector, i) =>
        poolState(pool(`pool-${i}`, `10.0.${i}.0/24`, { serviceSelector }), undefined),
      );
      const node = nodeAddresses({ interfaces: [], deliveredAddresses: new Set() });
      const { uses } = new PoolBook(states, new Map(), node, []);
      const choice = new PoolChoice(uses);
      for (const facts of declared.map(serviceFacts)) {
        const selecting = uses.filter(({ state }) => state.selects(facts));
        const looked = choice.of(facts).uses;
        expect(looked.filter(({ state }) => state.selects(facts))).toEqual(selecting);
      }
    }),
    { seed: 5, numRuns: 2000 },
  );
});
