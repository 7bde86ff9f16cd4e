// Probing before a claim, with a virtual clock.
import { describe, expect, test } from 'bun:test';
import { Pacer } from '#core/pacer.ts';
import { type Candidate, ProbeSchedule, type ProbeStep } from '#core/probe.ts';
import { seeded } from '../../support/seeded.ts';

const a = 'aa';
const candidate = (key: string, generation = 1, family: 4 | 6 = 4): Candidate => ({ key, generation, family });

/** Runs a schedule on a clock of its own. */
class Run {
  readonly schedule: ProbeSchedule;
  nowMs = 1000;

  constructor(random: () => number = () => 0, perSecond = 1000) {
    this.schedule = new ProbeSchedule(new Pacer(perSecond), random);
  }

  sync(keys: readonly Candidate[], profile: 'wired' | 'standard' = 'wired'): void {
    this.schedule.sync(keys, profile, this.nowMs);
  }

  /** Everything that happens until this time, with the time of each step. */
  until(endMs: number, hasHeardAll = true): (ProbeStep & { atMs: number })[] {
    const steps: (ProbeStep & { atMs: number })[] = [];
    for (;;) {
      const step = this.schedule.take(this.nowMs, hasHeardAll);
      if (step) {
        steps.push({ ...step, atMs: this.nowMs });
        continue;
      }
      const next = this.nowMs + Math.max(1, this.schedule.delayMs(this.nowMs));
      if (next > endMs) break;
      this.nowMs = next;
    }
    this.nowMs = endMs;
    return steps;
  }
}

const shape = (steps: readonly (ProbeStep & { atMs: number })[]) => steps.map(({ act, atMs }) => [act, atMs - 1000]);

describe('an address is probed for before it is used', () => {
  test('D-1, ACD-9: profile wired: 3 probes 200 ms apart, clear 300 ms after the last', () => {
    const run = new Run();
    run.sync([candidate(a)]);
    expect(shape(run.until(10_000))).toEqual([
      ['probe', 0],
      ['probe', 200],
      ['probe', 400],
      ['clear', 700],
    ]);
  });
  test('ACD-2: profile standard: the times of RFC 5227, spread evenly over 500 runs', () => {
    const random = seeded(7);
    const waits: number[] = [];
    const gaps: number[] = [];
    for (let i = 0; i < 500; i++) {
      const run = new Run(random);
      run.sync([candidate(a)], 'standard');
      const times = shape(run.until(20_000)).map(([, atMs]) => Number(atMs));
      const [first = 0, second = 0, third = 0, clear = 0] = times;
      expect(times).toHaveLength(4);
      waits.push(first);
      gaps.push(second - first, third - second);
      expect(clear - third).toBeGreaterThanOrEqual(2000);
      expect(clear - third).toBeLessThanOrEqual(2001);
    }
    const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(Math.min(...waits)).toBeLessThan(50);
    expect(Math.max(...waits)).toBeLessThanOrEqual(1001);
    expect(mean(waits)).toBeWithin(450, 550);
    expect(Math.min(...gaps)).toBeWithin(1000, 1020);
    expect(Math.max(...gaps)).toBeWithin(1980, 2002);
    expect(mean(gaps)).toBeWithin(1450, 1550);
  });
  test('ND-6: one probe for IPv6, clear a second later', () => {
    const run = new Run();
    run.sync([candidate(a, 1, 6)]);
    expect(shape(run.until(10_000))).toEqual([
      ['probe', 0],
      ['clear', 1000],
    ]);
  });
  test('D-2, D-3, ACD-3: a conflict at any moment ends it, and nothing is sent any more', () => {
    for (const atMs of [0, 1, 350, 699]) {
      const run = new Run();
      run.sync([candidate(a, 9)]);
      run.until(1000 + atMs);
      expect(run.schedule.conflict(a, run.nowMs)).toBe(9);
      expect(run.until(90_000)).toEqual([]);
      expect(run.schedule.conflict(a, run.nowMs)).toBeNull();
    }
  });
  test('what is concluded is not begun again until its row has another generation', () => {
    const run = new Run();
    run.sync([candidate(a)]);
    run.until(3000);
    run.sync([candidate(a)]);
    expect(run.until(6000)).toEqual([]);
    run.sync([candidate(a, 2)]);
    expect(run.until(9000)).toHaveLength(4);
  });
  test('a row that goes takes its probes with it', () => {
    const run = new Run();
    run.sync([candidate(a), candidate('bb')]);
    run.until(1100);
    run.sync([candidate('bb')]);
    expect(new Set(run.until(9000).map(({ key }) => key))).toEqual(new Set(['bb']));
  });
  test('silence counts only when every frame was looked at, or two seconds later', () => {
    const run = new Run();
    run.sync([candidate(a)]);
    expect(shape(run.until(2500, false))).toHaveLength(3);
    expect(shape(run.until(9000, false))).toEqual([['clear', 2700]]);
  });
  test('D-12: a probe that could not be sent is repeated, and its silence means nothing', () => {
    const run = new Run();
    run.sync([candidate(a)]);
    run.until(1000);
    run.schedule.unsent(a, run.nowMs);
    expect(shape(run.until(9000))).toEqual([
      ['probe', 1000],
      ['probe', 1200],
      ['probe', 1400],
      ['clear', 1700],
    ]);
  });
  test('probes are paced together with all else that the interface sends', () => {
    const run = new Run(() => 0, 100);
    run.sync(Array.from({ length: 300 }, (_, i) => candidate(`k${i}`)));
    const probes = run.until(60_000).filter(({ act }) => act === 'probe');
    expect(probes).toHaveLength(900);
    for (const { atMs } of probes) {
      const within = probes.filter((other) => other.atMs >= atMs && other.atMs < atMs + 1000);
      expect(within.length).toBeLessThanOrEqual(100);
    }
  });
});

