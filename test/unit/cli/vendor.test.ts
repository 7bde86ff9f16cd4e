import { describe, expect, test } from 'bun:test';
import { vendorLookup } from '#cli/vendor.ts';

describe('vendorLookup', () => {
  const vendorOf = vendorLookup();

  test('names the vendor of a large block, whatever the case of the MAC', () => {
    expect(vendorOf('3c:07:54:01:02:03')).toBe('Apple, Inc.');
    expect(vendorOf('3C:07:54:01:02:03')).toBe('Apple, Inc.');
  });

  test('the smallest block that fits wins: a divided block names who has the part', () => {
    expect(vendorOf('c8:5c:e2:7a:bc:de')).toBe('SYNERGY SYSTEMS AND SOLUTIONS');
  });

  test('a divided block without the part names nobody, and never the registry', () => {
    for (let part = 0; part < 16; part++) {
      expect(vendorOf(`70:b3:d5:${part.toString(16)}0:00:00`)).not.toBe('IEEE Registration Authority');
    }
  });

  test('a MAC that was made up locally has no vendor', () => {
    expect(vendorOf('02:07:54:01:02:03')).toBeNull();
    expect(vendorOf('3e:07:54:01:02:03')).toBeNull();
  });

  test('a group MAC has no vendor', () => {
    expect(vendorOf('01:00:5e:00:00:fb')).toBeNull();
  });

  test('a MAC of a protocol has no vendor: VRRP is not the IANA, HSRP not a card of Cisco', () => {
    expect(vendorOf('00:00:5e:00:01:0a')).toBeNull();
    expect(vendorOf('00:00:0c:07:ac:01')).toBeNull();
  });

  test('what is no MAC has no vendor', () => {
    for (const text of ['', '3c:07:54', 'constructor', '3c:07:54:01:02:03:04']) expect(vendorOf(text)).toBeNull();
  });
});
