import { expect, test } from 'bun:test';
import { groupProblems } from '#core/group-problems.ts';
import type { GroupReport } from '#model/election.ts';

const idle = { phase: 'backup', term: 0, sinceMs: 0, priority: 254, leader: null, provisionalUntilMs: 0 } as const;
const report = (group: number, refused: string): GroupReport => ({ ...idle, group, refused });

test('a group that a foreign router keeps from us is a critical problem that names the router and the id', () => {
  const reports = new Map([['eth0', [report(130, ''), report(256 + 131, 'fe80::9')]]]);
  expect(groupProblems(reports)).toMatchObject([{ code: 'GROUP', severity: 'critical', object: 'interface/eth0' }]);
  expect(groupProblems(reports)[0]?.message).toContain('fe80::9 uses virtual router id 131');
});
