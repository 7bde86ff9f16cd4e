// Schedules on which the simulation once found a fault of ours; none of them breaks a rule any more.
import type { Plan } from './plan.ts';

export interface Found {
  /** What went wrong. */
  readonly fault: string;
  readonly plan: Plan;
}

export const found: readonly Found[] = [
  {
    fault: 'a busy box follows an order that the leader has given up',
    plan: {
      seed: 10850,
      boxes: [
        {
          priorities: [206],
          intervalMs: 100,
          preempt: false,
          preemptDelayMs: 1000,
          rate: 1,
          bootMs: 0,
        },
        {
          priorities: [238],
          intervalMs: 100,
          preempt: false,
          preemptDelayMs: 500,
          rate: 1,
          bootMs: 0,
        },
      ],
      groups: ['IPv4'],
      addresses: 1,
      calm: false,
      delayMs: [0.1, 2],
      loss: 0,
      duplicate: 0,
      lateMs: 1,
      actions: [
        {
          atMs: 4387,
          kind: 'busy',
          box: 0,
          forMs: 4039,
        },
        {
          atMs: 4953,
          kind: 'failover',
          group: 0,
          to: 0,
        },
      ],
      healMs: 6000,
      endMs: 11000,
    },
  },
  {
    fault: 'a backup that stood still says that it preempts when it takes over from a silent leader',
    plan: {
      seed: 12310,
      boxes: [
        {
          priorities: [254],
          intervalMs: 100,
          preempt: true,
          preemptDelayMs: 500,
          rate: 0.9660356986569241,
          bootMs: 269,
        },
        {
          priorities: [222],
          intervalMs: 100,
          preempt: true,
          preemptDelayMs: 500,
          rate: 0.9913008251460269,
          bootMs: 159,
        },
      ],
      groups: ['IPv4'],
      addresses: 1,
      calm: false,
      delayMs: [0.1, 2],
      loss: 0,
      duplicate: 0,
      lateMs: 1,
      actions: [
        {
          atMs: 1001,
          kind: 'pause',
          box: 0,
          forMs: 4121,
        },
        {
          atMs: 3648,
          kind: 'one_way',
          from: 1,
          to: 0,
          forMs: 2084,
        },
      ],
      healMs: 6000,
      endMs: 11000,
    },
  },
  {
    fault: 'a successor with shorter intervals insists on the leader that it replaced and that preempts it',
    plan: {
      seed: 22427,
      boxes: [
        {
          priorities: [254],
          intervalMs: 200,
          preempt: true,
          preemptDelayMs: 0,
          rate: 1,
          bootMs: 0,
        },
        {
          priorities: [222],
          intervalMs: 200,
          preempt: true,
          preemptDelayMs: 500,
          rate: 1,
          bootMs: 0,
        },
      ],
      groups: ['IPv4'],
      addresses: 1,
      calm: true,
      delayMs: [0.05, 0.4],
      loss: 0,
      duplicate: 0,
      lateMs: 0.4,
      actions: [
        {
          atMs: 2745,
          kind: 'interval',
          box: 1,
          intervalMs: 100,
        },
        {
          atMs: 5468,
          kind: 'failover',
          group: 0,
          to: 1,
        },
      ],
      healMs: 8100,
      endMs: 11600,
    },
  },
  {
    fault: 'a backup preempts just after it was told not to',
    plan: {
      seed: 22861,
      boxes: [
        {
          priorities: [254],
          intervalMs: 100,
          preempt: true,
          preemptDelayMs: 1000,
          rate: 1.0087433957494796,
          bootMs: 923,
        },
        {
          priorities: [238],
          intervalMs: 100,
          preempt: true,
          preemptDelayMs: 0,
          rate: 0.9792010570410639,
          bootMs: 1,
        },
      ],
      groups: ['IPv4'],
      addresses: 1,
      calm: false,
      delayMs: [0.1, 2],
      loss: 0,
      duplicate: 0,
      lateMs: 1,
      actions: [
        {
          atMs: 2133,
          kind: 'preempt',
          box: 0,
          on: false,
        },
      ],
      healMs: 6000,
      endMs: 11000,
    },
  },
  {
    fault: 'limits of a group begin anew when it is wanted again',
    plan: {
      seed: 21713,
      boxes: [
        {
          priorities: [254, 174],
          intervalMs: 100,
          preempt: false,
          preemptDelayMs: 500,
          rate: 1.0252624040702358,
          bootMs: 0,
        },
        {
          priorities: [238, 206],
          intervalMs: 100,
          preempt: false,
          preemptDelayMs: 500,
          rate: 1.011966735427268,
          bootMs: 0,
        },
        {
          priorities: [174, 222],
          intervalMs: 100,
          preempt: false,
          preemptDelayMs: 1000,
          rate: 0.9902551384177058,
          bootMs: 0,
        },
        {
          priorities: [190, 238],
          intervalMs: 100,
          preempt: false,
          preemptDelayMs: 500,
          rate: 1.0000080246012657,
          bootMs: 0,
        },
        {
          priorities: [206, 190],
          intervalMs: 100,
          preempt: false,
          preemptDelayMs: 0,
          rate: 1.0192523577716202,
          bootMs: 0,
        },
      ],
      groups: ['IPv6', 'IPv6'],
      addresses: 1,
      calm: false,
      delayMs: [0.1, 2],
      loss: 0.2,
      duplicate: 0.05,
      lateMs: 1,
      actions: [
        {
          atMs: 1164,
          kind: 'partition',
          side: [1, 4, 3],
          forMs: 374,
        },
        {
          atMs: 2192,
          kind: 'carrier',
          box: 0,
          forMs: 372,
        },
      ],
      healMs: 6000,
      endMs: 11000,
    },
  },
];
