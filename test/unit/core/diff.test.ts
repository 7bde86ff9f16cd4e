// The difference of two sets by key.
import { expect, test } from 'bun:test';
import { diff } from '#core/diff.ts';

interface Row {
  readonly key: string;
  readonly value: number;
}

const rows = (text: string): readonly Row[] =>
  text
    .split(' ')
    .filter(Boolean)
    .map((part) => ({ key: part.charAt(0), value: Number(part.slice(1)) }));
const compare = (desired: string, actual: string) =>
  diff(
    rows(desired),
    rows(actual),
    ({ key }) => key,
    (a, b) => a.value === b.value,
  );

test('added, changed and removed are told apart, each in the order of its input', () => {
  expect(compare('c1 a2 d4 b3', 'z9 a1 b3 y8')).toEqual({
    added: rows('c1 d4'),
    changed: rows('a2'),
    removed: rows('z9 y8'),
  });
});

test('equal sets differ in nothing, whatever their order, and a key counts once', () => {
  expect(compare('a1 b2', 'b2 a1')).toEqual({ added: [], changed: [], removed: [] });
  expect(compare('a1 a2', '')).toEqual({ added: rows('a1'), changed: [], removed: [] });
  expect(compare('', '')).toEqual({ added: [], changed: [], removed: [] });
});
