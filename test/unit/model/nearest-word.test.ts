import { expect, test } from 'bun:test';
import { parseDurationMs } from '#cli/duration.ts';
import { kindByName } from '#cli/kind-name.ts';
import { nearestWord, wordByPrefix } from '#model/nearest-word.ts';

const words = ['status', 'get', 'show', 'explain', 'reload', 'run'];

test('wordByPrefix() takes whole words first and beginnings that one word alone has', () => {
  expect(wordByPrefix('get', ['get', 'getter'])).toBe('get');
  expect(wordByPrefix('e', words)).toBe('explain');
  expect(wordByPrefix('s', words)).toBeNull();
  expect(wordByPrefix('', words)).toBeNull();
  expect(wordByPrefix('xx', words)).toBeNull();
});

test('nearestWord() forgives two edits, a swap counting as one', () => {
  expect(nearestWord('statsu', words)).toBe('status');
  expect(nearestWord('explian', words)).toBe('explain');
  expect(nearestWord('relod', words)).toBe('reload');
  expect(nearestWord('deploy', words)).toBeNull();
  expect(nearestWord('x'.repeat(100_000), words)).toBeNull();
});

test('kindByName() knows names, short names and beginnings', () => {
  expect(kindByName('pools')).toBe('pools');
  expect(kindByName('SVC')).toBe('services');
  expect(kindByName('po')).toBe('pools');
  expect(kindByName('pol')).toBe('policies');
  expect(kindByName('inter')).toBe('interfaces');
  expect(kindByName('p')).toBeNull();
  expect(kindByName('constructor')).toBeNull();
});

test('parseDurationMs() reads one number with a unit and nothing else', () => {
  const cases: [string, number | null][] = [
    ['500ms', 500],
    ['5s', 5000],
    ['1.5h', 5_400_000],
    ['7d', 604_800_000],
    ['5', null],
    ['-5s', null],
    ['5 s', null],
    ['', null],
    ['99999999d', null],
  ];
  for (const [text, ms] of cases) expect([text, parseDurationMs(text)]).toEqual([text, ms]);
});
