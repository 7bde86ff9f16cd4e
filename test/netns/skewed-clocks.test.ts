// E-15: boxes whose wall clocks are a minute apart elect, hand over and agree as if they were equal.
import { afterAll, afterEach, beforeAll, describe, expect } from 'bun:test';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Box, patience, whySkipped } from '../support/box.ts';
import { scratchDirectory } from '../support/scratch-directory.ts';
import { SharedLan } from '../support/shared-lan.ts';
import { longestSilence } from '../support/steady-asker.ts';
import { stories } from '../support/stories.ts';

const missing = Bun.which('gcc') === null ? ' (skipped: the program gcc is missing)' : '';
const skipped = whySkipped('nft', 'bridge') || missing;
if (skipped !== '') console.log(`skewed-clocks${skipped}`);

const vips = SharedLan.vips(6);
const vip = '192.168.11.1';

describe.skipIf(skipped !== '')(`skewed-clocks${skipped}`, () => {
  let lan: SharedLan;
  let library = '';

  beforeAll(() => {
    lan = new SharedLan('skew', 2);
    library = join(scratchDirectory(), 'skewed-clock.so');
    const source = join(import.meta.dir, '../support/skewed-clock.c');
    const built = Bun.spawnSync(['gcc', '-O2', '-shared', '-fPIC', '-o', library, source]);
    if (!built.success) throw new Error(String(built.stderr));
  });
  afterEach(() => lan?.end());
  afterAll(() => lan?.close());

  const story = stories(() => lan);
  const skew = (seconds: number) => ({ env: { LD_PRELOAD: library, SKEW_SECONDS: String(seconds) } });
  const wallMs = async (box: Box) => Date.parse((await box.status()).generatedAt);
  const ips = async (box: Box) => JSON.stringify(await box.get('ips'));

  for (const keyed of [false, true]) {
    story(`E-15: clocks 30 s ahead and 30 s behind${keyed ? ', hellos with a key' : ''}: no effect`, async () => {
      const key = join(scratchDirectory(), 'hello.key');
      writeFileSync(key, 'a key that has enough bytes');
      chmodSync(key, 0o600);
      const [a, b] = lan.declare({ services: vips.length, election: keyed ? `hello: {keyFile: ${key}}` : '' });
      if (!a || !b) throw new Error('no boxes');
      await a.start(skew(30));
      await b.start(skew(-30));
      expect((await wallMs(a)) - (await wallMs(b))).toBeGreaterThan(50_000);
      const [leader, other] = await lan.ranked(a, b, vips);
      expect(await ips(a)).toBe(await ips(b));
      for (const box of [a, b]) {
        const nodes = await box.get('nodes');
        expect(nodes.map(({ state }) => state)).toEqual(['ready', 'ready']);
        for (const { lastSeenSeconds } of nodes) expect(lastSeenSeconds).toBeLessThan(5);
        const codes = (await box.get('problems')).map(({ code }) => code);
        expect(codes.filter((code) => !['NODELIVERY', 'SKEW'].includes(code))).toEqual([]);
      }

      // Question 21: is my clock off? Told of the other one, with its sign, and as nothing that is wrong with the election.
      for (const [box, ahead] of [
        [a, -60],
        [b, 60],
      ] as const) {
        const told = async () => (await box.get('problems')).find(({ code }) => code === 'SKEW');
        expect(await box.within(patience, async () => (await told()) !== undefined)).toBe(true);
        expect(await told()).toMatchObject({ severity: 'info', message: expect.stringMatching(/ (?:59|60|61) s /) });
        const [other] = (await box.get('nodes')).filter(({ self }) => !self);
        // The way here, and what the two machines take for a second.
        expect(Math.abs((other?.clockOffsetSeconds ?? Number.NaN) - ahead)).toBeLessThan(2);
        expect((await box.lanlord('get', 'nodes', '-o', 'wide')).stdout).toMatch(
          ahead > 0 ? /\+[56]\d\.\ds/ : /-[56]\d\.\ds/,
        );
      }

      const asking = lan.ask([vip], 10);
      await Bun.sleep(300);
      expect(await leader.stop()).toBe(0);
      await Bun.sleep(1000);
      const questions = await asking.stop();
      expect(longestSilence(questions)).toBe(0);
      expect([...(questions.at(-1)?.answers ?? [])]).toEqual([other.mac]);
      // Back with a clock that is wrong the other way: it takes nothing, and nothing moves.
      await leader.start(skew(leader === a ? -30 : 30));
      await Bun.sleep(4000);
      expect(await lan.areLed(vips, [other])).toBe(true);
      expect(await ips(a)).toBe(await ips(b));
    });
  }
});
