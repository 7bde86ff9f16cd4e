// The IPv6 header, the checksum of ICMPv6 and others over it, and the multicast addresses of the link.
// Read RFC 8200 §3, RFC 8200 §8.1 and RFC 4291 §2.7.1 before changing this file.
import { copy4, readI32, readU16, writeU16, writeU32 } from './bytes.ts';
import { addToSum, foldSum } from './checksum.ts';
import { destinationAt } from './ethernet.ts';

export const ipv6HeaderLength = 40;
export const ipv6AddressLength = 16;

/** Offsets within the header (RFC 8200 §3). */
export const Ipv6Field = { payloadLength: 4, nextHeader: 6, hopLimit: 7, source: 8, destination: 24 } as const;

/** Next header of ICMPv6. */
export const icmpv6 = 58;

/** The hop limit of every Neighbor Discovery message: a lower one came through a router (RFC 4861 §7.1.1). */
export const neighborHopLimit = 255;

/** Version 6; traffic class and flow label 0. */
const versionWord = 0x6000_0000;

export function isIpv6(bytes: Uint8Array, at: number): boolean {
  return (bytes[at] as number) >>> 4 === 6;
}

export function isUnspecified(bytes: Uint8Array, at: number): boolean {
  return (readI32(bytes, at) | readI32(bytes, at + 4) | readI32(bytes, at + 8) | readI32(bytes, at + 12)) === 0;
}

/** RFC 4291 §2.7: ff00::/8. */
export function isMulticast(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === 0xff;
}

/** RFC 4291 §2.7.1: ff02::1:ff00:0/104. */
export function isSolicitedNode(bytes: Uint8Array, at: number): boolean {
  return (
    readI32(bytes, at) === (0xff02_0000 | 0) &&
    readI32(bytes, at + 4) === 0 &&
    readI32(bytes, at + 8) === 1 &&
    bytes[at + 12] === 0xff
  );
}

export function copyAddress(from: Uint8Array, fromAt: number, to: Uint8Array, toAt: number): void {
  copy4(from, fromAt, to, toAt);
  copy4(from, fromAt + 4, to, toAt + 4);
  copy4(from, fromAt + 8, to, toAt + 8);
  copy4(from, fromAt + 12, to, toAt + 12);
}

/** Writes ff02::1 as the IPv6 destination of the header at `at`, and its MAC as the destination of the frame at `offset`. */
export function emitToAllNodes(out: Uint8Array, offset: number, at: number): void {
  emitToLinkGroup(out, offset, at, 1);
}

/** As `emitToAllNodes`, for the group ff02::`group`, which fits 32 bits. */
export function emitToLinkGroup(out: Uint8Array, offset: number, at: number, group: number): void {
  // RFC 2464 §7: 33:33 and the last four bytes of the group.
  writeU16(out, offset + destinationAt, 0x3333);
  writeU32(out, offset + destinationAt + 2, group);
  writeU32(out, at + Ipv6Field.destination, 0xff02_0000);
  writeU32(out, at + Ipv6Field.destination + 4, 0);
  writeU32(out, at + Ipv6Field.destination + 8, 0);
  writeU32(out, at + Ipv6Field.destination + 12, group);
}

/** Everything of a header but the addresses, with hop limit 255. */
export function emitIpv6Header(out: Uint8Array, at: number, payloadLength: number, nextHeader: number = icmpv6): void {
  writeU32(out, at, versionWord);
  writeU16(out, at + Ipv6Field.payloadLength, payloadLength);
  out[at + Ipv6Field.nextHeader] = nextHeader;
  out[at + Ipv6Field.hopLimit] = neighborHopLimit;
}

/**
 * The one's complement sum over the pseudo-header of the IPv6 header at `at` and the `length` bytes behind it (RFC 8200
 * §8.1), folded to 16 bits. Of a message with a right checksum it is 0xffff; of one with checksum 0, the complement of
 * the checksum to write.
 */
export function icmpv6Sum(bytes: Uint8Array, at: number, length: number): number {
  return upperLayerSum(bytes, at, length, icmpv6);
}

/** As `icmpv6Sum`, of another protocol; no extension headers lie between. */
export function upperLayerSum(bytes: Uint8Array, at: number, length: number, protocol: number): number {
  // A length below 2^16 fits the low half of its 32-bit field: one addition is the whole field. Source, destination and
  // payload lie one behind the other.
  return foldSum(addToSum(length + protocol, bytes, at + Ipv6Field.source, 2 * ipv6AddressLength + length));
}

export function readPayloadLength(bytes: Uint8Array, at: number): number {
  return readU16(bytes, at + Ipv6Field.payloadLength);
}
