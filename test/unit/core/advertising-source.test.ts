import { describe, expect, test } from 'bun:test';
import { advertisingNote, advertisingSource } from '#core/advertising-source.ts';
import type { InterfaceAddress } from '#model/resources.ts';
import { toHex } from '#wire/bytes.ts';
import { networkInterface } from '../../support/objects.ts';

function source(...addresses: InterfaceAddress[]): string {
  const found = advertisingSource(networkInterface('eth0', { addresses }));
  return typeof found === 'string' ? found : toHex(found);
}

function ipv6(address: string, tentative?: boolean): InterfaceAddress {
  return { family: 'IPv6', address, prefixLength: 64, ...(tentative === undefined ? {} : { tentative }) };
}

const linkLocal = ipv6('fe80::ff:fe00:1');
const global = ipv6('2001:db8::1');
const ipv4: InterfaceAddress = { family: 'IPv4', address: '192.0.2.1', prefixLength: 24 };

describe('advertisingSource()', () => {
  test('is the link-local address, wherever it stands in the list', () => {
    expect(source(ipv4, global, linkLocal)).toBe('fe80000000000000000000fffe000001');
    expect(source(linkLocal)).toBe('fe80000000000000000000fffe000001');
  });
  test('is never a tentative address: another one, or the VIP itself', () => {
    expect(source(ipv6('fe80::1', true), ipv6('fe80::2'))).toBe('fe800000000000000000000000000002');
    expect(source(ipv6('fe80::1', true))).toBe('target');
  });
  test('is the VIP itself on an interface that has other IPv6 addresses alone', () => {
    expect(source(ipv4, global)).toBe('target');
    // fec0::/10 and febf:: are neighbors of fe80::/10; the latter is inside.
    expect(source(ipv6('fec0::1'))).toBe('target');
    expect(source(ipv6('febf::1'))).toBe('febf0000000000000000000000000001');
  });
  test('is none without IPv6', () => {
    expect(source()).toBe('none');
    expect(source(ipv4)).toBe('none');
  });
});

test('advertisingNote() is empty when all is as usual, and tells the rest apart', () => {
  expect(advertisingNote(new Uint8Array(16))).toBe('');
  expect(advertisingNote('target')).toContain('link-local');
  expect(advertisingNote('none')).toContain('no IPv6 address');
});
