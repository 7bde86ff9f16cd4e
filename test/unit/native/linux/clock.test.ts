import { expect, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import { boottimeMs, monotonicMs } from '../../../../native/linux/clock.ts';

test('boottimeMs() agrees with /proc/uptime and never goes back', () => {
  const uptime = Number.parseFloat(readFileSync('/proc/uptime', 'latin1')) * 1000;
  expect(Math.abs(boottimeMs() - uptime)).toBeLessThan(2000);
  let last = boottimeMs();
  for (let i = 0; i < 10_000; i++) {
    const now = boottimeMs();
    if (now < last) throw new Error(`went back from ${last} to ${now}`);
    last = now;
  }
});

test('both clocks have fractions of a millisecond, and boot time is not behind', () => {
  const values = Array.from({ length: 50 }, () => monotonicMs());
  expect(values.some((value) => value % 1 !== 0)).toBe(true);
  const monotonic = monotonicMs();
  expect(boottimeMs()).toBeGreaterThanOrEqual(monotonic);
});
