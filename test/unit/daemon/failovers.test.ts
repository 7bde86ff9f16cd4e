// The order in which changes of leadership are told.
import { expect, test } from 'bun:test';
import { EntryTally } from '#daemon/entry-tally.ts';
import { Failovers } from '#daemon/failovers.ts';
import { LeadingRows } from '#daemon/leading-rows.ts';
import type { GroupMove } from '#model/election.ts';
import type { JournalEntry } from '#model/journal.ts';
import type { Announcement } from '#model/snapshot.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { address } from '../../support/objects.ts';

const row: Announcement = {
  address: address('10.0.0.1'),
  interface: 'eth0',
  services: ['a/web'],
  policies: ['all'],
  group: 137,
};

test('an address that is handed on before its own story is complete is told as come, then as gone', () => {
  const told: JournalEntry[] = [];
  const clock = new FakeClock();
  const failovers = new Failovers({ clock, log: { write() {} }, nameOf: () => 'edge-2' });
  failovers.attach('edge-1', (entries) => told.push(...entries));
  const leading = new LeadingRows(failovers);
  const round = (rows: readonly Announcement[], timeMs: number) => {
    const tally = new EntryTally();
    leading.follow(rows, timeMs, tally);
    told.push(...tally.list());
  };
  const move = (isHere: boolean, cause: string): GroupMove =>
    ({ group: 137, isHere, cause, detectMs: null, term: 1, other: isHere ? null : '10.0.0.9' }) as GroupMove;
  failovers.hear('eth0', { kind: 'move', move: move(true, 'start') });
  round([row], 1000);
  failovers.hear('eth0', { kind: 'move', move: move(false, 'handed_over') });
  round([], 1030);
  expect(told.map(({ kind, timeMs }) => `${kind} ${timeMs}`)).toEqual(['leader.acquired 1000', 'leader.lost 1030']);
  expect(told.map(({ fields }) => fields['to'])).toEqual(['edge-1', 'edge-2']);
});
