import { expect, test } from 'bun:test';
import { viewPrints } from '#control/view-prints.ts';
import type { GroupView } from '#model/group-view.ts';
import { daemonView } from '../../support/daemon-view.ts';

const group: GroupView = {
  ...{ interface: 'eth0', group: 51, phase: 'backup', leader: { name: null, address: '192.0.2.9' } },
  ...{ term: 1, sinceMs: 0, priority: 90 },
};
const print = (differences: GroupView['differences']) =>
  viewPrints(daemonView({ groups: [differences ? { ...group, differences } : group] })).groups;

test('a router that begins or ceases to differ changes what watchers of leaders are told', () => {
  const differs = { what: 'interval', sender: '192.0.2.9', groups: [51], heard: '1000', own: '100' } as const;
  expect(print([])).toBe(print(undefined));
  const texts = new Set([
    print([]),
    print([differs]),
    print([{ ...differs, heard: '2000' }]),
    print([differs, differs]),
  ]);
  expect(texts.size).toBe(4);
});
