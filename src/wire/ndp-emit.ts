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

/** Who announces. Reuse one object. */
export interface Advertiser {
  readonly mac: Uint8Array;
  /** The 16 bytes of the IPv6 source; null: the announced address itself. */
  readonly source: Uint8Array | null;
}

const payloadLength = shortestMessage + linkLayerUnits * 8;
/** An advertisement with its link-layer option and all headers. */
export const advertisementLength = headerLength + ipv6HeaderLength + payloadLength;

/**
 * Writes the answer to the solicitation whose IPv6 header begins at `at` in `request`: S=1, O=1, R=0, unicast to its
 * source (RFC 4861 §7.2.4), whose MAC is the one its option names, else the one it came from. It comes from the address
 * it is about, as answers of hosts do: ndisc6 hears no answer about a global address that comes from a link-local one.
 *
 * All emitters write 86 bytes at `offset` and return 86; `out` must have room, and must not be the request's buffer.
 */
export function emitSolicited(
  out: Uint8Array,
  offset: number,
  mac: Uint8Array,
  request: Uint8Array,
  at: number,
): number {
  const option = linkLayerAt(request, at);
  // No station has a group address: such an option is no place to send anything to.
  const macAt = option >= 0 && isStation(request, option) ? option : sourceAt;
  copy6(request, macAt, out, offset + destinationAt);
  const ipv6At = offset + headerLength;
  copyAddress(request, at + NdpField.target, out, ipv6At + Ipv6Field.source);
  copyAddress(request, at + Ipv6Field.source, out, ipv6At + Ipv6Field.destination);
  writeU32(out, ipv6At + NdpField.flags, NdpFlag.solicited | NdpFlag.override);
  return emitAdvertisement(out, offset, mac, request, at + NdpField.target);
}

/** Writes the answer to a solicitation from `::`: S=0, O=1, R=0, to all nodes (RFC 4861 §7.2.4). */
export function emitToProber(
  out: Uint8Array,
  offset: number,
  mac: Uint8Array,
  request: Uint8Array,
  at: number,
): number {
  copyAddress(request, at + NdpField.target, out, offset + headerLength + Ipv6Field.source);
  return emitToAll(out, offset, mac, request, at + NdpField.target);
}

/** Writes an unsolicited advertisement of this address, 16 bytes: S=0, O=1, R=0, to all nodes (RFC 4861 §7.2.6). */
export function emitUnsolicited(out: Uint8Array, offset: number, self: Advertiser, vip: Uint8Array): number {
  copyAddress(self.source ?? vip, 0, out, offset + headerLength + Ipv6Field.source);
  return emitToAll(out, offset, self.mac, vip, 0);
}

function emitToAll(out: Uint8Array, offset: number, mac: Uint8Array, target: Uint8Array, targetAt: number): number {
  const at = offset + headerLength;
  emitToAllNodes(out, offset, at);
  writeU32(out, at + NdpField.flags, NdpFlag.override);
  return emitAdvertisement(out, offset, mac, target, targetAt);
}

/** Everything but the destinations, the source and the flags, which are there already: the checksum covers them. */
function emitAdvertisement(
  out: Uint8Array,
  offset: number,
  mac: Uint8Array,
  target: Uint8Array,
  targetAt: number,
): number {
  emitSourceAndType(out, offset, mac, EtherType.ipv6);
  const at = offset + headerLength;
  emitIpv6Header(out, at, payloadLength);
  // Type, code 0, and 0 in place of the checksum until it is known.
  writeU32(out, at + NdpField.type, NdpType.advertisement << 24);
  copyAddress(target, targetAt, out, at + NdpField.target);
  writeU16(out, at + NdpField.options, (NdpOption.targetLinkLayer << 8) | linkLayerUnits);
  copy6(mac, 0, out, at + NdpField.options + 2);
  writeU16(out, at + NdpField.checksum, ~icmpv6Sum(out, at, payloadLength) & 0xffff);
  return advertisementLength;
}

/** Length of the answer that an emitter wrote at `offset`: an advertisement, or ARP padded to the shortest frame. */
export function emittedLength(out: Uint8Array, offset: number): number {
  return readU16(out, offset + etherTypeAt) === EtherType.ipv6 ? advertisementLength : minFrameLength;
}
