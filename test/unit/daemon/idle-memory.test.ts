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

test('memory is given back once when it has been quiet', () => {
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
  pass(1_000_000);
  expect(drops).toBe(1);
});

test('code that an idle round used goes at once and after its garbage, however many such rounds there are', () => {
  const { clock, pass } = handClock();
  let drops = 0;
  const memory = new IdleMemory(clock, () => void drops++);
  for (let round = 0; round < 5; round++) memory.noteIdleRound();
  expect(drops).toBe(1);
  pass(10_000);
  expect(drops).toBe(2);
  memory.noteIdleRound();
  expect(drops).toBe(3);
});

test('an idle round in the middle of work leaves its code alone', () => {
  let drops = 0;
  const memory = new IdleMemory(handClock().clock, () => void drops++);
  memory.noteWork();
  memory.noteIdleRound();
  expect(drops).toBe(0);
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
