import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { DueHeap } from '#core/due-heap.ts';
import { Pacer } from '#core/pacer.ts';
import { AnnouncementSchedule } from '#core/schedule.ts';
import { seeded } from '../../support/seeded.ts';

const parameters = { seed: 42, numRuns: 300 };

test('DueHeap: entries come out by time, then key, whatever was pushed and removed', () => {
  const entry = fc.record({ dueMs: fc.integer({ min: 0, max: 20 }), gone: fc.boolean() });
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 60 }), (list) => {
      const heap = new DueHeap();
      const entries = list.map(({ dueMs }, i) => ({ key: String(i * 7919 + 1e6), dueMs, position: -1 }));
      for (const each of entries) heap.push(each);
      const kept = entries.filter((each, i) => {
        if (list[i]?.gone) heap.remove(each);
        return !list[i]?.gone;
      });
      for (const each of entries) if (!kept.includes(each)) heap.remove(each);
      const order: string[] = [];
      for (let next = heap.peek(); next; next = heap.peek()) {
        order.push(next.key);
        heap.remove(next);
      }
      kept.sort((a, b) => a.dueMs - b.dueMs || (a.key < b.key ? -1 : 1));
      expect(order).toEqual(kept.map(({ key }) => key));
    }),
    parameters,
  );
});

test('Pacer: never more than its rate in any second, and at least 95 % of it when always asked', () => {
  const steps = fc.array(fc.integer({ min: 0, max: 3000 }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 3000 }), steps, (rate, pauses) => {
      const pacer = new Pacer(rate);
      const times: number[] = [];
      let now = 0;
      for (const pause of pauses) {
        now += pause;
        for (const end = now + 300; now < end; now++) {
          while (pacer.allowedAtMs() <= now) {
            pacer.spend(now);
            times.push(now);
          }
        }
      }
      for (let from = 0, to = 0; to < times.length; to++) {
        while ((times[to] ?? 0) - (times[from] ?? 0) >= 1000) from++;
        if (to - from + 1 > rate) throw new Error(`${to - from + 1} frames within a second at rate ${rate}`);
      }
      const steady = new Pacer(rate);
      let count = 0;
      for (now = 0; now < 4000; now++) {
        for (; steady.allowedAtMs() <= now; count++) steady.spend(now);
      }
      expect(count).toBeGreaterThanOrEqual(Math.floor(rate * 4 * 0.95));
    }),
    { ...parameters, numRuns: 60 },
  );
});

test('Pacer: never more than its rate in any second on the wire, also when what it allowed leaves late', () => {
  const turns = fc.array(
    fc.record({ waitMs: fc.integer({ min: 0, max: 30 }), lateMs: fc.integer({ min: 0, max: 60 }) }),
    {
      minLength: 40,
      maxLength: 120,
    },
  );
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 3000 }), turns, (rate, rounds) => {
      const pacer = new Pacer(rate);
      const times: number[] = [];
      let now = 0;
      for (const { waitMs, lateMs } of rounds) {
        now += waitMs;
        let count = 0;
        for (; count < 64 && pacer.allowedAtMs() <= now; count++) pacer.spend(now);
        now += lateMs;
        for (let i = 0; i < count; i++) times.push(now);
        if (count > 0) pacer.left(count, now);
      }
      for (let from = 0, to = 0; to < times.length; to++) {
        while ((times[to] ?? 0) - (times[from] ?? 0) >= 1000) from++;
        if (to - from + 1 > rate) throw new Error(`${to - from + 1} frames within a second at rate ${rate}`);
      }
    }),
    { ...parameters, numRuns: 200 },
  );
});

test('AnnouncementSchedule: whatever is synced when, only present rows are announced, each burst in order and once', () => {
  const step = fc.record({
    waitMs: fc.integer({ min: 0, max: 400 }),
    present: fc.array(fc.record({ id: fc.integer({ min: 0, max: 6 }), generation: fc.integer({ min: 1, max: 2 }) })),
  });
  const settings = fc.record({
    burstMs: fc.constantFrom([0], [0, 50, 200], [10, 20]),
    refreshMs: fc.constantFrom(0, 500),
    maxFramesPerSecond: fc.constantFrom(5, 60, 1000),
  });
  fc.assert(
    fc.property(settings, fc.array(step, { maxLength: 12 }), (of, steps) => {
      const schedule = new AnnouncementSchedule(of, seeded(3));
      /** What comes next for each present key: the model. */
      const next = new Map<string, { generation: number; round: number; form: string }>();
      let now = 0;
      for (const { waitMs, present } of steps) {
        const rows = new Map(present.map(({ id, generation }) => [`k${id}`, generation]));
        schedule.sync(
          [...rows].map(([key, generation]) => ({ key, generation })),
          now,
        );
        for (const key of next.keys()) if (!rows.has(key)) next.delete(key);
        for (const [key, generation] of rows) {
          if (next.get(key)?.generation !== generation) next.set(key, { generation, round: 0, form: 'request' });
        }
        for (const end = now + waitMs; now <= end; now++) {
          for (let due = schedule.take(now); due; due = schedule.take(now)) {
            const wanted = next.get(due.key);
            expect(wanted).toMatchObject({ round: due.round, form: due.form });
            if (!wanted) return;
            if (due.form === 'reply') wanted.round++;
            wanted.form = due.form === 'reply' ? 'request' : 'reply';
          }
          // A wake-up that was not announced would be missed.
          const delay = schedule.delayMs(now);
          expect(delay).toBeGreaterThanOrEqual(0);
          if (Number.isFinite(delay) && delay > 1) expect(schedule.take(now + delay - 1.001)).toBeNull();
        }
      }
    }),
    parameters,
  );
});
