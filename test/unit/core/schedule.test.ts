import { describe, expect, test } from 'bun:test';
import { AnnouncementSchedule, type DueFrame, type ScheduleSettings } from '#core/schedule.ts';
import { seeded } from '../../support/seeded.ts';

const burstMs = [0, 50, 200, 1100, 2200];
const settings: ScheduleSettings = { burstMs, refreshMs: 60_000, maxFramesPerSecond: 1000 };

type Sent = DueFrame & { readonly atMs: number };

function key(i: number): string {
  return `00000000000000000000ffff${(0x0a000000 + i).toString(16).padStart(8, '0')}`;
}

function rows(count: number, generation = 1) {
  return Array.from({ length: count }, (_, i) => ({ key: key(i), generation }));
}

/** A schedule on a virtual clock that wakes up exactly when `delayMs` says, or `lateMs` after. */
class Bench {
  readonly schedule: AnnouncementSchedule;
  readonly sent: Sent[] = [];
  nowMs: number;

  constructor(of: Partial<ScheduleSettings> = {}, random = seeded(1), startMs = 0) {
    this.schedule = new AnnouncementSchedule({ ...settings, ...of }, random);
    this.nowMs = startMs;
  }

  run(untilMs: number, lateMs = 0): Sent[] {
    const from = this.sent.length;
    for (;;) {
      for (let due = this.schedule.take(this.nowMs); due; due = this.schedule.take(this.nowMs)) {
        this.sent.push({ ...due, atMs: this.nowMs });
      }
      const delay = this.schedule.delayMs(this.nowMs) + lateMs;
      if (!(this.nowMs + delay <= untilMs)) break;
      this.nowMs += delay;
    }
    this.nowMs = untilMs;
    return this.sent.slice(from);
  }
}

function mostInASecond(times: readonly number[]): number {
  let most = 0;
  for (let from = 0, to = 0; to < times.length; to++) {
    while ((times[to] ?? 0) - (times[from] ?? 0) >= 1000) from++;
    most = Math.max(most, to - from + 1);
  }
  return most;
}

