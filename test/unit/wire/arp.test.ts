import { describe, expect, test } from 'bun:test';
import {
  type Arp,
  ArpDrop,
  arpOffset,
  describeArp,
  emitAnnouncementReply,
  emitAnnouncementRequest,
  emitProbe,
  emitReply,
  parseArp,
} from '#wire/arp.ts';
import { toHex } from '#wire/bytes.ts';
import {
  arpFrame,
  clientMac,
  fromHex,
  golden,
  ownMac,
  padded,
  strangerMac,
  tagged,
  vip,
} from '../../support/frames.ts';

/** What `emit` wrote onto dirty bytes, with what lies before and behind it. */
function emitted(emit: (out: Uint8Array, offset: number) => number): string {
  const out = new Uint8Array(new ArrayBuffer(80)).fill(0xa5);
  expect(emit(out, 10)).toBe(60);
  expect(toHex(out.subarray(0, 10))).toBe('a5'.repeat(10));
  expect(toHex(out.subarray(70))).toBe('a5'.repeat(10));
  return toHex(out.subarray(10, 70));
}

function parsed(frame: Uint8Array): Arp {
  const arp = parseArp(frame, frame.length);
  if (typeof arp === 'string') throw new Error(`dropped: ${arp}`);
  return arp;
}

describe('emitted frames are the golden bytes, 60 long, zero padded (ETH-1)', () => {
  test('reply (ARP-3)', () => {
    const request = fromHex(golden.whoHas);
    expect(emitted((out, offset) => emitReply(out, offset, ownMac, request, 14))).toBe(padded(golden.reply));
  });
  test('reply does not echo the padding of the request (R-10)', () => {
    const request = fromHex(golden.whoHas + 'ee'.repeat(18));
    expect(emitted((out, offset) => emitReply(out, offset, ownMac, request, 14))).toBe(padded(golden.reply));
  });
  test('announcement, request form (ACD-5)', () => {
    const frame = emitted((out, offset) => emitAnnouncementRequest(out, offset, ownMac, vip));
    expect(frame).toBe(padded(golden.announceRequest));
  });
  test('announcement, reply form with our own MAC as target', () => {
    const frame = emitted((out, offset) => emitAnnouncementReply(out, offset, ownMac, vip));
    expect(frame).toBe(padded(golden.announceReply));
  });
  test('probe (ACD-1, D-6)', () => {
    expect(emitted((out, offset) => emitProbe(out, offset, ownMac, vip))).toBe(padded(golden.probe));
  });
  test('an address above 127.255.255.255 may be given signed', () => {
    const frame = emitted((out, offset) => emitAnnouncementRequest(out, offset, ownMac, vip | 0));
    expect(frame).toBe(padded(golden.announceRequest));
  });
});

describe('parseArp()', () => {
  test('reads every field', () => {
    expect(parsed(fromHex(golden.whoHas))).toEqual({
      etherSource: '02:00:00:00:00:aa',
      etherDestination: 'ff:ff:ff:ff:ff:ff',
      operation: 'request',
      senderMac: '02:00:00:00:00:aa',
      senderAddress: 0xc00002c8,
      targetMac: '00:00:00:00:00:00',
      targetAddress: 0xc000020a,
    });
  });

  const fields: [string, number, number[]][] = [
    ['hardware type', 14, [0, 2, 6, 0x0101, 0xffff]],
    ['protocol type', 16, [0, 0x0801, 0x86dd, 0x0806, 0xffff]],
    ['operation', 20, [0, 3, 4, 8, 9, 25, 0x0100, 0x0101, 0x0201, 0xffff]],
  ];
  for (const [name, at, values] of fields) {
    test(`refuses another ${name} (ARP-1, R-8)`, () => {
      for (const value of values) {
        const frame = arpFrame();
        new DataView(frame.buffer).setUint16(at, value);
        expect(parseArp(frame, frame.length)).toBe('malformed');
      }
    });
  }

  test('refuses every other pair of lengths (ARP-1, R-8)', () => {
    for (let lengths = 0; lengths < 0x1_0000; lengths++) {
      if (lengths === 0x0604) continue;
      const frame = arpFrame();
      new DataView(frame.buffer).setUint16(18, lengths);
      expect(arpOffset(frame, frame.length)).toBe(ArpDrop.malformed);
    }
  });

  test('every truncation of every golden frame is dropped, the whole one is not (R-9, ETH-2)', () => {
    for (const hex of Object.values(golden)) {
      const frame = fromHex(hex);
      for (let length = 0; length < 42; length++) {
        expect(parseArp(frame.slice(0, length), length)).toBe('truncated');
        // The buffer may hold more than was captured.
        expect(parseArp(frame, length)).toBe('truncated');
        // A length beyond the buffer must not invent bytes.
        expect(parseArp(frame.slice(0, length), 60)).toBe('truncated');
      }
      expect(parseArp(frame, 42)).toBeObject();
    }
  });

  test('every truncation of a priority-tagged frame is dropped', () => {
    const frame = tagged(fromHex(golden.whoHas), 0x8100, 0xe000);
    for (let length = 0; length < 46; length++) expect(parseArp(frame, length)).toBe('truncated');
    expect(arpOffset(frame, 46)).toBe(18);
  });

  test('VLAN 0 counts as untagged, every other VLAN is refused (ETH-3, R-12)', () => {
    const whoHas = fromHex(golden.whoHas);
    for (let control = 0; control < 0x1_0000; control += 0x0fff) {
      const at = arpOffset(tagged(whoHas, 0x8100, control), 46);
      expect(at).toBe((control & 0xfff) === 0 ? 18 : ArpDrop.vlan_tagged);
    }
    for (const control of [1, 10, 0x0fff, 0xe001, 0x1001]) {
      expect(parseArp(tagged(whoHas, 0x8100, control), 46)).toBe('vlan_tagged');
    }
  });

  test('802.1ad and stacked tags are refused, even with VLAN 0 (ETH-3)', () => {
    const whoHas = fromHex(golden.whoHas);
    expect(parseArp(tagged(whoHas, 0x88a8, 0), 46)).toBe('vlan_tagged');
    expect(parseArp(tagged(tagged(whoHas, 0x8100, 0), 0x8100, 0), 50)).toBe('vlan_tagged');
    expect(parseArp(tagged(tagged(whoHas, 0x88a8, 0), 0x8100, 0), 50)).toBe('vlan_tagged');
  });

  test('other payloads are no ARP', () => {
    const frame = arpFrame();
    for (const type of [0, 42, 0x0800, 0x86dd, 0x0805, 0x0608, 0x8035]) {
      new DataView(frame.buffer).setUint16(12, type);
      expect(parseArp(frame, frame.length)).toBe('not_arp');
    }
  });
});

test('describeArp() says what a frame means', () => {
  expect(describeArp(parsed(fromHex(golden.whoHas)))).toBe('who-has 192.0.2.10 tell 192.0.2.200 (02:00:00:00:00:aa)');
  expect(describeArp(parsed(fromHex(golden.reply)))).toBe('192.0.2.10 is-at 02:00:00:00:00:01 (to 02:00:00:00:00:aa)');
  expect(describeArp(parsed(fromHex(golden.probe)))).toBe('probe for 192.0.2.10 by 02:00:00:00:00:01');
  expect(describeArp(parsed(arpFrame({ from: strangerMac, sender: vip })))).toBe(
    'announcement of 192.0.2.10 by 02:00:00:00:00:bb',
  );
  expect(parsed(arpFrame({ to: clientMac })).etherDestination).toBe('02:00:00:00:00:aa');
});
