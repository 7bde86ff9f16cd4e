// ARP for IPv4 over Ethernet: offsets, parse, emit, describe.
// Read RFC 826 "Packet format" and RFC 5227 §1.1, §2.3 before changing this file.
import { formatAddress, formatMac } from '#model/address.ts';
import { copy4, copy6, fill6, readI32, readU16, readU32, writeU16, writeU32 } from './bytes.ts';
import {
  destinationAt,
  EtherType,
  emitBroadcast,
  emitSourceAndType,
  headerLength,
  macLength,
  minFrameLength,
  payloadOffset,
  sourceAt,
  TAGGED,
  TRUNCATED,
} from './ethernet.ts';

export const arpLength = 28;

/** Offsets within the ARP packet (RFC 826 "Packet format"). */
export const ArpField = {
  hardwareType: 0,
  protocolType: 2,
  hardwareLength: 4,
  protocolLength: 5,
  operation: 6,
  senderMac: 8,
  senderAddress: 14,
  targetMac: 18,
  targetAddress: 24,
} as const;

export const Operation = { request: 1, reply: 2 } as const;

const hardwareEthernet = 1;

/** What `arpOffset` returns for a frame that is no ARP we can read. All are negative. */
export const ArpDrop = { truncated: TRUNCATED, vlan_tagged: TAGGED, not_arp: -3, malformed: -4 } as const;

export type DropReason = keyof typeof ArpDrop;

export interface Arp {
  readonly etherSource: string;
  readonly etherDestination: string;
  readonly operation: 'request' | 'reply';
  readonly senderMac: string;
  /** 0…2^32−1. */
  readonly senderAddress: number;
  readonly targetMac: string;
  readonly targetAddress: number;
}

/**
 * Where the ARP packet begins in the first `length` bytes of `frame`, or a negative value of `ArpDrop`. Bytes behind the
 * packet are padding and are never looked at.
 */
export function arpOffset(frame: Uint8Array, length: number): number {
  // A caller's wrong length must not make missing bytes look like zeros.
  const present = Math.min(length, frame.length);
  const at = payloadOffset(frame, present);
  if (at < 0) return at;
  if (readU16(frame, at - 2) !== EtherType.arp) return ArpDrop.not_arp;
  if (present < at + arpLength) return ArpDrop.truncated;
  // RFC 826 "Packet Reception": hardware, protocol and their lengths come before everything else. Four bytes each.
  if (readI32(frame, at + ArpField.hardwareType) !== ((hardwareEthernet << 16) | EtherType.ipv4))
    return ArpDrop.malformed;
  if (readU16(frame, at + ArpField.hardwareLength) !== 0x0604) return ArpDrop.malformed;
  const operation = readU16(frame, at + ArpField.operation);
  return operation === Operation.request || operation === Operation.reply ? at : ArpDrop.malformed;
}

/** Reads a frame for people and tests; the hot path uses `arpOffset` and the offsets. */
export function parseArp(frame: Uint8Array, length: number): Arp | DropReason {
  const at = arpOffset(frame, length);
  if (at === ArpDrop.truncated) return 'truncated';
  if (at === ArpDrop.vlan_tagged) return 'vlan_tagged';
  if (at === ArpDrop.not_arp) return 'not_arp';
  if (at < 0) return 'malformed';
  return {
    etherSource: macAt(frame, sourceAt),
    etherDestination: macAt(frame, destinationAt),
    operation: readU16(frame, at + ArpField.operation) === Operation.request ? 'request' : 'reply',
    senderMac: macAt(frame, at + ArpField.senderMac),
    senderAddress: readU32(frame, at + ArpField.senderAddress),
    targetMac: macAt(frame, at + ArpField.targetMac),
    targetAddress: readU32(frame, at + ArpField.targetAddress),
  };
}

/**
 * Writes the reply to the request whose ARP packet begins at `requestAt` in `request`: sender and target swapped (RFC 826
 * "Packet Reception"), to the Ethernet source. All emitters write 60 bytes at `offset`, zeros behind the packet, and
 * return 60; `out` must have room, and must not be the request's buffer.
 */