describe('one VIP', () => {
  test('G-1, G-9: the first frame at once, then every round at its time, each form once', () => {
    const bench = new Bench();
    bench.schedule.sync(rows(1), 0);
    const sent = bench.run(50_000);
    expect(sent.map(({ atMs, round, form }) => [atMs, round, form])).toEqual(
      burstMs.flatMap((atMs, round) => [
        [atMs, round, 'request'],
        [atMs, round, 'reply'],
      ]),
    );
  });

  test('G-2: synced again without a change 100 times: no frame more', () => {
    const bench = new Bench();
    for (let i = 0; i < 100; i++) {
      bench.schedule.sync(rows(1), bench.nowMs);
      bench.run(bench.nowMs + 30);
    }
    bench.run(50_000);
    expect(bench.sent).toHaveLength(burstMs.length * 2);
  });

  test('a raised generation starts the burst again, also in the middle of one', () => {
    const bench = new Bench();
    bench.schedule.sync(rows(1, 1), 0);
    bench.run(300);
    bench.schedule.sync(rows(1, 2), 300);
    expect(bench.run(50_000).map(({ atMs }) => atMs - 300)).toEqual(burstMs.flatMap((atMs) => [atMs, atMs]));
  });

  test('G-4: lost in mid-burst: the remaining frames are cancelled, even between the two forms', () => {
    for (const taken of [1, 2, 3, 5]) {
      const bench = new Bench();
      bench.schedule.sync(rows(1), 0);
      let frames = 0;
      for (let now = 0; frames < taken; now++) {
        while (frames < taken && bench.schedule.take(now)) frames++;
        bench.nowMs = now;
      }
      bench.schedule.sync([], bench.nowMs);
      expect(bench.schedule.delayMs(bench.nowMs)).toBe(Number.POSITIVE_INFINITY);
      expect(bench.run(200_000)).toEqual([]);
    }
  });

  test('a VIP that comes back is announced as new', () => {
    const bench = new Bench();
    bench.schedule.sync(rows(1), 0);
    bench.run(100);
    bench.schedule.sync([], 100);
    bench.schedule.sync(rows(1), 100);
    expect(bench.run(50_000)).toHaveLength(burstMs.length * 2);
  });

  test('after a pause the missed rounds keep their distance', () => {
    const bench = new Bench();
    bench.schedule.sync(rows(1), 0);
    bench.run(0);
    bench.nowMs = 5000;
    const rounds = bench.run(50_000).filter(({ form }) => form === 'request');
    expect(rounds.map(({ atMs }) => atMs)).toEqual([5000, 5150, 6050, 7150]);
  });

  test('restart(): what is named announces again, the rest does not', () => {
    const bench = new Bench();
    bench.schedule.sync(rows(2), 0);
    bench.run(40_000);
    bench.schedule.restart([key(0), 'unknown'], 40_000);
    const again = bench.run(50_000);
    expect(again).toHaveLength(burstMs.length * 2);
    expect(again[0]).toEqual({ key: key(0), round: 0, form: 'request', atMs: 40_000 });
  });

  test('without a burst only refreshes are sent, without a refresh only the burst', () => {
    const refreshOnly = new Bench({ burstMs: [] });
    refreshOnly.schedule.sync(rows(1), 0);
    expect(refreshOnly.run(53_999)).toEqual([]);
    expect(refreshOnly.run(66_001)).toHaveLength(2);
    const burstOnly = new Bench({ refreshMs: 0 });
    burstOnly.schedule.sync(rows(1), 0);
    expect(burstOnly.run(1_000_000)).toHaveLength(burstMs.length * 2);
    expect(burstOnly.schedule.delayMs(1_000_000)).toBe(Number.POSITIVE_INFINITY);
  });

  test('an empty schedule never asks for a wake-up', () => {
    expect(new Bench().schedule.delayMs(0)).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('many VIPs', () => {
  test('G-3: 1000 at once: every first frame within a second, in address order, before any repeat', () => {
    for (const lateMs of [0, 1, 5]) {
      const bench = new Bench();
      bench.schedule.sync(rows(1000).reverse(), 0);
      const firsts = bench.run(20_000, lateMs).slice(0, 1000);
      expect(firsts.map((frame) => frame.key)).toEqual(rows(1000).map((row) => row.key));
      expect(firsts.every(({ round, form }) => round === 0 && form === 'request')).toBe(true);
      expect(firsts.at(-1)?.atMs).toBeLessThanOrEqual(1000);
    }
  });

  test('G-3, G-9: 1000 at once: never more than 1000 frames in any second, and exactly the whole burst in all', () => {
    const bench = new Bench();
    bench.schedule.sync(rows(1000), 0);
    const sent = bench.run(40_000);
    expect(sent).toHaveLength(1000 * burstMs.length * 2);
    expect(mostInASecond(sent.map(({ atMs }) => atMs))).toBeLessThanOrEqual(1000);
    expect(new Set(sent.map((frame) => `${frame.key} ${frame.round} ${frame.form}`)).size).toBe(sent.length);
  });

  test('the request form of a round leaves before its reply form', () => {
    const bench = new Bench();
    bench.schedule.sync(rows(300), 0);
    const forms = new Map<string, string[]>();
    for (const frame of bench.run(40_000)) {
      const id = `${frame.key} ${frame.round}`;
      forms.set(id, [...(forms.get(id) ?? []), frame.form]);
    }
    expect([...forms.values()].every((pair) => pair.join() === 'request,reply')).toBe(true);
  });

  test('a slow switch: 10 frames a second, evenly', () => {
    const bench = new Bench({ maxFramesPerSecond: 10 });
    bench.schedule.sync(rows(50), 0);
    const times = bench.run(20_000).map(({ atMs }) => atMs);
    for (let i = 1; i < times.length; i++) expect((times[i] ?? 0) - (times[i - 1] ?? 0)).toBeGreaterThanOrEqual(100);
    expect(times.length).toBeGreaterThanOrEqual(200);
  });

  test('new VIPs and bursts come before a backlog of refreshes', () => {
    const bench = new Bench({ maxFramesPerSecond: 10, refreshMs: 1000 });
    bench.schedule.sync(rows(100), 0);
    bench.run(300_000);
    const both = [...rows(100), { key: key(500), generation: 1 }];
    bench.schedule.sync(both, 300_000);
    const own = bench.run(310_000).filter((frame) => frame.key === key(500));
    expect(own.filter(({ round }) => round < burstMs.length)).toHaveLength(burstMs.length * 2);
    expect(own[0]?.atMs).toBeLessThanOrEqual(300_100);
  });

  test('G-5: one refresh round per interval per VIP, jittered by ± 10 %, spread in time', () => {
    const bench = new Bench();
    bench.schedule.sync(rows(200), 0);
    const sent = bench.run(600_000).filter(({ form }) => form === 'request');
    const gaps: number[] = [];
    const last = new Map<string, number>();
    for (const frame of sent) {
      const before = last.get(frame.key);
      if (frame.round >= burstMs.length && before !== undefined) gaps.push(frame.atMs - before);
      last.set(frame.key, frame.atMs);
    }
    // Pacing delays a frame by a few milliseconds at most here, and `delayMs` rounds up.
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(54_000);
    expect(Math.max(...gaps)).toBeLessThanOrEqual(66_100);
    expect(gaps.length / 200).toBeGreaterThanOrEqual(9);
    expect(gaps.length / 200).toBeLessThanOrEqual(11);
    const refreshes = sent.filter(({ round }) => round >= burstMs.length).map(({ atMs }) => atMs);
    expect(mostInASecond(refreshes)).toBeLessThan(60);
    // The jitter uses its whole range.
    expect(Math.min(...gaps)).toBeLessThan(54_600);
    expect(Math.max(...gaps)).toBeGreaterThan(65_400);
  });

  test('65,536 VIPs: all first frames in address order; syncing them again costs no frame', () => {
    const bench = new Bench({ maxFramesPerSecond: 100_000 });
    const all = rows(65_536);
    bench.schedule.sync(all, 0);
    const firsts = bench.run(5000).slice(0, all.length);
    expect(firsts.every((frame, i) => frame.key === all[i]?.key && frame.round === 0)).toBe(true);
    const before = bench.sent.length;
    bench.schedule.sync(all, 5000);
    expect(bench.run(30_000)).toHaveLength(all.length * burstMs.length * 2 - before);
  });
});

describe('rows of one form (IPv6)', () => {
  const key6 = (i: number) => `20010db80000000000000000${i.toString(16).padStart(8, '0')}`;
  const rows6 = (count: number) =>
    Array.from({ length: count }, (_, i) => ({ key: key6(i), generation: 1, oneForm: true }));

  test('N-8: one frame a round, at the times of the burst, then at the refresh', () => {
    const bench = new Bench();
    bench.schedule.sync(rows6(1), 0);
    const sent = bench.run(2500);
    expect(sent.map(({ atMs }) => atMs)).toEqual(burstMs);
    expect(sent.map(({ round }) => round)).toEqual([0, 1, 2, 3, 4]);
    expect(new Set(sent.map(({ form }) => form))).toEqual(new Set(['request']));
    const [refresh] = bench.run(70_000);
    expect(refresh?.atMs).toBeGreaterThanOrEqual(2200 + 54_000);
    expect(refresh?.atMs).toBeLessThanOrEqual(2200 + 66_000);
  });

  test('both families share the pace, and first frames of all come first', () => {
    const bench = new Bench({ maxFramesPerSecond: 100 });
    bench.schedule.sync([...rows(5), ...rows6(5)], 0);
    const sent = bench.run(500);
    expect(new Set(sent.slice(0, 10).map((frame) => frame.key)).size).toBe(10);
    expect(sent.slice(0, 10).every(({ round, form }) => round === 0 && form === 'request')).toBe(true);
    expect(sent.length).toBeLessThanOrEqual(51);
  });

  test('a round that pacing delayed shifts the next one: gaps stay', () => {
    const bench = new Bench({ maxFramesPerSecond: 10 });
    bench.schedule.sync(rows6(3), 0);
    const third = bench.run(5000).filter((frame) => frame.key === key6(2));
    expect((third[1]?.atMs ?? 0) - (third[0]?.atMs ?? 0)).toBeGreaterThanOrEqual(50);
  });
});

describe('settings that change while addresses are announced', () => {
  test('no address is announced because of them, and later refreshes come at the new distance', () => {
    const bench = new Bench();
    bench.schedule.sync(rows(20), 0);
    bench.run(10_000);
    bench.schedule.configure(
      { burstMs: [0, 10, 20, 30, 40, 50, 60], refreshMs: 20_000, maxFramesPerSecond: 50 },
      10_000,
    );
    expect(bench.run(15_000)).toEqual([]);
    // The last rounds were at 2.2 s: the next is 18…22 s later.
    const sent = bench.run(25_000);
    expect(new Set(sent.map(({ key: name }) => name)).size).toBe(20);
    expect(sent).toHaveLength(40);
    expect(sent.every(({ atMs }) => atMs >= 2200 + 18_000)).toBe(true);
    // Each is a round of its own: the longer burst is not gone on with.
    expect(bench.run(37_000)).toEqual([]);
  });

  test('refreshes that would have been due long ago are spread over the new distance', () => {
    const bench = new Bench({ refreshMs: 86_400_000 });
    bench.schedule.sync(rows(200), 0);
    bench.run(3_600_000);
    bench.schedule.configure({ ...settings, refreshMs: 10_000 }, bench.nowMs);
    const sent = bench.run(bench.nowMs + 10_000);
    expect(new Set(sent.map(({ key: name }) => name)).size).toBe(200);
    expect(mostInASecond(sent.map(({ atMs }) => atMs))).toBeLessThan(120);
  });

  test('a burst that has begun goes on at the new distances, and ends where the new one does', () => {
    const bench = new Bench();
    bench.schedule.sync(rows(1), 0);
    bench.run(100);
    bench.schedule.configure({ ...settings, burstMs: [0, 50, 300, 400] }, 100);
    expect(bench.run(50_000).map(({ atMs }) => atMs)).toEqual([200, 200, 300, 300]);
    const short = new Bench();
    short.schedule.sync(rows(1), 0);
    short.run(100);
    short.schedule.configure({ ...settings, burstMs: [0] }, 100);
    expect(short.run(50_000)).toEqual([]);
    expect(short.run(70_000)).toHaveLength(2);
  });

  test('a first frame that has not left yet leaves, and another rate holds at once', () => {
    const bench = new Bench();
    bench.schedule.sync(rows(1000), 0);
    bench.run(100);
    bench.schedule.configure({ ...settings, maxFramesPerSecond: 10 }, 100);
    const sent = bench.run(10_100);
    expect(mostInASecond(sent.map(({ atMs }) => atMs))).toBeLessThanOrEqual(10);
    expect(sent.every(({ round }) => round === 0)).toBe(true);
    bench.schedule.configure(settings, bench.nowMs);
    bench.run(bench.nowMs + 3000);
    expect(new Set(bench.sent.filter(({ round }) => round === 0).map(({ key: name }) => name)).size).toBe(1000);
  });
});
