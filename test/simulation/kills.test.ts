// E-18 and E-19 on the virtual clock, where bounds of milliseconds can be held: stops in order, and 200 kills in a row.
import { expect, test } from 'bun:test';
import { seeded } from '../support/seeded.ts';
import { type Action, makePlan, type Plan } from './plan.ts';
import { runPlan } from './run-plan.ts';

const [kills, boxes] = [200, 4];
const gapMs = 2700;

/** Boxes of falling priority on a LAN that loses nothing; the oracle's exact bounds hold. */
function calm(seed: number, actions: readonly Action[], preempt = false): Plan {
  const shape = {
    ...{ intervalMs: 100, preempt, preemptDelayMs: 500, rate: 1, bootMs: 0 },
  };
  const healMs = (actions.at(-1)?.atMs ?? 0) + gapMs;
  return {
    ...makePlan(seed),
    ...{ calm: true, delayMs: [0.05, 0.4], loss: 0, duplicate: 0, lateMs: 0.4, addresses: 2 },
    groups: ['IPv4', 'IPv6'],
    boxes: Array.from({ length: boxes }, (_, box) => ({ ...shape, priorities: [254 - 16 * box, 206 + 16 * box] })),
    ...{ actions, healMs, endMs: healMs + 3500 },
  };
}

for (const preempt of [false, true]) {
  test(`E-19: ${kills} random kills, preempt ${preempt}: taken over in time, never two answerers for longer than it takes to hear`, () => {
    const unit = seeded(19);
    const actions = Array.from({ length: kills }, (_, i): Action => {
      const forMs = 900 + Math.floor(unit() * 300);
      return { atMs: (i + 1) * gapMs, kind: 'crash', box: Math.floor(unit() * boxes), forMs };
    });
    const { violation, events } = runPlan(calm(19, actions, preempt));
    expect(violation?.message).toBeUndefined();
    // 540 s of two leaders that advertise ten times a second to three others.
    expect(events).toBeGreaterThan(30_000);
  }, 120_000);
}

test('E-18: each box stops and drains in turn: no hole, the successor within 200 ms, twice answered for 100 ms at most', () => {
  const actions = Array.from({ length: 40 }, (_, i): Action => {
    return { atMs: (i + 1) * gapMs, kind: i % 2 === 0 ? 'shutdown' : 'drain', box: i % boxes, forMs: 1000 };
  });
  // The oracle's bounds in a calm schedule: the skew of a follower (at most 20 ms) for the successor, and three frames.
  expect(runPlan(calm(18, actions)).violation?.message).toBeUndefined();
}, 60_000);
