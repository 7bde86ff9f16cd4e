import { expect, test } from 'bun:test';
import { ageText, clockText, durationText } from '#control/duration-text.ts';

test('durationText() gives two units at most', () => {
  const cases: [number, string][] = [
    [-5, '0s'],
    [0.9, '0s'],
    [59, '59s'],
    [60, '1m00s'],
    [372, '6m12s'],
    [3600, '1h00m'],
    [86_399, '23h59m'],
    [86_400, '1d00h'],
    [183_600, '2d03h'],
  ];
  for (const [seconds, text] of cases) expect(durationText(seconds)).toBe(text);
});

test('ageText() of no time, or of nonsense, is a dash', () => {
  expect(ageText(null, 0)).toBe('-');
  expect(ageText('nonsense', 0)).toBe('-');
  expect(ageText('1970-01-01T00:00:00.000Z', 5000)).toBe('5s');
});

test('clockText() is UTC without fractions', () => {
  expect(clockText('2026-11-23T03:01:09.123Z')).toBe('2026-11-23 03:01:09');
});
