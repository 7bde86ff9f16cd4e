// Which groups are reported when, with a virtual clock.
import { describe, expect, test } from 'bun:test';
import { GroupReportSchedule } from '#core/group-report-schedule.ts';
import { GroupRecord } from '#wire/mld.ts';

const never = () => false;
const { isExclude, toInclude, toExclude } = GroupRecord;

function schedule(random = () => 0.5): GroupReportSchedule {
  return new GroupReportSchedule(random);
}

const take = (one: GroupReportSchedule, nowMs: number, most = 72, reports = 10) =>
  one.take(nowMs, most, reports).map(({ type, suffixes }) => [type, ...suffixes]);

describe('GroupReportSchedule', () => {
  test('a group that comes is told at once and again within a second, then no more', () => {
    const one = schedule();
    one.set(new Set([1, 2]), never, 1000);
    expect(take(one, 1000)).toEqual([[toExclude, 1, 2]]);
    expect(take(one, 1499)).toEqual([]);
    expect(take(one, 1500)).toEqual([[toExclude, 1, 2]]);
    expect(take(one, 100_000)).toEqual([]);
    one.set(new Set([1, 2]), never, 100_000);
    expect(take(one, 100_000)).toEqual([]);
  });

  test('a group that goes is told twice, unless it stays joined in another way', () => {
    const one = schedule();
    one.set(new Set([1, 2]), never, 0);
    take(one, 0);
    one.set(new Set(), (group) => group === 2, 100);
    expect(take(one, 100)).toEqual([[toInclude, 1]]);
    expect(one.isOver()).toBe(false);
    expect(take(one, 600)).toEqual([[toInclude, 1]]);
    expect(one.isOver()).toBe(true);
  });

  test('a general query is answered about all groups within its time, one of a group about that', () => {
    const one = schedule();
    one.set(new Set([1, 2]), never, 0);
    take(one, 0);
    take(one, 1000);
    one.query({ suffix: null, maxDelayMs: 10_000 }, 2000);
    expect(take(one, 6999)).toEqual([]);
    expect(take(one, 7000)).toEqual([[isExclude, 1, 2]]);
    one.query({ suffix: 2, maxDelayMs: 1000 }, 8000);
    one.query({ suffix: 9, maxDelayMs: 1000 }, 8000);
    expect(take(one, 8500)).toEqual([[isExclude, 2]]);
    expect(take(one, 100_000)).toEqual([]);
  });

  test('a query makes an answer that waits come sooner, never later', () => {
    const one = schedule();
    one.set(new Set([1]), never, 0);
    take(one, 0);
    take(one, 1000);
    one.query({ suffix: null, maxDelayMs: 10_000 }, 2000);
    one.query({ suffix: 1, maxDelayMs: 1000 }, 2000);
    expect(take(one, 2500)).toEqual([[isExclude, 1]]);
    one.query({ suffix: 1, maxDelayMs: 1000 }, 3000);
    one.query({ suffix: null, maxDelayMs: 10_000 }, 3000);
    expect(take(one, 3500)).toEqual([[isExclude, 1]]);
  });

  test('ten thousand groups leave in full reports, as many as are allowed at a time', () => {
    const one = schedule(() => 1);
    one.set(new Set(Array.from({ length: 10_000 }, (_, i) => i)), never, 0);
    let told = 0;
    for (let nowMs = 0; nowMs < 1000; nowMs += 50) {
      const reports = take(one, nowMs);
      expect(reports.length).toBeLessThanOrEqual(10);
      for (const [, ...groups] of reports) told += groups.length;
    }
    expect(told).toBe(10_000);
  });

  test('a link that is back is told everything again', () => {
    const one = schedule();
    one.set(new Set([1]), never, 0);
    take(one, 0);
    take(one, 1000);
    one.again(5000);
    expect(take(one, 5000)).toEqual([[toExclude, 1]]);
    expect(take(one, 5500)).toEqual([[toExclude, 1]]);
  });
});
