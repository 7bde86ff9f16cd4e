import { expect, test } from 'bun:test';
import { groupViews } from '#daemon/group-views.ts';
import type { GroupReport } from '#model/election.ts';

const report: GroupReport = {
  ...{ group: 130, phase: 'backup', term: 2, sinceMs: 5000, priority: 238, refused: '', provisionalUntilMs: 0 },
  leader: { address: '192.0.2.2', priority: 254 },
};

test('since when a group is led does not flicker with the clocks; a wall clock that is set counts', () => {
  let wallMs = 1_000_000;
  const clock = { wallMs: () => wallMs, monotonicMs: () => 10_000, setTimeout: () => () => {} };
  const election = { reports: () => new Map([['eth0', [report]]]), differences: () => new Map() };
  const since = () => groupViews('a', { election, clock, peers: () => [] })[0]?.sinceMs;
  expect(since()).toBe(995_000);
  wallMs += 1;
  expect(since()).toBe(995_000);
  wallMs += 30_000;
  expect(since()).toBe(1_025_001);
});
