import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { type NetlinkMessage, readMessages } from '../../../../native/linux/netlink-message.ts';
import { parseAddress, parseLink, parseRoute } from '../../../../native/linux/rtnetlink-codec.ts';
import recorded from '../../../fixtures/rtnetlink.json';

const bytesOf = (name: keyof typeof recorded) => new Uint8Array(Buffer.from(recorded[name], 'hex'));

function messageOf(name: keyof typeof recorded): NetlinkMessage {
  const [message, ...more] = [...readMessages(bytesOf(name))];
  if (message === undefined || more.length > 0) throw new Error(`${name}: not one message`);
  return message;
}

describe('messages recorded from Linux 6.18', () => {
  test('a veth that is a bridge port has its peer-less facts, kind, slave kind and master', () => {
    expect(parseLink(messageOf('link v0'))).toMatchObject({
      family: 0,
      name: 'v0',
      mac: '02:00:00:00:00:10',
      up: true,
      carrier: true,
      loopback: false,
      arp: true,
      type: 1,
      kind: 'veth',
      slaveKind: 'bridge',
      master: 2,
      mtu: 1500,
      wirelessEvent: false,
    });
  });

  test('loopback has no MAC, although the kernel sends six zeros', () => {
    expect(parseLink(messageOf('link lo'))).toMatchObject({
      name: 'lo',
      mac: '',
      loopback: true,
      type: 772,
      kind: null,
    });
  });

  test('an IPv4 address on lo keeps its label and host scope', () => {
    expect(parseAddress(messageOf('address 192.0.2.50'))).toMatchObject({
      index: 1,
      family: 'IPv4',
      address: '192.0.2.50',
      prefixLength: 32,
      scope: 254,
      label: 'lo:lanlord',
    });
  });

  test('a point-to-point address is the local end, not the far one', () => {
    expect(parseAddress(messageOf('address 198.51.100.1'))?.address).toBe('198.51.100.1');
  });

  test('an IPv6 address has no label', () => {
    expect(parseAddress(messageOf('address 2001:db8::2'))).toMatchObject({
      family: 'IPv6',
      prefixLength: 64,
      scope: 0,
      label: null,
    });
  });

  test('a multipath default route gives both gateways with their interface', () => {
    const route = parseRoute(messageOf('route IPv4 192.0.2.1,192.0.2.9'));
    expect(route).toMatchObject({ family: 'IPv4', destinationLength: 0, unicast: true });
    expect(route?.hops.map(({ gateway }) => gateway)).toEqual(['192.0.2.1', '192.0.2.9']);
    expect(route?.hops.every(({ index }) => index === 3)).toBe(true);
  });

  test('an IPv6 default route gives its gateway', () => {
    expect(parseRoute(messageOf('route IPv6 2001:db8::1'))?.hops).toEqual([{ index: 3, gateway: '2001:db8::1' }]);
  });
});

describe('damaged input', () => {
  const parsers = [parseLink, parseAddress, parseRoute];

  test('every truncation of every recorded datagram reads as no message', () => {
    for (const name of Object.keys(recorded) as (keyof typeof recorded)[]) {
      const bytes = bytesOf(name);
      for (let length = 0; length < bytes.length; length++) {
        expect([...readMessages(bytes.subarray(0, length))]).toEqual([]);
      }
    }
  });

  test('every truncation of every recorded payload is parsed without throwing', () => {
    for (const name of Object.keys(recorded) as (keyof typeof recorded)[]) {
      const whole = messageOf(name);
      for (let length = 0; length < whole.payload.length; length++) {
        const cut = { ...whole, payload: whole.payload.subarray(0, length) };
        for (const parse of parsers) expect(() => parse(cut)).not.toThrow();
      }
    }
  });

  test('a truncated address never becomes another address', () => {
    for (const name of ['address 192.0.2.50', 'address 2001:db8::2'] as const) {
      const whole = messageOf(name);
      for (let length = 0; length < whole.payload.length; length++) {
        const parsed = parseAddress({ ...whole, payload: whole.payload.subarray(0, length) });
        expect([undefined, name.slice('address '.length)]).toContain(parsed?.address);
      }
    }
  });

  test('any bytes at any place are parsed without throwing', () => {
    const names = Object.keys(recorded) as (keyof typeof recorded)[];
    const damage = fc.array(fc.tuple(fc.nat(2000), fc.nat(255)), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(fc.constantFrom(...names), damage, (name, changes) => {
        const bytes = bytesOf(name);
        for (const [at, value] of changes) bytes[at % bytes.length] = value;
        for (const message of readMessages(bytes)) for (const parse of parsers) parse(message);
      }),
      { seed: 3549, numRuns: 2000 },
    );
  });

  test('pure noise is parsed without throwing and ends', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const payload = bytes;
        for (const parse of parsers) parse({ type: 16, flags: 0, sequence: 1, port: 0, payload });
        expect([...readMessages(bytes)].length).toBeLessThanOrEqual(bytes.length / 16);
      }),
      { seed: 3549 },
    );
  });
});
