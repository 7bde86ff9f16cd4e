// The IPv4 header: offsets, which headers are whole, emit.
// Read RFC 791 §3.1 before changing this file.
import { readU16, writeU16, writeU32 } from './bytes.ts';
import { addToSum, foldSum } from './checksum.ts';

/** Without options; we send none. */
export const ipv4HeaderLength = 20;
export const ipv4AddressLength = 4;

/** Offsets within the header (RFC 791 §3.1). */
export const Ipv4Field = {
  versionAndLength: 0,
  totalLength: 2,
  fragment: 6,
  ttl: 8,
  protocol: 9,
  checksum: 10,
  source: 12,
  destination: 16,
} as const;

/** Version 4, five words of header; DSCP CS6, network control, as routing protocols send (RFC 2474). */
const firstWord = 0x45c0_0000;
/** Identification 0, Don't Fragment: a datagram that is never fragmented needs no identity (RFC 6864 §4.1). */
const fragmentWord = 0x0000_4000;
/** More Fragments, and the fragment offset. */
const fragmentMask = 0x3fff;

/**
 * Length of the header at `at`, options included, or 0 when it is none: wrong version, shorter than a header may be,
 * longer than the datagram, or with a wrong checksum. At least 20 of the `present` bytes lie behind `at`.
 */
export function ipv4HeaderSize(bytes: Uint8Array, at: number, present: number): number {
  const first = bytes[at + Ipv4Field.versionAndLength] as number;
  const length = (first & 0xf) * 4;
  if (first >>> 4 !== 4 || length < ipv4HeaderLength || at + length > present) return 0;
  if (readU16(bytes, at + Ipv4Field.totalLength) < length) return 0;
  return foldSum(addToSum(0, bytes, at, length)) === 0xffff ? length : 0;
}

/** Whether it is a piece of a datagram instead of a whole one. */
export function isFragment(bytes: Uint8Array, at: number): boolean {
  return (readU16(bytes, at + Ipv4Field.fragment) & fragmentMask) !== 0;
}

/**
 * Writes everything of a header without options but the addresses, and its checksum last: write the addresses first.
 * `payloadLength`: what follows the header, 0…65515.
 */
export function emitIpv4Header(
  out: Uint8Array,
  at: number,
  payloadLength: number,
  protocol: number,
  ttl: number,
): void {
  writeU32(out, at, firstWord | (ipv4HeaderLength + payloadLength));
  writeU32(out, at + 4, fragmentWord);
  writeU32(out, at + Ipv4Field.ttl, (ttl << 24) | (protocol << 16));
  writeU16(out, at + Ipv4Field.checksum, ~foldSum(addToSum(0, out, at, ipv4HeaderLength)) & 0xffff);
}

/**
 * The sum of the pseudo-header that TCP and UDP know (RFC 9293 §3.1), which VRRP borrows: source, destination, protocol
 * and `length` of the payload. Not folded.
 */
export function ipv4PseudoSum(bytes: Uint8Array, at: number, protocol: number, length: number): number {
  return addToSum(protocol + length, bytes, at + Ipv4Field.source, 2 * ipv4AddressLength);
}
