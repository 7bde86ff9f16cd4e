import { describe, expect, test } from 'bun:test';
import { toHex } from '#wire/bytes.ts';
import { isSolicitedNode, isUnspecified } from '#wire/ipv6.ts';
import { NdpDrop, ndpOffset } from '#wire/ndp.ts';
import { emitSolicited, emitToProber, emittedLength, emitUnsolicited } from '#wire/ndp-emit.ts';
import { emitNeighborProbe } from '#wire/ndp-probe.ts';
import { describeNdp, type Ndp, parseNdp } from '#wire/ndp-text.ts';
import { arpFrame, fromHex, ownMac, tagged } from '../../support/frames.ts';
import {
  advertisementFrame,
  allNodes,
  client6,
  dadFrame,
  golden6,
  goldenProbe6,
  linkLocal,
  neighborFrame,
  nonce,
  solicitedNode,
  unspecified,
  vip6,
} from '../../support/neighbor-frames.ts';

const self = { mac: ownMac, source: fromHex(linkLocal) };

/** What `emit` wrote onto dirty bytes, with what lies before and behind it. */
function emitted(emit: (out: Uint8Array, offset: number) => number): string {
  const out = new Uint8Array(new ArrayBuffer(110)).fill(0xa5);
  expect(emit(out, 10)).toBe(86);
  expect(emittedLength(out, 10)).toBe(86);
  expect(toHex(out.subarray(0, 10))).toBe('a5'.repeat(10));
  expect(toHex(out.subarray(96))).toBe('a5'.repeat(14));
  return toHex(out.subarray(10, 96));
}

function answered(request: Uint8Array, at = 14): string {
  return emitted((out, offset) => emitSolicited(out, offset, ownMac, request, at));
}

function parsed(frame: Uint8Array): Ndp {
  const ndp = parseNdp(frame, frame.length);
  if (typeof ndp === 'string') throw new Error(`dropped: ${ndp}`);
  return ndp;
}

describe('emitted frames are the golden bytes, 86 long', () => {
  test('solicited advertisement (ND-2)', () => {
    expect(answered(fromHex(golden6.solicitation))).toBe(golden6.solicited);
  });
  test('solicited advertisement to a priority-tagged request: the answer has no tag', () => {
    expect(answered(tagged(fromHex(golden6.solicitation), 0x8100, 0xe000), 18)).toBe(golden6.solicited);
  });
  test('unsolicited advertisement (ND-4)', () => {
    const frame = emitted((out, offset) => emitUnsolicited(out, offset, self, fromHex(vip6)));
    expect(frame).toBe(golden6.unsolicited);
  });
  test('answer to a probe (ND-3)', () => {
    expect(emitted((out, offset) => emitToProber(out, offset, ownMac, dadFrame(), 14))).toBe(golden6.toProber);
  });
  test('unsolicited without a link-local address: from the announced address, like the answer to a probe', () => {
    const frame = emitted((out, offset) => emitUnsolicited(out, offset, { ...self, source: null }, fromHex(vip6)));
    expect(frame).toBe(golden6.toProber);
  });
  test('probe (ND-6): from ::, to the solicited-node group, without options', () => {
    const out = new Uint8Array(new ArrayBuffer(110)).fill(0xa5);
    expect(emitNeighborProbe(out, 10, ownMac, fromHex(vip6))).toBe(78);
    expect(toHex(out)).toBe(`${'a5'.repeat(10)}${goldenProbe6}${'a5'.repeat(22)}`);
    expect(parsed(fromHex(goldenProbe6))).toMatchObject({ type: 'solicitation', source: '::', linkLayer: null });
  });
  test('what is emitted is valid by our own rules', () => {
    for (const hex of Object.values(golden6)) expect(ndpOffset(fromHex(hex), 86)).toBe(14);
  });
});

describe('where an answer goes', () => {
  test('to the MAC of the option, not to the Ethernet source', () => {
    expect(answered(neighborFrame({ options: '01010200000000bb' })).slice(0, 12)).toBe('0200000000bb');
  });
  test('N-5: to the Ethernet source without an option', () => {
    expect(answered(neighborFrame({ options: '' })).slice(0, 12)).toBe('0200000000aa');
  });
  test('to the Ethernet source when the option names no station or is not as long as a MAC needs', () => {
    for (const options of ['0101333300000001', '0101000000000000', `0102${'0200000000bb'.padEnd(28, '0')}`]) {
      expect(answered(neighborFrame({ options })).slice(0, 12)).toBe('0200000000aa');
    }
  });
  test('the option is found behind others', () => {
    expect(answered(neighborFrame({ options: `${nonce}fd0100000000000001010200000000bb` })).slice(0, 12)).toBe(
      '0200000000bb',
    );
  });
});

