// E-19 for real: boxes killed at random, again and again, and every question of a client looked at.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test';
import { whySkipped } from '../support/box.ts';
import { seeded } from '../support/seeded.ts';
import { SharedLan } from '../support/shared-lan.ts';

const skipped = whySkipped('nft', 'bridge');
if (skipped !== '') console.log(`failover-kills${skipped}`);
const isLong = process.env['LANLORD_SLOW_TESTS'] === '1';
const kills = isLong ? 200 : 10;
if (skipped === '' && !isLong) console.log(`failover-kills: ${kills} kills; 200 with LANLORD_SLOW_TESTS=1`);

const vip = '192.168.11.1';

describe.skipIf(skipped !== '')(`failover-kills${skipped}`, () => {
  let lan: SharedLan;

  beforeAll(() => {
    lan = new SharedLan('kill', 3);
  });
  afterEach(() => lan?.end());
  afterAll(() => lan?.close());

  test(
    `E-19: ${kills} random kills: 0 or 1 answerer at a time, and never two for as long as a second`,
    async () => {
      const boxes = lan.declare();
      await Promise.all(boxes.map((box) => box.start()));
      expect(await lan.areLed([vip], boxes)).toBe(true);
      await lan.settled([vip]);
      const unit = seeded(19);
      let [most, taken] = [0, 0];
      for (let kill = 0; kill < kills; kill++) {
        const { leader, others } = await lan.leaderOf(vip);
        // Mostly the leader: of the others nobody would notice.
        const victim = unit() < 0.7 ? leader : (others[unit() < 0.5 ? 0 : 1] ?? leader);
        const asking = lan.ask([vip], 10);
        await Bun.sleep(200 + unit() * 100);
        await victim.crash();
        await Bun.sleep(1500);
        const questions = await asking.stop();
        let sinceMs: number | null = null;
        for (const { atMs, answers } of questions) {
          sinceMs = answers.size > 1 ? (sinceMs ?? atMs) : null;
          if (sinceMs !== null) most = Math.max(most, atMs - sinceMs + 10);
        }
        const survivors = boxes.filter((box) => box !== victim);
        expect(await lan.areLed([vip], survivors, 3000)).toBe(true);
        if (victim === leader) taken++;
        // Whoever was killed answers nothing from then on.
        expect(questions.at(-1)?.answers.has(victim.mac)).toBe(false);
        await victim.start();
      }
      expect(most).toBeLessThan(1000);
      expect(taken).toBeGreaterThan(0);
    },
    kills * 20_000,
  );
});
