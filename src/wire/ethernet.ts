// Ethernet II headers, with and without an 802.1Q tag.
// Read IEEE 802.1Q-2022 §9.6 before changing this file.
import { copyBytes, equalBytes, fillBytes, readU16, writeU16 } from './bytes.ts';

export const EtherType = { ipv4: 0x0800, arp: 0x0806, vlan: 0x8100, ipv6: 0x86dd, serviceVlan: 0x88a8 } as const;

export const macLength = 6;
export const destinationAt = 0;
export const sourceAt = 6;
export const etherTypeAt = 12;
export const headerLength = 14;
const tagLength = 4;

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

export function isBroadcast(bytes: Uint8Array, at: number): boolean {
  for (let i = 0; i < macLength; i++) if (bytes[at + i] !== 0xff) return false;
  return true;
}

/** Group addresses and zero are no MAC of a station: no frame can come from them. */
export function isStation(bytes: Uint8Array, at: number): boolean {
  if (((bytes[at] ?? 0) & 1) !== 0) return false;
  for (let i = 0; i < macLength; i++) if (bytes[at + i] !== 0) return true;
  return false;
}

export function isMac(bytes: Uint8Array, at: number, mac: Uint8Array): boolean {
  return equalBytes(bytes, at, mac, 0, macLength);
}

export function emitBroadcast(out: Uint8Array, offset: number): void {
  fillBytes(out, offset + destinationAt, 0xff, macLength);
}

/** Writes source and type of an untagged header; the destination is the caller's. */
export function emitSourceAndType(out: Uint8Array, offset: number, source: Uint8Array, etherType: number): void {
  copyBytes(source, 0, out, offset + sourceAt, macLength);
  writeU16(out, offset + etherTypeAt, etherType);
}
