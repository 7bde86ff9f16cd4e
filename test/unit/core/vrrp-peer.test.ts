import { describe, expect, test } from 'bun:test';
import { advertisedList, anchor, checksumToSend, isForeignRouter } from '#core/vrrp-peer.ts';
import { formatAddress, type IpAddress, parseAddress } from '#model/address.ts';
import { toHex } from '#wire/bytes.ts';

function address(text: string): IpAddress {
  const parsed = parseAddress(text);
  if (!parsed) throw new Error(`no address: ${text}`);
  return parsed;
}

test('the anchor never changes with what is announced: 192.0.0.8, and the link-local address of the virtual MAC', () => {
  expect(formatAddress(anchor('IPv4', 51))).toBe('192.0.0.8');
  expect(formatAddress(anchor('IPv6', 51))).toBe('fe80::200:5eff:fe00:233');
  expect(formatAddress(anchor('IPv6', 255))).toBe('fe80::200:5eff:fe00:2ff');
});

test('a configured list replaces it, per family, link-local first (V-13)', () => {
  const configured = ['192.0.2.10', '2001:db8::10', 'fe80::10', '192.0.2.11'].map(address);
  expect(advertisedList('IPv4', 1, configured).map(toHex)).toEqual(['c000020a', 'c000020b']);
  expect(advertisedList('IPv6', 1, configured).map(toHex)).toEqual([
    'fe800000000000000000000000000010',
    '20010db8000000000000000000000010',
  ]);
  expect(advertisedList('IPv6', 51, [address('192.0.2.10')]).map(toHex)).toEqual(['fe8000000000000002005efffe000233']);
});

test('the checksum is as configured, or as the peer has it; before anybody is heard, with the pseudo-header', () => {
  expect(checksumToSend('auto', null)).toBe('pseudo');
  expect(checksumToSend('auto', 'rfc9568')).toBe('rfc9568');
  expect(checksumToSend('auto', 'pseudo')).toBe('pseudo');
  expect(checksumToSend('pseudo', 'rfc9568')).toBe('pseudo');
  expect(checksumToSend('rfc9568', 'pseudo')).toBe('rfc9568');
});

describe('foreign virtual routers', () => {
  const nobody = { isKnownBox: false, listsOurs: false, hasConfiguredList: false, isPinned: false };
  test('an unknown sender with a list that is not ours', () => {
    expect(isForeignRouter(nobody)).toBe(true);
  });
  test('not one of our boxes, our list, or a router of another make that we were told to expect', () => {
    for (const fact of ['isKnownBox', 'listsOurs', 'hasConfiguredList', 'isPinned']) {
      expect(isForeignRouter({ ...nobody, [fact]: true })).toBe(false);
    }
  });
});
