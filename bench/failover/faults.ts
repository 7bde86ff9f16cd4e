// What can happen to the box that leads: how it is done, how long is watched, and how it is undone.
import { realtimeUs } from '#native/linux/clock.ts';
import { type Pair, signal } from './pair.ts';
import type { BoxName } from './site.ts';

export interface Fault {
  readonly name: string;
  /** How the box is brought back: nothing to do, started again, or built again and started. */
  readonly restore: 'none' | 'restart' | 'rebuild';
  /** The leader's program is dead: an answer of its own would be a ghost's. */
  readonly isDeath: boolean;
  /** Does it, and resolves when enough was seen. Gives the time just before it, microseconds since 1970. */
  inflict(pair: Pair, leader: BoxName, survivor: BoxName, waitMs: number): Promise<number>;
}

const stoppedMs = 5000;
const cutMs = 2000;

async function at(action: () => void, waitMs: number): Promise<number> {
  const us = realtimeUs();
  action();
  await Bun.sleep(waitMs);
  return us;
}

/** Something is cut for two seconds, then whole again for as long. */
async function cut(action: () => void, undo: () => void, waitMs: number): Promise<number> {
  const us = await at(action, Math.max(cutMs, waitMs));
  undo();
  await Bun.sleep(Math.max(cutMs, waitMs));
  return us;
}

/** Frames from one place to another are lost. */
function loss(name: string, ends: (leader: BoxName, survivor: BoxName) => { from?: BoxName; to?: BoxName }): Fault {
  return {
    name,
    restore: 'restart',
    isDeath: false,
    inflict: ({ site }, leader, survivor, waitMs) =>
      cut(
        () => site.lose(ends(leader, survivor)),
        () => site.loseNothing(),
        waitMs,
      ),
  };
}

export const faults: readonly Fault[] = [
  {
    name: 'kill',
    restore: 'restart',
    isDeath: true,
    inflict(pair, leader, _, waitMs) {
      const pids = pair.pids(leader);
      return at(() => signal(pids, 'SIGKILL'), waitMs);
    },
  },
  {
    name: 'term',
    restore: 'restart',
    isDeath: false,
    inflict(pair, leader, _, waitMs) {
      const [main = 0] = pair.pids(leader);
      return at(() => signal([main], 'SIGTERM'), waitMs + 1500);
    },
  },
  {
    name: 'stop-5s',
    restore: 'restart',
    isDeath: false,
    async inflict(pair, leader, _, waitMs) {
      const pids = pair.pids(leader);
      const us = await at(() => signal(pids, 'SIGSTOP'), stoppedMs);
      signal(pids, 'SIGCONT');
      await Bun.sleep(waitMs);
      return us;
    },
  },
  {
    name: 'carrier',
    restore: 'restart',
    isDeath: false,
    inflict: ({ site }, leader, _, waitMs) =>
      cut(
        () => site.carrier(leader, 'down'),
        () => site.carrier(leader, 'up'),
        waitMs,
      ),
  },
  {
    name: 'partition',
    restore: 'restart',
    isDeath: false,
    inflict: ({ site }, leader, _, waitMs) =>
      cut(
        () => site.partition(leader, true),
        () => site.partition(leader, false),
        waitMs,
      ),
  },
  {
    name: 'namespace',
    restore: 'rebuild',
    isDeath: true,
    inflict(pair, leader, _, waitMs) {
      const pids = pair.pids(leader);
      const off = () => {
        signal(pids, 'SIGKILL');
        pair.site.unplug(leader);
      };
      return at(off, waitMs + 1000);
    },
  },
  loss('mute', (leader) => ({ from: leader })),
  loss('deaf', (leader) => ({ to: leader })),
  loss('unheard', (leader, survivor) => ({ from: leader, to: survivor })),
];