describe('ndpOffset() accepts and refuses (ND-1, N-4)', () => {
  const valid: [string, Uint8Array][] = [
    ['a multicast solicitation with a source link-layer address', neighborFrame()],
    ['one without options', neighborFrame({ options: '' })],
    ['one to a unicast address', neighborFrame({ destination: vip6 })],
    ['a probe with a nonce', dadFrame()],
    ['a probe without options', dadFrame({ options: '' })],
    ['a probe to the group of another address', dadFrame({ destination: 'ff0200000000000000000001ff123456' })],
    [
      'reserved bits and unknown options, which are ignored',
      neighborFrame({ flags: 'ffffffff', options: 'fd01123456789abc' }),
    ],
    ['an advertisement to all nodes', advertisementFrame()],
    ['a solicited unicast advertisement', advertisementFrame({ flags: '60000000', destination: vip6 })],
    ['a traffic class and a flow label', changed(neighborFrame(), 15, 0xff)],
  ];
  for (const [name, frame] of valid) {
    test(`accepts ${name}`, () => {
      expect(ndpOffset(frame, frame.length)).toBe(14);
      // Padding is never looked at.
      const padded = new Uint8Array(new ArrayBuffer(frame.length + 18)).fill(0xee);
      padded.set(frame);
      expect(ndpOffset(padded, padded.length)).toBe(14);
    });
  }

  const invalid: [string, Uint8Array][] = [
    ['hop limit 254', neighborFrame({ hopLimit: 254 })],
    ['hop limit 0', neighborFrame({ hopLimit: 0 })],
    ['a wrong checksum', neighborFrame({ wrong: 1 })],
    ['a checksum of 0', changed(changed(neighborFrame(), 56, 0), 57, 0)],
    ['code 1', neighborFrame({ code: 1 })],
    ['an option of length 0', neighborFrame({ options: '0100020000000000' })],
    ['a second option of length 0', neighborFrame({ options: '01010200000000aa0000000000000000' })],
    ['an option that goes on behind the end', neighborFrame({ options: '01020200000000aa' })],
    ['a crumb behind the options', neighborFrame({ options: '01010200000000aa01010200' })],
    ['a single byte behind the options', neighborFrame({ options: '01010200000000aaee' })],
    ['a multicast target', neighborFrame({ target: allNodes })],
    ['a multicast source', neighborFrame({ source: allNodes })],
    ['a probe with a source link-layer address', dadFrame({ options: '01010200000000aa' })],
    ['a probe with one behind a nonce', dadFrame({ options: `${nonce}01010200000000aa` })],
    ['a probe to a unicast address', dadFrame({ destination: vip6 })],
    ['a probe to all nodes', dadFrame({ destination: allNodes })],
    ['a solicited advertisement to a group', advertisementFrame({ flags: '60000000' })],
    ['an advertisement with hop limit 254', advertisementFrame({ hopLimit: 254 })],
    ['an advertisement with an option of length 0', advertisementFrame({ options: '0200020000000000' })],
    ['an advertisement of a group', advertisementFrame({ target: solicitedNode })],
  ];
  for (const [name, frame] of invalid) {
    test(`refuses ${name}`, () => {
      expect(parseNdp(frame, frame.length)).toBe('invalid');
    });
  }

  test('a message below 24 bytes is invalid, whatever its checksum', () => {
    const frame = neighborFrame({ options: '' });
    for (let payload = 1; payload < 24; payload++) {
      new DataView(frame.buffer).setUint16(18, payload);
      expect(parseNdp(frame, frame.length)).toBe('invalid');
    }
  });

  test('every single bit of the message and its addresses is covered: flipped, the frame is refused', () => {
    const frame = neighborFrame();
    for (let bit = 22 * 8; bit < frame.length * 8; bit++) {
      const flipped = changed(frame, bit >> 3, (frame[bit >> 3] ?? 0) ^ (0x80 >> (bit & 7)));
      expect(ndpOffset(flipped, flipped.length)).toBeLessThan(0);
    }
  });

  test('every truncation of every golden frame is dropped (ND-1)', () => {
    for (const hex of Object.values(golden6)) {
      const frame = fromHex(hex);
      for (let length = 0; length < 86; length++) {
        expect(parseNdp(frame.slice(0, length), length)).toBe('truncated');
        // The buffer may hold more than was captured.
        expect(parseNdp(frame, length)).toBe('truncated');
        // A length beyond the buffer must not invent bytes.
        expect(parseNdp(frame.slice(0, length), 128)).toBe('truncated');
      }
      expect(parseNdp(frame, 86)).toBeObject();
    }
  });

  test('a payload length that claims more than there is counts as truncated', () => {
    for (const payload of [33, 40, 1280, 0xffff]) expect(parseNdp(neighborFrame({ payload }), 86)).toBe('truncated');
    expect(parseNdp(neighborFrame({ payload: 0 }), 86)).toBe('truncated');
  });

  test('VLAN 0 counts as untagged, every other VLAN is refused', () => {
    const frame = fromHex(golden6.solicitation);
    expect(ndpOffset(tagged(frame, 0x8100, 0), 90)).toBe(18);
    expect(ndpOffset(tagged(frame, 0x8100, 0xe000), 90)).toBe(18);
    for (let length = 0; length < 90; length++) {
      expect(ndpOffset(tagged(frame, 0x8100, 0), length)).toBe(NdpDrop.truncated);
    }
    for (const control of [1, 10, 0x0fff]) expect(parseNdp(tagged(frame, 0x8100, control), 90)).toBe('vlan_tagged');
    expect(parseNdp(tagged(frame, 0x88a8, 0), 90)).toBe('vlan_tagged');
  });

  test('other protocols, other types of ICMPv6 and extension headers are no NDP of ours', () => {
    for (const type of [1, 128, 129, 133, 134, 137, 143]) expect(parseNdp(neighborFrame({ type }), 86)).toBe('not_ndp');
    for (const nextHeader of [0, 6, 17, 43, 44, 60])
      expect(parseNdp(neighborFrame({ nextHeader }), 86)).toBe('not_ndp');
    for (const version of [0x40, 0x50, 0x70])
      expect(parseNdp(changed(neighborFrame(), 14, version), 86)).toBe('not_ndp');
    const arp = arpFrame();
    expect(parseNdp(arp, arp.length)).toBe('not_ndp');
  });
});

