// Label selectors as Kubernetes reads them.
import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { compileSelector } from '#core/selector.ts';
import { type LabelSelector, selectorFault, selects } from '#model/labels.ts';
import { service } from '../../support/objects.ts';

const expression = (key: string, operator: string, ...values: readonly string[]): LabelSelector => ({
  matchExpressions: [{ key, operator, values }],
});

describe('selectorFault()', () => {
  test.each([
    ['nothing', {}],
    ['a prefixed key', { matchLabels: { 'example.com/a.b_c-d': 'x' } }],
    ['an empty value', { matchLabels: { a: '' } }],
    ['In with a value', expression('a', 'In', 'x')],
    ['a key and a value of 63 characters', { matchLabels: { ['k'.repeat(63)]: 'v'.repeat(63) } }],
    ['the synthetic labels', { matchLabels: { 'io.kubernetes.service.name': 'x' } }],
  ])('accepts %s', (_what, selector: LabelSelector) => {
    expect(selectorFault(selector)).toBeNull();
  });

  test.each([
    ['an unknown operator', expression('a', 'Is', 'x')],
    ['In without values', expression('a', 'In')],
    ['NotIn without values', expression('a', 'NotIn')],
    ['Exists with values', expression('a', 'Exists', 'x')],
    ['a key with a space', { matchLabels: { 'a b': 'x' } }],
    ['an empty key', { matchLabels: { '': 'x' } }],
    ['an empty prefix', { matchLabels: { '/a': 'x' } }],
    ['a prefix in capitals', { matchLabels: { 'Example.com/a': 'x' } }],
    ['a key of 64 characters', { matchLabels: { ['k'.repeat(64)]: 'x' } }],
    ['a value of 64 characters', { matchLabels: { a: 'v'.repeat(64) } }],
    ['a value with a slash', expression('a', 'In', 'x/y')],
  ])('refuses %s', (_what, selector: LabelSelector) => {
    expect(selectorFault(selector)).toBeString();
  });
});

test('a compiled selector says what selects() says', () => {
  const word = fc.constantFrom('a', 'b', 'c');
  const selector = fc.record({
    matchLabels: fc.dictionary(word, word, { maxKeys: 2 }),
    matchExpressions: fc.array(
      fc.record({
        key: word,
        operator: fc.constantFrom('In', 'NotIn', 'Exists', 'DoesNotExist'),
        values: fc.array(word),
      }),
      { maxLength: 3 },
    ),
  });
  fc.assert(
    fc.property(selector, fc.dictionary(word, word), (wanted, labels) => {
      expect(compileSelector(wanted)(service('s/a', { labels }))).toBe(selects(wanted, labels));
    }),
    { seed: 20_260_105, numRuns: 5000 },
  );
});

test('the synthetic labels cannot be written by a user', () => {
  const selector = { matchLabels: { 'io.kubernetes.service.namespace': 'real', 'io.kubernetes.service.name': 'a' } };
  const labels = { 'io.kubernetes.service.namespace': 'fake', 'io.kubernetes.service.name': 'fake' };
  expect(compileSelector(selector)(service('real/a', { labels }))).toBe(true);
});
