import { expect, test } from 'bun:test';
import { electionComment, electionRow } from '#capture/election-frame.ts';
import { parseFilter } from '#model/filter.ts';
import { rowTest } from '#model/filter-match.ts';
import { fromHex } from '../../support/frames.ts';
import { goldenVrrp, vrrpFrame } from '../../support/vrrp-frames.ts';

const ear = { isOn: true, peers: [] };
const golden = fromHex(goldenVrrp.pseudo);
const peer = Uint8Array.of(192, 0, 2, 2);

test('a comment: what the advertisement says, and of one that was heard whether it counts', () => {
  const text = 'VRRP router 51 by 192.0.2.1: priority 254, every 100 ms';
  expect(electionComment({ frame: golden, direction: 'out' }, ear)).toBe(text);
  expect(electionComment({ frame: golden, direction: 'in' }, ear)).toBe(`heard: ${text}`);
  expect(electionComment({ frame: golden, direction: 'in' }, { isOn: false, peers: [] })).toBe(`ignored: ${text}`);
  expect(electionComment({ frame: golden, direction: 'in' }, { isOn: true, peers: [peer] })).toBe(`not_peer: ${text}`);
});

test('a frame that is dropped says why, and one to a peer alone is read', () => {
  const comment = (frame: Uint8Array, peers: readonly Uint8Array[] = []) =>
    electionComment({ frame, direction: 'in' }, { isOn: true, peers });
  expect(comment(vrrpFrame({ ttl: 254 }))).toBe('ttl: VRRP frame that cannot be read (ttl)');
  expect(comment(vrrpFrame({ wrong: 1 }))).toBe('checksum: VRRP frame that cannot be read (checksum)');
  const unicast = vrrpFrame({ destination: 'c0000201' });
  expect(comment(unicast)).toBe('destination: VRRP router 51 by 192.0.2.2: priority 100, every 100 ms');
  expect(comment(unicast, [peer])).toStartWith('heard: ');
  const unicast6 = vrrpFrame({ family: 6, destination: 'fe800000000000000000000000000001' });
  expect(comment(unicast6)).toStartWith('destination: VRRP router 51 by fe80::2');
});

test('filters know it by kind, sender, list, MAC, direction, operation and verdict', () => {
  const stamp = { seconds: 1000, microseconds: 0, wireLength: 60 };
  const fits = (text: string, frame = golden, direction: 'in' | 'out' = 'in') => {
    const parsed = parseFilter(text);
    if (!parsed.ok) throw new Error(text);
    return rowTest(parsed.filter)(electionRow({ frame, direction, interface: 'eth1', stamp }, ear, 1_002_000));
  };
  for (const text of [
    'kind:vrrp',
    'vip:192.0.2.1',
    'vip:192.0.0.8',
    'mac:02:00:00:00:00:01',
    'iface:eth1 family:4 dir:in',
    'op:advertisement -op:goodbye',
    'verdict:heard',
    'age>1s',
  ]) {
    expect({ text, fits: fits(text) }).toEqual({ text, fits: true });
  }
  for (const text of ['kind:arp', 'vip:192.0.2.10', 'dir:out', 'verdict:ours', 'vlan:10']) {
    expect({ text, fits: fits(text) }).toEqual({ text, fits: false });
  }
  expect(fits('op:goodbye', vrrpFrame({ priority: 0 }))).toBe(true);
  expect(fits('verdict:ours dir:out', golden, 'out')).toBe(true);
  expect(fits('family:6 vip:fe80::200:5eff:fe00:233', fromHex(goldenVrrp.ipv6))).toBe(true);
  expect(fits('verdict:ttl', vrrpFrame({ ttl: 254 }))).toBe(true);
});
