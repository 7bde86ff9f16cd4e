// How far another clock is ahead, from hellos that take a moment, or long.
import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { ClockOffset } from '#core/clock-offset.ts';

const start = 1_795_400_000_000;

/** What is told after hellos of a clock this far ahead that took so long each. */
function told(aheadMs: number, ...delays: readonly number[]): number | null {
  const clock = new ClockOffset();
  for (const [second, delay] of delays.entries()) {
    const sentMs = start + second * 1000;
    clock.note(sentMs + aheadMs, sentMs + delay);
  }
  return clock.aheadMs;
}

test('a box that does not say when it sent has none', () => {
  const clock = new ClockOffset();
  clock.note(0, start);
  expect(clock.aheadMs).toBeNull();
});

test('ahead is positive, behind negative', () => {
  expect(told(60_000, 1)).toBe(59_999);
  expect(told(-30_000, 0)).toBe(-30_000);
});

test('a hello that waited on a busy box does not count once there was a better one', () => {
  expect(told(0, 900, 1)).toBe(-1);
  expect(told(0, 1, 900, 900)).toBe(-1);
});

test('small changes are not told: a screen that nobody looks at stands still', () => {
  expect(told(0, 3, 1, 2, 0, 5)).toBe(-3);
});

test('a clock that is set is followed, at once or as soon as the old ones are forgotten', () => {
  const clock = new ClockOffset();
  for (let i = 0; i < 8; i++) clock.note(start + 60_000, start);
  clock.note(start + 90_000, start);
  expect(clock.aheadMs).toBe(90_000);
  for (let i = 0; i < 8; i++) clock.note(start, start);
  expect(clock.aheadMs).toBe(0);
});

test('it is never more than the delay of the best hello and the step away', () => {
  const delays = fc.array(fc.integer({ min: 0, max: 5000 }), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(fc.integer({ min: -100_000, max: 100_000 }), delays, (ahead, some) => {
      const error = Math.abs((told(ahead, ...some) ?? Number.NaN) - ahead);
      return error <= Math.min(...some) + 250;
    }),
    { seed: 21 },
  );
});
