// Stories of boxes on one LAN, told in real time on machines that do other things, too.
import { test } from 'bun:test';
import type { SharedLan } from './shared-lan.ts';

const attempts = 3;
/** A box to which a group is given has one second to take it: else nothing moves, and that is told. */
const notTaken = 'LL-ACT-006';

/**
 * As `test`. A box with the usual interval is taken for dead after a third of a second, and a machine may be so busy that one gets
 * no processor for longer. Where a box's history says so of one that nobody had harmed, or a box was too late to take what it was
 * given, a story that failed begins anew.
 */
export function stories(of: () => SharedLan): (name: string, story: () => Promise<void>) => void {
  return (name, story) => {
    test(name, async () => {
      for (let attempt = 1; ; attempt++) {
        try {
          return await story();
        } catch (error) {
          const lost = await of().takenForDead();
          const isBusy = lost.length > 0 || String(error).includes(notTaken);
          if (attempt === attempts || !isBusy) throw error;
          const what = lost.map((one) => `taken for dead although alive: ${one}`).join('; ') || notTaken;
          console.log(`${name}: ${what}: once more, after ${error}`);
          await of().end();
        }
      }
    });
  };
}