export function emitReply(
  out: Uint8Array,
  offset: number,
  mac: Uint8Array,
  request: Uint8Array,
  requestAt: number,
): number {
  copy6(request, sourceAt, out, offset + destinationAt);
  const at = emitHeader(out, offset, mac, Operation.reply);
  copy4(request, requestAt + ArpField.targetAddress, out, at + ArpField.senderAddress);
  copy6(request, requestAt + ArpField.senderMac, out, at + ArpField.targetMac);
  copy4(request, requestAt + ArpField.senderAddress, out, at + ArpField.targetAddress);
  return minFrameLength;
}

/**
 * ARP Announcement: a broadcast request with sender = target = the VIP and target MAC 0 (RFC 5227 §2.3). `vip`: 32 bits,
 * signed or unsigned, here and below.
 */
export function emitAnnouncementRequest(out: Uint8Array, offset: number, mac: Uint8Array, vip: number): number {
  return emitQuestion(out, offset, mac, vip, vip);
}

/**
 * The reply form of an announcement, broadcast. Its target MAC is our own: Linux ignores one to ff:ff:ff:ff:ff:ff during
 * the first second of a neighbour entry.
 */
export function emitAnnouncementReply(out: Uint8Array, offset: number, mac: Uint8Array, vip: number): number {
  emitBroadcast(out, offset);
  const at = emitHeader(out, offset, mac, Operation.reply);
  writeU32(out, at + ArpField.senderAddress, vip);
  copy6(mac, 0, out, at + ArpField.targetMac);
  writeU32(out, at + ArpField.targetAddress, vip);
  return minFrameLength;
}

/** ARP Probe: a broadcast request with sender address and target MAC 0 (RFC 5227 §2.1.1). */
export function emitProbe(out: Uint8Array, offset: number, mac: Uint8Array, target: number): number {
  return emitQuestion(out, offset, mac, 0, target);
}

/**
 * An ordinary broadcast request. Whoever is just claiming `target` does not take it for a rival's probe (RFC 5227
 * §2.1.1), as long as `sender` is an address of the asking host.
 */
export function emitQuestion(out: Uint8Array, offset: number, mac: Uint8Array, sender: number, target: number): number {
  emitBroadcast(out, offset);
  const at = emitHeader(out, offset, mac, Operation.request);
  writeU32(out, at + ArpField.senderAddress, sender);
  fill6(out, at + ArpField.targetMac, 0);
  writeU32(out, at + ArpField.targetAddress, target);
  return minFrameLength;
}

/** Everything but the Ethernet destination, the protocol addresses and the target MAC; returns where ARP begins. */
function emitHeader(out: Uint8Array, offset: number, mac: Uint8Array, operation: number): number {
  emitSourceAndType(out, offset, mac, EtherType.arp);
  const at = offset + headerLength;
  writeU16(out, at + ArpField.hardwareType, hardwareEthernet);
  writeU16(out, at + ArpField.protocolType, EtherType.ipv4);
  writeU16(out, at + ArpField.hardwareLength, 0x0604);
  writeU16(out, at + ArpField.operation, operation);
  copy6(mac, 0, out, at + ArpField.senderMac);
  // Padding carries nothing of what the buffer held before.
  for (let end = offset + minFrameLength, pad = at + arpLength; pad < end; pad += 6) fill6(out, pad, 0);
  return at;
}

/** One line for people: `who-has 192.0.2.10 tell 192.0.2.200 (02:00:00:00:00:aa)`. */
export function describeArp(arp: Arp): string {
  const sender = ipv4Text(arp.senderAddress);
  const target = ipv4Text(arp.targetAddress);
  if (arp.operation === 'reply') return `${sender} is-at ${arp.senderMac} (to ${arp.etherDestination})`;
  if (arp.senderAddress === arp.targetAddress) return `announcement of ${sender} by ${arp.senderMac}`;
  if (arp.senderAddress === 0) return `probe for ${target} by ${arp.senderMac}`;
  return `who-has ${target} tell ${sender} (${arp.senderMac})`;
}

function ipv4Text(value: number): string {
  return formatAddress({ family: 'IPv4', value: BigInt(value) });
}

function macAt(frame: Uint8Array, at: number): string {
  return formatMac(frame.subarray(at, at + macLength));
}
