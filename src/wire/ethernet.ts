// Ethernet II headers, with and without an 802.1Q tag.
// Read IEEE 802.1Q-2022 §9.6 before changing this file.
import { copy6, equal6, fill6, readI32, readU16, writeU16 } from './bytes.ts';

export const EtherType = { ipv4: 0x0800, arp: 0x0806, vlan: 0x8100, ipv6: 0x86dd, serviceVlan: 0x88a8 } as const;

export const macLength = 6;
export const destinationAt = 0;
export const sourceAt = 6;
export const etherTypeAt = 12;
export const headerLength = 14;
const tagLength = 4;
/** The I/G bit, in the first four bytes of a MAC. */
const groupBit = 0x0100_0000;

/** Shortest frame without its checksum (minFrameSize of IEEE 802.3 is 64 bytes with it). We always send this much, padded with zeros. */
export const minFrameLength = 60;

/** What `payloadOffset` returns for a frame that ends within its header. */
export const TRUNCATED = -1;
/** What `payloadOffset` returns for a frame of a VLAN. */
export const TAGGED = -2;

/**
 * Where the payload begins: 14, or 18 behind a priority tag. A tag with VLAN id 0 only carries a priority and counts as
 * no tag (IEEE 802.1Q §9.6); libpcap puts tags that the kernel stripped back into the frame. Any other tag: TAGGED.
 * The payload's type is the 16 bits before it.
 */
export function payloadOffset(frame: Uint8Array, length: number): number {
  if (length < headerLength) return TRUNCATED;
  const type = readU16(frame, etherTypeAt);
  if (type !== EtherType.vlan) return type === EtherType.serviceVlan ? TAGGED : headerLength;
  if (length < headerLength + tagLength) return TRUNCATED;
  if ((readU16(frame, headerLength) & 0xfff) !== 0) return TAGGED;
  const inner = readU16(frame, etherTypeAt + tagLength);
  return inner === EtherType.vlan || inner === EtherType.serviceVlan ? TAGGED : headerLength + tagLength;
}

/** Whether the payload's type is IPv6, behind a tag or without one. For frames of at least 18 bytes; else it may be wrong. */
export function carriesIpv6(frame: Uint8Array): boolean {
  const type = readU16(frame, etherTypeAt);
  return type === EtherType.ipv6 || (type === EtherType.vlan && readU16(frame, headerLength + 2) === EtherType.ipv6);
}

export function isBroadcast(bytes: Uint8Array, at: number): boolean {
  return readI32(bytes, at) === -1 && readU16(bytes, at + 4) === 0xffff;
}

/** Broadcast or multicast. */
export function isGroup(bytes: Uint8Array, at: number): boolean {
  return ((bytes[at] as number) & 1) !== 0;
}

/** Group addresses and zero are no MAC of a station: no frame can come from them. */
export function isStation(bytes: Uint8Array, at: number): boolean {
  const first = readI32(bytes, at);
  return (first & groupBit) === 0 && (first !== 0 || readU16(bytes, at + 4) !== 0);
}

export function isMac(bytes: Uint8Array, at: number, mac: Uint8Array): boolean {
  return equal6(bytes, at, mac, 0);
}

export function emitBroadcast(out: Uint8Array, offset: number): void {
  fill6(out, offset + destinationAt, 0xff);
}

/** Writes source and type of an untagged header; the destination is the caller's. */
export function emitSourceAndType(out: Uint8Array, offset: number, source: Uint8Array, etherType: number): void {
  copy6(source, 0, out, offset + sourceAt);
  writeU16(out, offset + etherTypeAt, etherType);
}
