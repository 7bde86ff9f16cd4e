// Rows that are answered, and what is told of them, from round to round.
import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { AnsweredRows } from '#daemon/answered-rows.ts';
import { EntryTally } from '#daemon/entry-tally.ts';
import { LeadingRows } from '#daemon/leading-rows.ts';
import type { Announcement } from '#model/snapshot.ts';
import { address } from '../../support/objects.ts';

const rowOf = (ip: string, name = 'eth0'): Announcement => ({
  address: address(ip),
  interface: name,
  services: ['a/web'],
  policies: ['all'],
  group: 0,
});

test('a row is led from the round in which it came, under a term that counts its comings', () => {
  const leading = new LeadingRows();
  const [one, two] = [rowOf('10.0.0.1'), rowOf('10.0.0.2')];
  const told = (rows: readonly Announcement[], timeMs: number) => {
    const tally = new EntryTally();
    const led = leading.follow(rows, timeMs, tally);
    return { led: [...led], messages: tally.list().map(({ message }) => message) };
  };
  expect(told([one], 1000).messages).toEqual(['Answering for 10.0.0.1 on eth0']);
  expect(told([{ ...one, services: ['a/other'] }, two], 2000)).toEqual({
    led: [
      ['10.0.0.1%eth0', { sinceMs: 1000, term: 1 }],
      ['10.0.0.2%eth0', { sinceMs: 2000, term: 1 }],
    ],
    messages: ['Answering for 10.0.0.2 on eth0'],
  });
  expect(told([two], 3000).messages).toEqual(['No longer answering for 10.0.0.1 on eth0']);
  expect(new Map(told([one, two], 4000).led).get('10.0.0.1%eth0')).toEqual({ sinceMs: 4000, term: 2 });
  expect(told([one, two], 5000).messages).toEqual([]);
});

test('answered is what is planned and live, whatever happened before', () => {
  const ips = ['10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.0.4'];
  const names = ['eth0', 'eth1'];
  const all = names.flatMap((name) => ips.map((ip) => rowOf(ip, name)));
  const step = fc.record({
    planned: fc.subarray(all),
    live: fc.record({ eth0: fc.subarray(ips), eth1: fc.option(fc.subarray(ips)) }),
  });
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 8 }), (steps) => {
      const answered = new AnsweredRows();
      for (const { planned, live } of steps) {
        const sights = Object.entries(live).flatMap(([name, list]) =>
          list ? [{ interface: name, live: list, concluded: [], claimants: [] }] : [],
        );
        const keys = new Set(sights.flatMap((sight) => sight.live.map((ip) => `${ip}%${sight.interface}`)));
        const rows = answered.of(planned, sights);
        const last = (row: Announcement) => Number(row.address.value & 0xffn);
        expect(rows).toEqual(planned.filter((row) => keys.has(`10.0.0.${last(row)}%${row.interface}`)));
        expect(answered.of(planned, sights)).toBe(rows);
      }
    }),
    { seed: 11, numRuns: 1000 },
  );
});
