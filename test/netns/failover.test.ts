// What becomes of addresses when boxes die, stop, stand still or come back: judged from a host of its own.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { patience, whySkipped } from '../support/box.ts';
import { holdThread } from '../support/hold-thread.ts';
import { type Declared, SharedLan } from '../support/shared-lan.ts';
import { longestSilence, type Question } from '../support/steady-asker.ts';
import { stories } from '../support/stories.ts';
import { WireTape } from '../support/wire-tape.ts';

const skipped = whySkipped('nft', 'bridge');
if (skipped !== '') console.log(`failover${skipped}`);
const noCompiler = Bun.which('gcc') === null ? ' (skipped: the program gcc is missing)' : '';
if (skipped === '' && noCompiler !== '') console.log(`failover, a thread that stands still${noCompiler}`);

const many = SharedLan.vips(24);
const vip = '192.168.11.1';

describe.skipIf(skipped !== '')(`failover${skipped}`, () => {
  let lan: SharedLan;

  beforeAll(() => {
    lan = new SharedLan('fail', 3);
  });
  afterEach(() => lan?.end());
  afterAll(() => lan?.close());

  const story = stories(() => lan);
  /** The first two of the boxes run: the one that answers, and the one that follows. */
  const pair = (election: Declared['election'] = '') => lan.pair({ election });
  const macsOf = (questions: readonly Question[]) => [...new Set(questions.flatMap(({ answers }) => [...answers]))];
  const last = (questions: readonly Question[]) => [...(questions.at(-1)?.answers ?? [])];
  const allocations = async () => {
    const all = await Promise.all(lan.boxes.map(async (box) => JSON.stringify(await box.get('ips'))));
    return new Set(all).size;
  };

  story('E-9 E-10: of three boxes one is killed: only its addresses move, and back it takes nothing', async () => {
    const boxes = lan.declare({ services: many.length });
    await Promise.all(boxes.map((box) => box.start()));
    expect(await lan.areLed(many, boxes)).toBe(true);
    await lan.settled(many);
    const before = await lan.answerers(many);
    expect(await allocations()).toBe(1);
    const { leader: victim, others } = await lan.leaderOf(vip);
    const moved = many.filter((address) => before[address]?.[0] === victim.mac);
    const kept = many.filter((address) => !moved.includes(address));
    expect(kept.length).toBeGreaterThan(0);

    const asking = lan.ask(kept, 20);
    await Bun.sleep(300);
    await victim.crash();
    await Bun.sleep(2500);
    const questions = await asking.stop();
    expect(longestSilence(questions)).toBe(0);
    for (const { address, answers } of questions) expect([...answers]).toEqual([...(before[address] ?? [])]);
    expect(await lan.areLed(moved, others)).toBe(true);

    const after = await lan.answerers(many);
    await victim.start();
    // Longer than the returning box listens, and than three hellos.
    await Bun.sleep(5000);
    expect(await lan.answerers(many)).toEqual(after);
    expect(await allocations()).toBe(1);
  });

  story(
    'with preempt, too: of three boxes one is killed and only its addresses move; back, it takes these again',
    async () => {
      const election = 'vrrp: {preempt: true, preemptDelay: 2s}';
      const boxes = lan.declare({ services: many.length, election });
      await Promise.all(boxes.map((box) => box.start()));
      expect(await lan.areLed(many, boxes)).toBe(true);
      // Longer than the delay: whoever is first choice has got what it is.
      await Bun.sleep(4000);
      await lan.settled(many);
      const before = await lan.answerers(many);
      const { leader: victim, others } = await lan.leaderOf(vip);
      const moved = many.filter((address) => before[address]?.[0] === victim.mac);
      const kept = many.filter((address) => !moved.includes(address));
      expect(new Set(kept.map((address) => before[address]?.[0])).size).toBe(2);

      const asking = lan.ask(kept, 20);
      await Bun.sleep(300);
      await victim.crash();
      // Until it is missed (3.25 s), the others have ranked anew, and the delay is over.
      await Bun.sleep(9000);
      const questions = await asking.stop();
      expect(longestSilence(questions)).toBe(0);
      for (const { address, answers } of questions) expect([...answers]).toEqual([...(before[address] ?? [])]);
      expect(await lan.areLed(moved, others)).toBe(true);

      await victim.start();
      const isAsBefore = async () => JSON.stringify(await lan.answerers(many)) === JSON.stringify(before);
      expect(await victim.within(patience, isAsBefore)).toBe(true);
    },
  );

  story(
    'other settings of announcements come into force without a leader that changes or a question unanswered',
    async () => {
      const few = many.slice(0, 6);
      const boxes = lan.declare({ services: few.length, more: 'announce: {refresh: 1h}' }).slice(0, 2);
      await Promise.all(boxes.map((box) => box.start()));
      expect(await lan.areLed(few, boxes)).toBe(true);
      await lan.settled(few);
      const before = await lan.answerers(few);
      const terms = async () => {
        const all = await Promise.all(boxes.map((box) => box.get('leaders')));
        return all.map((rows) => rows.map(({ ip, leader, term, since }) => ({ ip, leader, term, since })));
      };
      const termsBefore = await terms();
      // The burst of the start is over.
      await Bun.sleep(3000);
      const tape = new WireTape(lan.judge);
      const asking = lan.ask(few, 10);
      for (const box of boxes) {
        const file = join(box.config, 'all.yaml');
        const text = readFileSync(file, 'utf8');
        box.write(
          'all.yaml',
          text.replace('{refresh: 1h}', '{burst: [0ms, 70ms], refresh: 2s, maxFramesPerSecond: 50}'),
        );
        expect(await box.reload()).toContain('0 VIPs moved');
      }
      await Bun.sleep(5000);
      const questions = await asking.stop();
      const { announcements, advertisements } = tape.take();
      tape.close();
      expect(longestSilence(questions)).toBe(0);
      for (const { address, answers } of questions) expect([...answers]).toEqual([...(before[address] ?? [])]);
      expect(advertisements.length).toBeGreaterThan(0);
      expect(advertisements.filter(({ priority }) => priority === 0)).toEqual([]);
      expect(await terms()).toEqual(termsBefore);
      // In force: refreshed, one round at a time, and not announced anew.
      for (const address of few) {
        const own = announcements.filter(({ ip }) => ip === address);
        expect(own.length).toBeGreaterThanOrEqual(2);
        expect(own.length).toBeLessThanOrEqual(8);
      }
    },
  );

  story('E-18 L-4: SIGTERM leaves no question unanswered, and two boxes answer for less than a second', async () => {
    const [leader, other] = await pair();
    const asking = lan.ask([vip], 5);
    await Bun.sleep(300);
    expect(await leader.stop()).toBe(0);
    await Bun.sleep(700);
    const questions = await asking.stop();
    expect(longestSilence(questions)).toBe(0);
    const twice = questions.filter(({ answers }) => answers.size > 1).map(({ atMs }) => atMs);
    expect((twice.at(-1) ?? 0) - (twice[0] ?? 0)).toBeLessThan(1000);
    expect(last(questions)).toEqual([other.mac]);
  });

  story('drain leaves no question unanswered, and undrain takes nothing back', async () => {
    const [leader, other] = await pair();
    const asking = lan.ask([vip], 5);
    await Bun.sleep(300);
    expect((await leader.lanlord('drain')).code).toBe(0);
    await Bun.sleep(700);
    expect((await leader.lanlord('undrain')).code).toBe(0);
    await Bun.sleep(3000);
    const questions = await asking.stop();
    expect(longestSilence(questions)).toBe(0);
    expect(last(questions)).toEqual([other.mac]);
  });

  story('failover --to leaves no question unanswered, there and back', async () => {
    const [leader, other] = await pair();
    const asking = lan.ask([vip], 5);
    await Bun.sleep(300);
    // Typed at the box that is to get it, which has to ask the one that leads.
    expect(await other.lanlord('failover', vip, '--to', other.host.name)).toMatchObject({ code: 0 });
    expect(await asking.isAnsweredBy(other.mac)).toBe(true);
    expect(await other.lanlord('failover', vip, '--to', leader.host.name)).toMatchObject({ code: 0 });
    expect(await asking.isAnsweredBy(leader.mac)).toBe(true);
    await Bun.sleep(500);
    const questions = await asking.stop();
    expect(longestSilence(questions)).toBe(0);
  });

  story(
    'failover asked for at a third box right after another one: it knows no better, and is told what came of it',
    async () => {
      const boxes = lan.declare({ election: (place) => `vrrp: {priority: ${200 - 50 * place}}` });
      await Promise.all(boxes.map((box) => box.start()));
      expect(await lan.areLed([vip], boxes)).toBe(true);
      await lan.settled([vip]);
      const [best, second, third] = boxes;
      if (!best || !second || !third) throw new Error('no boxes');
      for (const to of [[], ['--to', best.host.name]]) {
        expect(await third.lanlord('failover', vip, '--to', best.host.name)).toMatchObject({ code: 0 });
        expect(await best.lanlord('failover', vip, '--to', second.host.name)).toMatchObject({ code: 0 });
        // For three intervals a follower takes the better one of two for the leader.
        expect(await third.lanlord('failover', vip, ...to)).toMatchObject({ code: 0 });
        const { name } = (await lan.leaderOf(vip)).leader.host;
        if (to.length > 0) expect(name).toBe(best.host.name);
        else expect(name).not.toBe(second.host.name);
      }
    },
  );

  story('E-17: a leader that stood still for 5 s sends nothing before it follows', async () => {
    const [sleeper, awake] = await pair();
    sleeper.signal('SIGSTOP');
    expect(await lan.areLed([vip], [awake])).toBe(true);
    await Bun.sleep(4000);
    const asking = lan.ask([vip], 5);
    await Bun.sleep(200);
    lan.ear.clear();
    sleeper.signal('SIGCONT');
    await Bun.sleep(2000);
    const questions = await asking.stop();
    expect(macsOf(questions)).toEqual([awake.mac]);
    expect(longestSilence(questions)).toBe(0);
    await lan.ear.until(() => false, 50);
    const leading = lan.ear.heard.filter(({ priority }) => priority > 0).map(({ etherSource }) => etherSource);
    expect([...new Set(leading)]).toEqual([awake.mac]);
  });

  story('E-10: a better box that comes back takes over when preempt is on, and not before the delay', async () => {
    const ranked = (place: number) => `vrrp: {priority: ${200 - 50 * place}, preempt: true, preemptDelay: 5s}`;
    await pair(ranked);
    const [better, worse] = lan.boxes;
    if (!better || !worse) throw new Error('no boxes');
    await better.crash();
    expect(await lan.areLed([vip], [worse])).toBe(true);
    const asking = lan.ask([vip], 10);
    const began = performance.now();
    await better.start();
    expect(await asking.isAnsweredBy(better.mac)).toBe(true);
    const questions = await asking.stop();
    expect((questions.find(({ answers }) => answers.has(better.mac))?.atMs ?? 0) - began).toBeGreaterThan(5000);
    expect(longestSilence(questions)).toBe(0);
  });

  test.skipIf(noCompiler !== '')(
    `the main thread stands still for 10 s: the lead is kept${noCompiler}`,
    async () => {
      const [leader, other] = await pair();
      const asking = lan.ask([vip], 5);
      lan.ear.clear();
      await holdThread(leader.pid, 10);
      await Bun.sleep(2000);
      const questions = await asking.stop();
      expect(longestSilence(questions)).toBe(0);
      expect(macsOf(questions)).toEqual([leader.mac]);
      await lan.ear.until(() => false, 50);
      expect(lan.ear.heard.filter(({ etherSource }) => etherSource === other.mac)).toEqual([]);
      expect((await leader.status()).vips.here).toBe(1);
    },
    60_000,
  );
});
