// The advertisements that we send: solicited ones, and those to all nodes.
// Read RFC 4861 §4.4, RFC 4861 §7.2.4 and RFC 4861 §7.2.6 before changing this file.
import { copy6, readU16, writeU16, writeU32 } from './bytes.ts';
import {
  destinationAt,
  EtherType,
  emitSourceAndType,
  etherTypeAt,
  headerLength,
  isStation,
  minFrameLength,
  sourceAt,
} from './ethernet.ts';
import { copyAddress, emitIpv6Header, emitToAllNodes, Ipv6Field, icmpv6Sum, ipv6HeaderLength } from './ipv6.ts';
import { linkLayerAt, linkLayerUnits, NdpField, NdpFlag, NdpOption, NdpType, shortestMessage } from './ndp.ts';

/** Who advertises. Reuse one object. */
export interface Advertiser {
  readonly mac: Uint8Array;
  /** The 16 bytes of the IPv6 source of what is sent; null: the advertised address itself. */
  readonly source: Uint8Array | null;
}

const payloadLength = shortestMessage + linkLayerUnits * 8;
/** An advertisement with its link-layer option and all headers. */
export const advertisementLength = headerLength + ipv6HeaderLength + payloadLength;

/**
 * Writes the answer to the solicitation whose IPv6 header begins at `at` in `request`: S=1, O=1, R=0, unicast to its
 * source (RFC 4861 §7.2.4), whose MAC is the one its option names, else the one it came from. All emitters write 86
 * bytes at `offset` and return 86; `out` must have room, and must not be the request's buffer.
 */
export function emitSolicited(
  out: Uint8Array,
  offset: number,
  self: Advertiser,
  request: Uint8Array,
  at: number,
): number {
  const option = linkLayerAt(request, at);
  // No station has a group address: such an option is no place to send anything to.
  const macAt = option >= 0 && isStation(request, option) ? option : sourceAt;
  copy6(request, macAt, out, offset + destinationAt);
  const ipv6At = offset + headerLength;
  copyAddress(request, at + Ipv6Field.source, out, ipv6At + Ipv6Field.destination);
  writeU32(out, ipv6At + NdpField.flags, NdpFlag.solicited | NdpFlag.override);
  return emitAdvertisement(out, offset, self, request, at + NdpField.target);
}

/**
 * Writes an advertisement to all nodes, S=0, O=1, R=0: an unsolicited one (RFC 4861 §7.2.6), or the answer to a
 * solicitation from `::` (RFC 4861 §7.2.4). The advertised address: 16 bytes at `at` in `target`.
 */
export function emitToAll(out: Uint8Array, offset: number, self: Advertiser, target: Uint8Array, at: number): number {
  const ipv6At = offset + headerLength;
  emitToAllNodes(out, offset, ipv6At);
  writeU32(out, ipv6At + NdpField.flags, NdpFlag.override);
  return emitAdvertisement(out, offset, self, target, at);
}

/** Everything but destinations and flags, which are there already: the checksum covers them. */
function emitAdvertisement(
  out: Uint8Array,
  offset: number,
  { mac, source }: Advertiser,
  target: Uint8Array,
  targetAt: number,
): number {
  emitSourceAndType(out, offset, mac, EtherType.ipv6);
  const at = offset + headerLength;
  emitIpv6Header(out, at, payloadLength);
  copyAddress(source ?? target, source ? 0 : targetAt, out, at + Ipv6Field.source);
  // Type, code 0, and 0 in place of the checksum until it is known.
  writeU32(out, at + NdpField.type, NdpType.advertisement << 24);
  copyAddress(target, targetAt, out, at + NdpField.target);
  writeU16(out, at + NdpField.options, (NdpOption.targetLinkLayer << 8) | linkLayerUnits);
  copy6(mac, 0, out, at + NdpField.options + 2);
  writeU16(out, at + NdpField.checksum, ~icmpv6Sum(out, at, payloadLength) & 0xffff);
  return advertisementLength;
}

/** Length of the frame that one of our emitters wrote at `offset`: an advertisement, or ARP padded to the shortest frame. */
export function emittedLength(out: Uint8Array, offset: number): number {
  return readU16(out, offset + etherTypeAt) === EtherType.ipv6 ? advertisementLength : minFrameLength;
}
