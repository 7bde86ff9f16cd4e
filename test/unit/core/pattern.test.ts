import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { RE2JS } from 're2js';
import { compilePattern } from '#core/pattern.ts';

function found(text: string, name: string): boolean {
  const pattern = compilePattern(text);
  if (!pattern.ok) throw new Error(pattern.why);
  return pattern.finds(name);
}

test('plain patterns: whole, from the start, to the end, anywhere', () => {
  expect(['eth1', 'eth10', 'veth1'].map((name) => found('^eth1$', name))).toEqual([true, false, false]);
  expect(['eth1', 'eth10', 'veth1'].map((name) => found('^eth1', name))).toEqual([true, true, false]);
  expect(['eth1', 'eth10', 'veth1'].map((name) => found('eth1$', name))).toEqual([true, false, true]);
  expect(['eth1', 'eth10', 'veth1', 'ETH1'].map((name) => found('eth1', name))).toEqual([true, true, true, false]);
  expect(['', 'eth1'].map((name) => found('^$', name))).toEqual([true, false]);
  expect(found('', 'eth1')).toBe(true);
});

test('a pattern without meta characters finds what RE2 finds', () => {
  const letters = fc.constantFrom('a', 'b', 'A', '0', '_', '-', '$', '^', '.', '\n');
  const names = fc.string({ unit: fc.constantFrom('a', 'b', 'A', '0', '_', '-', '.', '\n', 'é'), maxLength: 6 });
  const patterns = fc
    .tuple(fc.constantFrom('', '^'), fc.string({ unit: letters, maxLength: 4 }), fc.constantFrom('', '$'))
    .map((parts) => parts.join(''));
  fc.assert(
    fc.property(patterns, names, (text, name) => {
      expect(found(text, name)).toBe(RE2JS.compile(text).matcher(name).find());
    }),
    { seed: 17, numRuns: 3000 },
  );
});

test('everything else is RE2: classes, alternatives, flags of Go', () => {
  expect(['eth0', 'eth1', 'eth2'].map((name) => found('^eth[01]$', name))).toEqual([true, true, false]);
  expect(found('(?i)^ETH', 'eth0')).toBe(true);
  expect(compilePattern('(?=a)').ok).toBe(false);
});
