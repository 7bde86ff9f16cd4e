// The election under faults: the real state machine, table, responder and schedule on a LAN that loses, delays and splits.
import { describe, expect, test } from 'bun:test';
import { found } from './found.ts';
import { mutations } from './mutations.ts';
import { makePlan, type Plan } from './plan.ts';
import { regressions } from './regressions.ts';
import { runPlan } from './run-plan.ts';
import { shrink } from './shrink.ts';

/** How many in the suite; `npm run simulate` plays more. */
const schedules = 500;

describe('schedules that once showed a fault, or show one that is made', () => {
  for (const { mutation, rule, plan } of regressions) {
    test(`"${mutation}" breaks the rule "${rule}", and nothing is broken without it`, () => {
      const mutated = mutations.find(({ name }) => name === mutation);
      expect(runPlan(plan).violation?.message).toBeUndefined();
      expect(runPlan(plan, mutated?.behaviour).violation?.rule).toBe(rule);
    });
  }
  for (const { fault, plan } of found) {
    test(`no more: ${fault}`, () => expect(runPlan(plan).violation?.message).toBeUndefined());
  }
  test('every mutation has one', () => {
    expect(regressions.map(({ mutation }) => mutation)).toEqual(mutations.map(({ name }) => name));
  });
});

test(`${schedules} schedules: no rule is broken`, () => {
  const kinds = new Set<string>();
  const sizes = new Set<number>();
  for (let seed = 1; seed <= schedules; seed++) {
    const plan = makePlan(seed);
    const { violation } = runPlan(plan);
    if (violation)
      throw new Error(`seed ${seed}: ${violation.message} (npm run simulate -- --schedules 1 --seed ${seed})`);
    for (const { kind } of plan.actions) kinds.add(kind);
    sizes.add(plan.boxes.length);
  }
  // Every kind of fault and every size was there, or the run proved less than it says.
  expect([...kinds].sort()).toEqual(
    ['busy', 'carrier', 'crash', 'drain', 'failover', 'freeze', 'interval', 'one_way', 'partition', 'pause'].concat([
      'preempt',
      'priority',
      'shutdown',
      'storm',
      'unwanted',
    ]),
  );
  expect([...sizes].sort()).toEqual([2, 3, 4, 5, 6, 7, 8, 9]);
}, 120_000);

test('a schedule plays the same every time', () => {
  for (let seed = 1; seed <= 20; seed++) expect(runPlan(makePlan(seed))).toEqual(runPlan(makePlan(seed)));
});

test('shrink() keeps what a failure needs, and nothing else', () => {
  const plan = { ...makePlan(2), actions: [] } as Plan;
  const crash = { kind: 'crash', forMs: 100 } as const;
  const long: Plan = {
    ...plan,
    boxes: Array.from({ length: 4 }, () => ({ ...(plan.boxes[0] as Plan['boxes'][number]), priorities: [1, 2] })),
    groups: ['IPv4', 'IPv6'],
    actions: [0, 1, 2, 3, 0].map((box, i) => ({ atMs: i, ...crash, box })),
  };
  // Fails when the fourth box crashes, which becomes the second one of two.
  const small = shrink(long, ({ boxes, actions }) => {
    return actions.some((action) => action.kind === 'crash' && action.box === boxes.length - 1) ? 'rule' : null;
  });
  expect(small.boxes).toHaveLength(2);
  expect(small.groups).toEqual(['IPv4']);
  expect(small.actions).toEqual([{ atMs: expect.any(Number), ...crash, box: 1 }]);
});
