// A bug in the program that leads: it lets go on its way out, so that nobody waits for its silence.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Box, whySkipped } from '../support/box.ts';
import { SharedLan } from '../support/shared-lan.ts';
import { longestSilence } from '../support/steady-asker.ts';
import { WireTape } from '../support/wire-tape.ts';

const skipped = whySkipped('nft', 'bridge');
if (skipped !== '') console.log(`failover-bugs${skipped}`);

const vip = '192.168.11.1';
/** Silence of a leader would cost three of them and the skew: a goodbye must be what others acted on. */
const interval = 'vrrp: {advertisementInterval: 3s}';

describe.skipIf(skipped !== '')(`failover-bugs${skipped}`, () => {
  let lan: SharedLan;

  beforeAll(() => {
    lan = new SharedLan('bugs', 2);
  });
  afterEach(() => lan?.end());
  afterAll(() => lan?.close());

  const trigger = (box: Box) => join(box.folder, 'fault');

  /** Two boxes, each with a fault that waits; the one that leads first. */
  async function pair(fault: string): Promise<readonly [Box, Box]> {
    const boxes = lan.declare({ election: interval });
    const preload = join(import.meta.dir, '../support/fault-in-binary.ts');
    for (const box of boxes) {
      const env = { BUN_OPTIONS: `--preload=${preload}`, FAULT: fault, FAULT_WHEN: trigger(box) };
      await box.start({ env });
    }
    expect(await lan.areLed([vip], boxes, 30_000)).toBe(true);
    await lan.settled([vip]);
    const { leader, others } = await lan.leaderOf(vip);
    const [other] = others;
    if (!other) throw new Error('no other box');
    return [leader, other];
  }
  const history = async (box: Box) =>
    JSON.parse((await box.lanlord('history', vip, '-o', 'json')).stdout).items.at(-1)?.cause;

  for (const fault of ['throw', 'reject']) {
    test(`${fault} in the main thread: exit 70, a goodbye, and no question unanswered`, async () => {
      const [leader, other] = await pair(fault);
      const tape = new WireTape(lan.judge);
      const asking = lan.ask([vip], 10);
      await Bun.sleep(300);
      writeFileSync(trigger(leader), '');
      expect(await leader.ended()).toBe(70);
      expect(leader.log).toContain('lanlord: internal error: a fault that was asked for');
      await Bun.sleep(500);
      const questions = await asking.stop();
      expect(await lan.areLed([vip], [other], 2000)).toBe(true);
      const { advertisements } = tape.take();
      tape.close();
      expect(longestSilence(questions)).toBe(0);
      const goodbyes = advertisements.filter(({ from, priority }) => from === leader.mac && priority === 0);
      expect(goodbyes).toHaveLength(1);
      expect(await history(other)).toBe('goodbye');
      // The hello said so, too: it has stopped, and nobody has to miss it.
      expect((await other.get('nodes')).find(({ self }) => !self)?.state).toBe('stopped');
    }, 60_000);
  }

  test('throw in a capture worker: a goodbye, another one answers at once, and the worker is started anew', async () => {
    const [leader, other] = await pair('worker');
    const tape = new WireTape(lan.judge);
    writeFileSync(trigger(leader), '');
    expect(await leader.says(/capture worker failed.*/, 5000)).toContain('a fault that was asked for');
    expect(await lan.areLed([vip], [other], 2000)).toBe(true);
    const { advertisements } = tape.take();
    tape.close();
    expect(advertisements.filter(({ from, priority }) => from === leader.mac && priority === 0)).toHaveLength(1);
    expect(await history(other)).toBe('goodbye');
    expect(await leader.says(/capture open on eth0(.|\n)*capture open on eth0/, 10_000)).not.toBeNull();
    expect(await leader.within(10_000, async () => (await leader.get('leaders'))[0]?.state === 'standby')).toBe(true);
  }, 60_000);
});
