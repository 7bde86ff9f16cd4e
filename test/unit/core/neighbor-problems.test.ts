import { expect, test } from 'bun:test';
import { muteLinks } from '#core/advertising-source.ts';
import { neighborProblems } from '#core/neighbor-problems.ts';
import type { Interface } from '#model/resources.ts';
import type { Snapshot } from '#model/snapshot.ts';
import { address, networkInterface } from '../../support/objects.ts';

const linkLocal = { family: 'IPv6', address: 'fe80::1', prefixLength: 64 } as const;
const speaking = networkInterface('eth0', { addresses: [linkLocal] });
const mute = networkInterface('eth1', { addresses: [] });

/** A snapshot, as far as these functions look at it. */
function snapshot(interfaces: readonly Interface[], rows: readonly (readonly [ip: string, link: string])[]): Snapshot {
  const announcements = rows.map(([ip, name]) => ({
    address: address(ip),
    interface: name,
    services: ['default/web'],
  }));
  return { observed: { interfaces }, desired: { announcements } } as unknown as Snapshot;
}

test('muteLinks() are interfaces without any IPv6 address, and none for IPv4', () => {
  expect([...muteLinks([speaking, mute], 'IPv6')]).toEqual(['eth1']);
  expect([...muteLinks([speaking, mute], 'IPv4')]).toEqual([]);
});

test('an IPv6 address on mute links alone is answered by nobody; one that another link answers is not', () => {
  const both = [speaking, mute];
  expect(neighborProblems(snapshot(both, [['2001:db8::10', 'eth1']]))).toMatchObject([
    { code: 'NOBODY', severity: 'critical', object: 'ip/2001:db8::10' },
  ]);
  const shared = [
    ['2001:db8::10', 'eth0'],
    ['2001:db8::10', 'eth1'],
  ] as const;
  expect(neighborProblems(snapshot(both, shared))).toEqual([]);
  expect(neighborProblems(snapshot(both, [['192.0.2.10', 'eth1']]))).toEqual([]);
  expect(neighborProblems(snapshot([speaking], [['2001:db8::10', 'eth0']]))).toEqual([]);
});
