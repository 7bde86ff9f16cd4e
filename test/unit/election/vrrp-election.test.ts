import { expect, test } from 'bun:test';
import { VrrpElection } from '#election/vrrp-election.ts';
import type { ElectionSettings } from '#model/election.ts';
import type { ElectionWorld } from '#ports/election.ts';
import { SharedTextReader } from '#table/shared-text.ts';
import { address } from '../../support/objects.ts';
import { lan, vrrpConfig } from '../../support/vrrp-world.ts';

const groups = Array.from({ length: 510 }, (_, i) => (i < 255 ? i + 1 : i + 2));

function world(boxes: readonly string[]): ElectionWorld {
  const row = {
    address: address('10.0.0.1'),
    services: [],
    policies: [],
    interface: 'eth1',
    leads: true,
    refusal: null,
  };
  return {
    candidacies: groups.map((group) => ({ ...row, group })),
    interfaces: [lan('eth1', 1)],
    vrrp: vrrpConfig().election.vrrp,
    pinned: new Set(),
    boxesOn: () => boxes,
    priorityOf: () => 254,
  };
}

test('settings of all groups, with orders, and of as many boxes as are listed reach the worker', () => {
  let wakes = 0;
  const election = new VrrpElection(
    () => void wakes++,
    () => {},
  );
  const boxes = Array.from({ length: 64 * 32 }, (_, i) => `2001:db8:aaaa:bbbb:cccc:dddd:eeee:${i.toString(16)}`);
  election.apply(world([]));
  for (const group of groups)
    election.order('eth1', group, 'take', { from: '2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff', provisionalMs: 30_000 });
  election.apply(world(boxes));
  const text = new SharedTextReader(election.settings('eth1') ?? new SharedArrayBuffer(8)).take();
  const settings: ElectionSettings | null = text === null ? null : JSON.parse(text);
  expect(settings?.boxes.length).toBe(boxes.length);
  expect(settings?.groups.at(-1)?.order).toMatchObject({ serial: 510, act: 'take' });
  expect(wakes).toBe(512);
});
