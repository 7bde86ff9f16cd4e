// Solicited-node groups, judged by the kernel's own list and by the MLD reports that a neighbor sees.
// Read RFC 3810 §5.2 before changing this file.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { execFileSync } from 'node:child_process';
import { MulticastGroups } from '#native/linux/multicast-groups.ts';
import { addNamespace, labMissing, removeNamespace } from '../support/linux-lab.ts';
import { inside, ip } from '../support/native-namespace.ts';

const missing = labMissing();
const skipped = missing === null ? '' : ` (skipped: ${missing})`;
const box = `ll-mcg${process.pid}a`;
const peer = `ll-mcg${process.pid}b`;

describe.skipIf(missing !== null)(`MulticastGroups${skipped}`, () => {
  let index = 0;
  let groups: MulticastGroups;

  const connect = () => {
    execFileSync('ip', ['link', 'add', 'eth0', 'netns', box, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', peer]);
    for (const namespace of [box, peer]) ip(namespace, 'link set eth0 up');
    index = Number(/^(\d+):/.exec(ip(box, '-o link show dev eth0'))?.[1]);
  };
  beforeAll(() => {
    for (const namespace of [box, peer]) addNamespace(namespace);
    connect();
    groups = new MulticastGroups();
  });
  afterAll(() => {
    groups?.close();
    for (const namespace of [box, peer]) removeNamespace(namespace);
  });

  const apply = (...suffixes: number[]) =>
    inside(box, () => groups.apply([{ interface: 'eth0', index, suffixes: new Set(suffixes) }]));
  /** Those of ours: the kernel's own end in its MAC. */
  const joined = () =>
    [...ip(box, '-6 maddr show dev eth0').matchAll(/ff02::1:ff00:([0-9a-f]+)\s/g)].map(([, low]) => low);
  const allMulticast = () => /allmulti 1/.test(ip(box, '-d link show dev eth0'));

  test('what is wanted is joined, what is not any more is left, again changes nothing', () => {
    expect(apply(0x10, 0x11)).toEqual(new Map());
    expect(joined().sort()).toEqual(['10', '11']);
    expect(apply(0x10, 0x11)).toEqual(new Map());
    expect(apply(0x11, 0x12)).toEqual(new Map());
    expect(joined().sort()).toEqual(['11', '12']);
    expect(apply()).toEqual(new Map());
    expect(joined()).toEqual([]);
  });

  test('N-7: memberships live through a link bounce', () => {
    apply(0x10);
    ip(box, 'link set eth0 down');
    ip(box, 'link set eth0 up');
    apply(0x10);
    expect(joined()).toEqual(['10']);
  });

  test('memberships that the kernel forgot are joined anew', () => {
    apply(0x10);
    // A link too small for IPv6 loses it, with everything that was joined.
    ip(box, 'link set eth0 mtu 1000');
    expect(joined()).toEqual([]);
    ip(box, 'link set eth0 mtu 1500');
    apply(0x10);
    expect(joined()).toEqual(['10']);
  });

  test('an interface that was made anew is joined anew', () => {
    apply(0x10);
    ip(box, 'link del eth0');
    connect();
    expect(apply(0x10)).toEqual(new Map());
    expect(joined()).toEqual(['10']);
  });

  test('more groups than are good: 64 are joined, and all multicast is received, until they are fewer', () => {
    const many = Array.from({ length: 100 }, (_, i) => 0x100 + i);
    expect(apply(...many).get('eth0')).toContain('36 solicited-node groups are not joined (more than 64)');
    expect(joined().length).toBe(64);
    expect(allMulticast()).toBe(true);
    expect(apply(...many.slice(0, 64))).toEqual(new Map());
    expect(joined().length).toBe(64);
    expect(allMulticast()).toBe(false);
  });

  test('an interface that does not exist is told, nothing is thrown', () => {
    const faults = inside(box, () => groups.apply([{ interface: 'eth9', index: 999, suffixes: new Set([1]) }]));
    expect(faults.get('eth9')).toContain('1 solicited-node groups are not joined');
    expect(joined()).toEqual([]);
  });

  test('close() leaves everything', () => {
    apply(...Array.from({ length: 100 }, (_, i) => i));
    groups.close();
    expect(joined()).toEqual([]);
    expect(allMulticast()).toBe(false);
  });
});
