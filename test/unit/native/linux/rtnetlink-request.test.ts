import { describe, expect, test } from 'bun:test';
import { readAttributes, readMessages } from '../../../../native/linux/netlink-message.ts';
import { parseAddress } from '../../../../native/linux/rtnetlink-codec.ts';
import {
  emitAddressDump,
  emitDeleteAddress,
  emitLinkDump,
  emitNewAddress,
  emitRouteDump,
} from '../../../../native/linux/rtnetlink-request.ts';

const hex = (bytes: Uint8Array | null) => Buffer.from(bytes ?? new Uint8Array()).toString('hex');

function only(bytes: Uint8Array | null) {
  const [message] = [...readMessages(bytes ?? new Uint8Array())];
  if (message === undefined) throw new Error('no message');
  return message;
}

test('a link dump asks for all links without their counters', () => {
  expect(hex(emitLinkDump(7))).toBe(`28000000120001030700000000000000${'00'.repeat(16)}08001d0008000000`);
});

test('address and route dumps carry their family', () => {
  expect(hex(emitAddressDump(1))).toBe(`18000000160001030100000000000000${'00'.repeat(8)}`);
  expect(hex(emitRouteDump(2, 'IPv6'))).toBe(`1c0000001a00010302000000000000000a${'00'.repeat(11)}`);
});

describe('emitNewAddress()', () => {
  const vip = { ifindex: 1, address: '192.0.2.50', prefixLength: 32, label: 'lo:lanlord', scope: 254, protocol: 108 };

  test('reads back as the address it was made from', () => {
    expect(parseAddress(only(emitNewAddress(1, vip)))).toEqual({
      index: 1,
      family: 'IPv4',
      address: '192.0.2.50',
      prefixLength: 32,
      scope: 254,
      label: 'lo:lanlord',
      flags: 0x202,
      tentative: false,
      protocol: 108,
    });
  });

  test('never replaces an address that is there', () => {
    expect(only(emitNewAddress(1, vip)).flags).toBe(0x605);
  });

  test('an IPv6 address has no label', () => {
    const parsed = parseAddress(only(emitNewAddress(1, { ...vip, address: '2001:db8::50', prefixLength: 128 })));
    expect(parsed).toMatchObject({ address: '2001:db8::50', label: null, prefixLength: 128 });
  });

  test('a deprecated address has preferred lifetime 0 and is valid for ever', () => {
    const message = only(emitNewAddress(1, { ...vip, deprecated: true }));
    const cache = [...readAttributes(message.payload.subarray(8))].find(({ type }) => type === 6);
    expect(hex(cache?.value ?? null)).toBe('00000000ffffffff0000000000000000');
  });

  test('text that is no address gives null', () => {
    for (const address of ['', 'lo', '192.0.2', '192.0.2.256', '2001:db8::1::2', '192.0.2.1/32']) {
      expect(emitNewAddress(1, { ...vip, address })).toBeNull();
      expect(emitDeleteAddress(1, { ...vip, address })).toBeNull();
    }
  });
});

test('emitDeleteAddress() names the label, so that another address is never deleted', () => {
  const request = emitDeleteAddress(1, { ifindex: 1, address: '192.0.2.50', prefixLength: 32, label: 'lo:lanlord' });
  expect(parseAddress(only(request))).toMatchObject({ label: 'lo:lanlord', address: '192.0.2.50' });
});
