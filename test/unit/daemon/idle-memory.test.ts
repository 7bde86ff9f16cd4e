import { expect, test } from 'bun:test';
import { IdleMemory } from '#daemon/idle-memory.ts';

/** A clock that is moved by hand. */
function handClock() {
  let nowMs = 0;
  const waiting = new Set<{ readonly atMs: number; readonly callback: () => void }>();
  return {
    clock: {
      monotonicMs: () => nowMs,
      wallMs: () => nowMs,
      setTimeout(callback: () => void, delayMs: number) {
        const entry = { atMs: nowMs + delayMs, callback };
        waiting.add(entry);
        return () => void waiting.delete(entry);
      },
    },
    pass(ms: number) {
      nowMs += ms;
      for (const entry of waiting) {
        if (entry.atMs > nowMs) continue;
        waiting.delete(entry);
        entry.callback();
      }
    },
  };
}

test('memory is given back when it has been quiet, once more when the rare work is done, and then no more', () => {
  const { clock, pass } = handClock();
  let drops = 0;
  const memory = new IdleMemory(clock, () => void drops++);
  memory.noteWork();
  pass(4000);
  memory.noteWork();
  pass(4000);
  expect(drops).toBe(0);
  pass(1000);
  expect(drops).toBe(1);
  pass(40_000);
  expect(drops).toBe(2);
  pass(1_000_000);
  expect(drops).toBe(2);
});

test('nothing happens after the end', () => {
  const { clock, pass } = handClock();
  let drops = 0;
  const memory = new IdleMemory(clock, () => void drops++);
  memory.noteWork();
  memory.stop();
  pass(100_000);
  expect(drops).toBe(0);
});
