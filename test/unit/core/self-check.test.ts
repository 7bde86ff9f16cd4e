import { expect, test } from 'bun:test';
import { defends } from '#core/defence.ts';
import { SelfCheck } from '#core/self-check.ts';

function asked(check: SelfCheck, fromMs: number, toMs: number): { key: string; atMs: number }[] {
  const found: { key: string; atMs: number }[] = [];
  let nowMs = fromMs;
  while (nowMs <= toMs) {
    const key = check.take(nowMs);
    if (key !== null) found.push({ key, atMs: nowMs });
    else nowMs += Math.max(1, check.delayMs(nowMs));
  }
  return found;
}

test('every address is asked about once a minute, evenly spread, and nothing right after the start', () => {
  const check = new SelfCheck();
  check.sync(['a', 'b', 'c'], 0);
  const questions = asked(check, 0, 180_000);
  expect(questions[0]?.atMs).toBe(60_000);
  expect(questions.slice(0, 4).map(({ key }) => key)).toEqual(['a', 'b', 'c', 'a']);
  expect(questions.filter(({ atMs }) => atMs > 60_000 && atMs <= 120_000)).toHaveLength(3);
});

test('never more than ten questions a second, however many addresses there are', () => {
  const check = new SelfCheck();
  check.sync(
    Array.from({ length: 10_000 }, (_, i) => String(i)),
    0,
  );
  const questions = asked(check, 0, 70_000);
  for (const { atMs } of questions) {
    expect(questions.filter((other) => other.atMs >= atMs && other.atMs < atMs + 1000).length).toBeLessThanOrEqual(10);
  }
});

test('changes of the set neither hurry nor delay the round', () => {
  const check = new SelfCheck();
  let count = 0;
  check.sync(['a'], 0);
  for (let nowMs = 0; nowMs <= 600_000; nowMs += 1000) {
    check.sync(['a', 'b'].slice(0, 1 + ((nowMs / 1000) % 2)), nowMs);
    count += asked(check, nowMs, nowMs).length;
  }
  expect(count).toBeWithin(9, 21);
});

test('a contested address is asked about every ten seconds until it is settled', () => {
  const check = new SelfCheck();
  check.sync(['a', 'b'], 0);
  check.contested('b', 1000);
  check.contested('b', 5000);
  expect(asked(check, 1000, 31_500).map(({ key, atMs }) => `${key} ${atMs}`)).toEqual([
    'b 11000',
    'b 21000',
    'b 31000',
  ]);
  check.settled('b');
  expect(asked(check, 31_500, 59_000)).toEqual([]);
});

test('ACD-7: defence at most once in ten seconds, and never under alarm', () => {
  expect(defends('defend', Number.POSITIVE_INFINITY)).toBe(true);
  expect(defends('defend', 9999)).toBe(false);
  expect(defends('defend', 10_000)).toBe(true);
  expect(defends('release', 10_000)).toBe(true);
  expect(defends('release', 3000)).toBe(false);
  expect(defends('alarm', Number.POSITIVE_INFINITY)).toBe(false);
});