test('parseNdp() reads every field', () => {
  expect(parsed(fromHex(golden6.solicitation))).toEqual({
    etherSource: '02:00:00:00:00:aa',
    etherDestination: '33:33:ff:00:00:10',
    type: 'solicitation',
    source: '2001:db8::200',
    destination: 'ff02::1:ff00:10',
    target: '2001:db8::10',
    router: false,
    solicited: false,
    override: false,
    linkLayer: '02:00:00:00:00:aa',
  });
  expect(parsed(fromHex(golden6.unsolicited))).toEqual({
    etherSource: '02:00:00:00:00:01',
    etherDestination: '33:33:00:00:00:01',
    type: 'advertisement',
    source: 'fe80::ff:fe00:1',
    destination: 'ff02::1',
    target: '2001:db8::10',
    router: false,
    solicited: false,
    override: true,
    linkLayer: '02:00:00:00:00:01',
  });
  expect(parsed(fromHex(golden6.solicited))).toMatchObject({ solicited: true, override: true, router: false });
  expect(parsed(advertisementFrame({ flags: '80000000', options: '' }))).toMatchObject({
    router: true,
    linkLayer: null,
  });
});

test('describeNdp() says what a frame means', () => {
  expect(describeNdp(parsed(fromHex(golden6.solicitation)))).toBe(
    'who-has 2001:db8::10 tell 2001:db8::200 (02:00:00:00:00:aa)',
  );
  expect(describeNdp(parsed(dadFrame()))).toBe('probe for 2001:db8::10 by 02:00:00:00:00:aa');
  expect(describeNdp(parsed(fromHex(golden6.solicited)))).toBe(
    '2001:db8::10 is-at 02:00:00:00:00:01 (to 2001:db8::200)',
  );
  expect(describeNdp(parsed(fromHex(golden6.unsolicited)))).toBe('announcement of 2001:db8::10 by 02:00:00:00:00:01');
});

test('isUnspecified() and isSolicitedNode() look at every byte', () => {
  expect(isUnspecified(fromHex(unspecified), 0)).toBe(true);
  expect(isSolicitedNode(fromHex(solicitedNode), 0)).toBe(true);
  for (let at = 0; at < 16; at++) {
    expect(isUnspecified(changed(fromHex(unspecified), at, 1), 0)).toBe(false);
    const other = changed(fromHex(solicitedNode), at, 0x77);
    expect(isSolicitedNode(other, 0)).toBe(at > 12);
  }
  expect(isSolicitedNode(fromHex(client6), 0)).toBe(false);
});

function changed(frame: Uint8Array, at: number, value: number): Uint8Array {
  const copy = Uint8Array.from(frame);
  copy[at] = value;
  return copy;
}