test('of many addresses the first are used soon, not all at the end', () => {
  const run = new Run(() => 0, 100);
  run.sync(Array.from({ length: 300 }, (_, i) => candidate(`k${String(i).padStart(3, '0')}`)));
  const clear = run.until(60_000).filter(({ act }) => act === 'clear');
  expect(clear).toHaveLength(300);
  expect(clear[99]?.atMs).toBeLessThan(6000);
  expect(clear[299]?.atMs).toBeLessThan(13_000);
});

describe('D-7, ACD-4: after ten conflicts', () => {
  const conflicts = (run: Run, count: number) => {
    for (let i = 0; i < count; i++) {
      run.sync([candidate(`taken${i}`)]);
      run.until(run.nowMs + 10);
      expect(run.schedule.conflict(`taken${i}`, run.nowMs)).toBe(1);
    }
  };
  const begins = (run: Run, key: string) => {
    const before = run.nowMs;
    run.sync([candidate(key)]);
    const [first] = run.until(run.nowMs + 200_000);
    return (first?.atMs ?? Number.NaN) - before;
  };
  test('nine do not slow anything down', () => {
    const run = new Run();
    conflicts(run, 9);
    expect(begins(run, a)).toBe(0);
  });
  test('one new address a minute, until one turns out to be free', () => {
    const run = new Run();
    conflicts(run, 10);
    expect(begins(run, a)).toBe(60_000);
    expect(begins(run, 'bb')).toBe(0);
  });
  test('D-7: a question about an address that is not to be used waits for nobody and counts for nothing', () => {
    const run = new Run();
    conflicts(run, 10);
    run.sync([{ ...candidate('cc'), isQuestion: true }]);
    expect(run.until(run.nowMs + 5000).map(({ act, key }) => `${act} ${key}`)).toEqual([
      'probe cc',
      'probe cc',
      'probe cc',
      'clear cc',
    ]);
    expect(begins(run, a)).toBe(55_000);
    const other = new Run();
    conflicts(other, 9);
    other.sync([{ ...candidate('cc'), isQuestion: true }]);
    other.schedule.conflict('cc', other.nowMs);
    expect(begins(other, a)).toBe(0);
  });
  test('each further conflict costs another minute', () => {
    const run = new Run();
    conflicts(run, 10);
    run.sync([candidate(a), candidate('bb')]);
    const startMs = run.nowMs;
    const [first] = run.until(startMs + 60_000);
    expect(first).toMatchObject({ act: 'probe', key: a, atMs: startMs + 60_000 });
    run.schedule.conflict(a, run.nowMs);
    expect(run.until(startMs + 119_000)).toEqual([]);
    expect(run.until(startMs + 120_000)).toMatchObject([{ act: 'probe', key: 'bb' }]);
  });
  test('candidates that had not begun wait, too', () => {
    const run = new Run(() => 0, 10);
    run.sync(Array.from({ length: 30 }, (_, i) => candidate(`k${String(i).padStart(2, '0')}`)));
    run.until(1450);
    for (let i = 0; i < 10; i++) {
      expect(run.schedule.conflict(`k${String(i).padStart(2, '0')}`, run.nowMs)).toBe(1);
    }
    expect(run.until(run.nowMs + 59_000)).toEqual([]);
    expect(run.until(run.nowMs + 1100)).toMatchObject([{ act: 'probe', key: 'k10' }]);
  });
});
