// A schedule: boxes, their LAN, and what is done to them when. Plain data, so that it can be printed, cut down and replayed.
import type { Family } from '#model/address.ts';
import { seeded } from '../support/seeded.ts';

export interface BoxPlan {
  /** By group. */
  readonly priorities: readonly number[];
  readonly intervalMs: number;
  readonly preempt: boolean;
  readonly preemptDelayMs: number;
  /** Rate of its clock against true time, 1 ± 0.05. */
  readonly rate: number;
  readonly bootMs: number;
}

/** `box`, `from`, `to`, `sides`: positions in `boxes`. A fault with `forMs` ends by itself, at the latest at the heal. */
export type Fault =
  | {
      readonly kind: 'crash' | 'pause' | 'freeze' | 'carrier' | 'drain' | 'shutdown' | 'busy';
      readonly box: number;
      readonly forMs: number;
    }
  | { readonly kind: 'partition'; readonly side: readonly number[]; readonly forMs: number }
  | { readonly kind: 'one_way'; readonly from: number; readonly to: number; readonly forMs: number }
  | { readonly kind: 'storm'; readonly loss: number; readonly forMs: number }
  | { readonly kind: 'unwanted'; readonly box: number; readonly group: number; readonly forMs: number }
  | { readonly kind: 'failover'; readonly group: number; readonly to: number }
  | { readonly kind: 'priority'; readonly box: number; readonly group: number; readonly priority: number }
  | { readonly kind: 'preempt'; readonly box: number; readonly on: boolean }
  | { readonly kind: 'interval'; readonly box: number; readonly intervalMs: number };

export type Action = { readonly atMs: number } & Fault;

export interface Plan {
  /** Of what is random on the LAN. */
  readonly seed: number;
  /** No loss, no drift, short delays, and time between actions: exact bounds hold. */
  readonly calm: boolean;
  readonly boxes: readonly BoxPlan[];
  /** The family of each. */
  readonly groups: readonly Family[];
  /** Addresses of each group. */
  readonly addresses: number;
  readonly delayMs: readonly [number, number];
  readonly loss: number;
  readonly duplicate: number;
  /** Timers are late by up to this. */
  readonly lateMs: number;
  readonly actions: readonly Action[];
  /** From here on the LAN is whole and every box is up. */
  readonly healMs: number;
  readonly endMs: number;
}

/** A failover to a box that never hears of it. */
export const nowhere = -1;

/** Long enough for every take-over to be over, and for the burst that follows it. */
const calmGapMs = 2700;

export function makePlan(seed: number): Plan {
  const dice = new Dice(seed);
  const isCalm = dice.unit() < 0.4;
  const count = dice.pick([2, 2, 2, 3, 3, 3, 3, 4, 4, 5, 6, 7, 8, 9]);
  const groups = Array.from({ length: dice.pick([1, 1, 1, 2, 2, 3]) }, () =>
    dice.pick(['IPv4', 'IPv4', 'IPv6'] as const),
  );
  const intervalMs = dice.pick([100, 100, 100, 50, 200]);
  const preempt = dice.unit() < 0.25;
  const ties = dice.unit() < 0.2;
  const ranks = groups.map(() => dice.shuffled(count));
  const boxes = Array.from({ length: count }, (_, box) => ({
    priorities: ranks.map((order) => (ties ? 200 : 254 - 16 * Math.min(order[box] ?? 0, 15))),
    intervalMs,
    preempt,
    preemptDelayMs: dice.pick([0, 500, 1000]),
    rate: isCalm ? 1 : 0.95 + dice.unit() * 0.1,
    bootMs: isCalm ? dice.pick([0, 0, dice.below(300)]) : dice.below(1000),
  }));
  const shared = { seed, boxes, groups, addresses: dice.pick([1, 1, 2]) };
  return { ...shared, ...(isCalm ? calm(dice, count, groups.length) : noisy(dice, count, groups.length)) };
}

type Weather = Omit<Plan, 'seed' | 'boxes' | 'groups' | 'addresses'>;

