import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { Address6 } from 'ip-address';
import { formatIp, parseIp } from '../../../../native/linux/ip-text.ts';

// Zeros are common in addresses and are what the shortening is about.
const octet = fc.oneof(fc.constant(0), fc.nat(255));
const ipv6 = fc.array(octet, { minLength: 16, maxLength: 16 }).map((list) => Uint8Array.from(list));
const ipv4 = fc.array(octet, { minLength: 4, maxLength: 4 }).map((list) => Uint8Array.from(list));

test('any address is read back from its text', () => {
  fc.assert(
    fc.property(fc.oneof(ipv4, ipv6), (bytes) => {
      expect(parseIp(formatIp(bytes) ?? '')).toEqual(bytes);
    }),
    { seed: 5952, numRuns: 2000 },
  );
});

test('IPv6 text is the canonical one of an independent library', () => {
  fc.assert(
    fc.property(ipv6, (bytes) => {
      expect(formatIp(bytes)).toBe(Address6.fromByteArray([...bytes]).correctForm());
    }),
    { seed: 5952, numRuns: 2000 },
  );
});

test('examples of RFC 5952', () => {
  const canonical = (text: string) => formatIp(parseIp(text) ?? new Uint8Array());
  expect(canonical('2001:DB8:0:0:1:0:0:1')).toBe('2001:db8::1:0:0:1');
  expect(canonical('2001:db8:0:1:1:1:1:1')).toBe('2001:db8:0:1:1:1:1:1');
  expect(canonical('::')).toBe('::');
  expect(canonical('::ffff:192.0.2.1')).toBe('::ffff:c000:201');
});

test('what is no address is null', () => {
  const wrong = [
    '',
    '1',
    '1.2.3',
    '1.2.3.4.5',
    '01.2.3.4',
    '256.1.1.1',
    ' 1.2.3.4',
    '1:2',
    ':::',
    '1::2::3',
    '12345::',
  ];
  for (const text of [
    ...wrong,
    'fe80::1%eth0',
    '1:2:3:4:5:6:7:8:9',
    '1:2:3:4:5:6:7::8:9',
    'g::',
    ':1::',
    '1.2.3.4::',
  ]) {
    expect([text, parseIp(text)]).toEqual([text, null]);
  }
  expect(formatIp(new Uint8Array(5))).toBeNull();
});
