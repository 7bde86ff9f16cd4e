// Addresses: text to number and back, judged by an independent library.
import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { Address4, Address6 } from 'ip-address';
import { formatAddress, parseAddress } from '#model/address.ts';

const seed = 20_260_104;
const value6 = fc.oneof(
  fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }),
  // Mostly zero groups: there the shortening rules of RFC 5952 §4 decide.
  fc
    .array(fc.oneof({ weight: 3, arbitrary: fc.constant(0n) }, fc.bigInt({ min: 0n, max: 0xffffn })), {
      minLength: 8,
      maxLength: 8,
    })
    .map((groups) => groups.reduce((all, group) => (all << 16n) | group, 0n)),
);

describe('IPv6', () => {
  test('is written in the canonical form', () => {
    fc.assert(
      fc.property(value6, (value) => {
        expect(formatAddress({ family: 'IPv6', value })).toBe(Address6.fromBigInt(value).correctForm());
      }),
      { seed, numRuns: 10_000 },
    );
  });

  test('is read in every form that the library knows', () => {
    fc.assert(
      fc.property(value6, (value) => {
        const address = Address6.fromBigInt(value);
        for (const text of [
          address.correctForm(),
          address.canonicalForm(),
          address.correctForm().toUpperCase(),
          address.to4in6(),
        ]) {
          expect(parseAddress(text)).toEqual({ family: 'IPv6', value });
        }
      }),
      { seed, numRuns: 3000 },
    );
  });
});

test('whatever the text, the answer is that of the library, zones and octal-looking octets apart', () => {
  const text = fc.oneof(
    fc.string({ maxLength: 20 }),
    fc
      .array(fc.constantFrom('0', '1', 'ff', ':', '::', '.', '12345', 'g', '255', '256'), { maxLength: 12 })
      .map((parts) => parts.join('')),
    fc.ipV4(),
    fc.ipV6(),
  );
  fc.assert(
    fc.property(text, (candidate) => {
      const parsed = parseAddress(candidate);
      if (/[%/[\]]|(?:^|\.)0\d/.test(candidate)) return;
      const valid = candidate.includes(':') ? Address6.isValid(candidate) : Address4.isValid(candidate);
      // The library also reads fewer than four octets.
      const counted = candidate.includes(':') || candidate.split('.').length === 4;
      expect(parsed !== null).toBe(valid && counted);
    }),
    { seed, numRuns: 20_000 },
  );
});

test.each(['010.0.0.1', '10.0.0.1/32', 'fe80::1%eth0', '[::1]', '', ' 10.0.0.1', '10.0.0', '1::2::3', ':::'])(
  '%p is no address',
  (text) => {
    expect(parseAddress(text)).toBeNull();
  },
);

test('100,000 digits are no address', () => {
  expect(parseAddress('0'.repeat(100_000))).toBeNull();
});