function calm(dice: Dice, count: number, groups: number): Weather {
  const actions: Action[] = [];
  // One split soon after another: what may be announced once in a while is owed.
  const isSplitting = dice.unit() < 0.15;
  const kinds = isSplitting ? splits : calmKinds;
  for (let i = isSplitting ? 2 : 1 + dice.below(2); i > 0; i--) {
    const atMs = (actions.length + 1) * calmGapMs + dice.below(150);
    actions.push({ atMs, ...fault(dice, count, groups, kinds, true) });
  }
  const healMs = (actions.length + 1) * calmGapMs;
  // What a split left to be announced again may have to wait for five seconds.
  const isSplit = actions.some(({ kind }) => splits.some((one) => one === kind));
  const lan = { calm: true, delayMs: [0.05, 0.4], loss: 0, duplicate: 0, lateMs: 0.4 } as const;
  return { ...lan, actions, healMs, endMs: healMs + (isSplit ? 7500 : 3500) };
}

function noisy(dice: Dice, count: number, groups: number): Weather {
  const theme = dice.unit();
  // Nothing but handovers on a slow LAN: orders, goodbyes and advertisements overtake each other.
  const isMoving = theme < 0.15;
  // Handovers and cuts one right after the other.
  const isHectic = theme > 0.8;
  const kinds = isMoving ? (['failover', 'drain'] as const) : isHectic ? hecticKinds : noisyKinds;
  const [firstMs, spanMs] = isHectic ? [1500 + dice.below(2000), 500] : [0, 5500];
  const actions = Array.from({ length: 2 + dice.below(7) }, () => ({
    atMs: firstMs + dice.below(spanMs),
    ...fault(dice, count, groups, kinds, false),
  }));
  actions.sort((a, b) => a.atMs - b.atMs);
  const slow = [0.5, 20] as const;
  return {
    calm: false,
    delayMs: isMoving ? slow : dice.pick([[0.1, 2], [0.1, 2], slow] as const),
    loss: isMoving ? 0 : dice.pick([0, 0, 0.02, 0.1, 0.2]),
    duplicate: dice.pick([0, 0.05]),
    lateMs: dice.pick([1, 8]),
    actions,
    healMs: 6000,
    endMs: 11_000,
  };
}

const splits = ['partition', 'one_way', 'freeze'] as const;
const calmKinds = [
  'crash',
  'crash',
  'pause',
  'freeze',
  'carrier',
  'drain',
  'shutdown',
  'failover',
  'failover',
  'partition',
  'one_way',
  'busy',
  'priority',
  'interval',
] as const;
const noisyKinds = [...calmKinds, 'one_way', 'storm', 'preempt', 'pause', 'partition', 'busy', 'unwanted'] as const;
const hecticKinds = ['failover', 'failover', 'one_way', 'partition', 'pause', 'drain'] as const;
type Kind = (typeof noisyKinds)[number];

function fault(dice: Dice, count: number, groups: number, kinds: readonly Kind[], isCalm: boolean): Fault {
  const kind = dice.pick(kinds);
  const box = dice.below(count);
  const forMs = isCalm ? 900 + dice.below(300) : dice.pick([50, 250, 350, 500, 1500, 4000]) + dice.below(150);
  switch (kind) {
    case 'partition':
      return { kind, side: dice.shuffled(count).slice(0, 1 + dice.below(count - 1)), forMs };
    case 'one_way': {
      const to = (box + 1 + dice.below(count - 1)) % count;
      return { kind, from: box, to, forMs: isCalm ? 1500 : 1000 + dice.below(4000) };
    }
    case 'storm':
      return { kind, loss: dice.pick([0.3, 0.5]), forMs };
    case 'unwanted':
      return { kind, box, group: dice.below(groups), forMs };
    case 'failover':
      return { kind, group: dice.below(groups), to: dice.unit() < 0.2 ? nowhere : box };
    case 'priority':
      return { kind, box, group: dice.below(groups), priority: dice.pick([254, 200, 100, 1]) };
    case 'preempt':
      return { kind, box, on: dice.below(2) === 0 };
    case 'interval':
      return { kind, box, intervalMs: dice.pick([50, 100, 200]) };
    default:
      return { kind, box, forMs };
  }
}

class Dice {
  readonly unit: () => number;

  constructor(seed: number) {
    this.unit = seeded(seed);
  }

  /** 0…n − 1. */
  below(n: number): number {
    return Math.floor(this.unit() * n);
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T;
  }

  /** 0…count − 1 in any order. */
  shuffled(count: number): readonly number[] {
    const order = Array.from({ length: count }, (_, i) => i);
    for (let i = count - 1; i > 0; i--) {
      const other = this.below(i + 1);
      [order[i], order[other]] = [order[other] as number, order[i] as number];
    }
    return order;
  }
}
