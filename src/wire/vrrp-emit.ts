// The VRRPv3 advertisements that we send, and the list of addresses in them.
// Read RFC 9568 §5 and RFC 9568 §7.2 before changing this file.
import { copy4, copy6, readI32, writeU16, writeU32 } from './bytes.ts';
import { addToSum, foldSum } from './checksum.ts';
import { destinationAt, EtherType, emitSourceAndType, headerLength, minFrameLength } from './ethernet.ts';
import { emitIpv4Header, Ipv4Field, ipv4AddressLength, ipv4HeaderLength, ipv4PseudoSum } from './ipv4.ts';
import {
  copyAddress,
  emitIpv6Header,
  emitToLinkGroup,
  Ipv6Field,
  ipv6AddressLength,
  ipv6HeaderLength,
  upperLayerSum,
} from './ipv6.ts';
import {
  type ChecksumKind,
  longestIntervalMs,
  VrrpField,
  type VrrpFrame,
  vrrpAdvertisement,
  vrrpGroup4,
  vrrpGroup6,
  vrrpProtocol,
  vrrpTtl,
  vrrpVersion,
} from './vrrp.ts';

/** What an advertisement says. Reuse one object. Addresses have 4 or 16 bytes, all the same. */
export interface VrrpAdvertiser {
  /** Of the network card: our profile sends and answers with it, not with the virtual router's MAC. */
  mac: Uint8Array;
  /** Primary address of the interface; for IPv6 a link-local one (RFC 9568 §5.1.2.1). */
  source: Uint8Array;
  virtualRouterId: number;
  /** Rounded to centiseconds, 1…4095 of them. */
  intervalMs: number;
  /** 1…`longestList` of them; for IPv6 the link-local one first (RFC 9568 §5.2.9). */
  addresses: readonly Uint8Array[];
  /** Of IPv4; IPv6 knows one form. */
  checksum: ChecksumKind;
  /** A unicast peer in place of the group. */
  peer: { readonly mac: Uint8Array; readonly address: Uint8Array } | null;
}

/** Addresses that fit every slot of a send buffer; keepalived allows more, nobody needs them. */
export const longestList = 8;

/** RFC 1112 §6.4: 01:00:5e and the last 23 bits of 224.0.0.18. */
const groupMac4 = Uint8Array.of(0x01, 0x00, 0x5e, 0x00, 0x00, 0x12);

/**
 * Writes an advertisement with this priority, 0…255, at `offset`, and returns its length: padded with zeros to 60 bytes
 * at least. `out` has room for 54 + 8 + 16 × addresses.
 */
export function emitVrrp(out: Uint8Array, offset: number, from: VrrpAdvertiser, priority: number): number {
  const end =
    from.source.length === ipv4AddressLength ? emit4(out, offset, from, priority) : emit6(out, offset, from, priority);
  // Padding carries nothing of what the buffer held before.
  const shortest = offset + minFrameLength;
  if (end < shortest) out.fill(0, end, shortest);
  return Math.max(end, shortest) - offset;
}

function emit4(out: Uint8Array, offset: number, from: VrrpAdvertiser, priority: number): number {
  copy6(from.peer?.mac ?? groupMac4, 0, out, offset + destinationAt);
  emitSourceAndType(out, offset, from.mac, EtherType.ipv4);
  const at = offset + headerLength;
  const message = at + ipv4HeaderLength;
  const length = emitMessage(out, message, from, priority);
  copy4(from.source, 0, out, at + Ipv4Field.source);
  if (from.peer) copy4(from.peer.address, 0, out, at + Ipv4Field.destination);
  else writeU32(out, at + Ipv4Field.destination, vrrpGroup4);
  emitIpv4Header(out, at, length, vrrpProtocol, vrrpTtl);
  // RFC 9568 §5.2.8 leaves the pseudo-header out for IPv4; whoever came before it has it in.
  const pseudo = from.checksum === 'pseudo' ? ipv4PseudoSum(out, at, vrrpProtocol, length) : 0;
  writeU16(out, message + VrrpField.checksum, ~foldSum(addToSum(pseudo, out, message, length)) & 0xffff);
  return message + length;
}

function emit6(out: Uint8Array, offset: number, from: VrrpAdvertiser, priority: number): number {
  const at = offset + headerLength;
  if (from.peer) {
    copy6(from.peer.mac, 0, out, offset + destinationAt);
    copyAddress(from.peer.address, 0, out, at + Ipv6Field.destination);
  } else {
    emitToLinkGroup(out, offset, at, vrrpGroup6);
  }
  emitSourceAndType(out, offset, from.mac, EtherType.ipv6);
  const message = at + ipv6HeaderLength;
  const length = emitMessage(out, message, from, priority);
  emitIpv6Header(out, at, length, vrrpProtocol);
  copyAddress(from.source, 0, out, at + Ipv6Field.source);
  writeU16(out, message + VrrpField.checksum, ~upperLayerSum(out, at, length, vrrpProtocol) & 0xffff);
  return message + length;
}

/** The message with checksum 0; its length. */
function emitMessage(out: Uint8Array, at: number, from: VrrpAdvertiser, priority: number): number {
  const { addresses, intervalMs, virtualRouterId } = from;
  const versionAndType = (vrrpVersion << 4) | vrrpAdvertisement;
  writeU32(out, at, (versionAndType << 24) | (virtualRouterId << 16) | (priority << 8) | addresses.length);
  const centiseconds = Math.round(Math.min(Math.max(intervalMs, 10), longestIntervalMs) / 10);
  writeU32(out, at + VrrpField.interval, centiseconds << 16);
  let end = at + VrrpField.addresses;
  for (const address of addresses) {
    if (address.length === ipv4AddressLength) copy4(address, 0, out, end);
    else copyAddress(address, 0, out, end);
    end += address.length;
  }
  return end - at;
}

/** Whether the advertisement that was read from `frame` lists exactly these addresses, in any order. */
export function listsExactly(
  frame: Uint8Array,
  { family, count, addressesAt }: VrrpFrame,
  list: readonly Uint8Array[],
): boolean {
  const length = family === 4 ? ipv4AddressLength : ipv6AddressLength;
  if (count !== list.length) return false;
  for (const address of list) {
    if (address.length !== length || !isListed(frame, addressesAt, count, address)) return false;
  }
  return true;
}

function isListed(frame: Uint8Array, addressesAt: number, count: number, address: Uint8Array): boolean {
  for (let entry = 0; entry < count; entry++) {
    const at = addressesAt + entry * address.length;
    let same = 0;
    while (same < address.length && readI32(frame, at + same) === readI32(address, same)) same += 4;
    if (same === address.length) return true;
  }
  return false;
}
