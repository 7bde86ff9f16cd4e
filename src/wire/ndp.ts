// Neighbor Solicitations and Advertisements over Ethernet: offsets, and which of them are valid.
// Read RFC 4861 §4.3, RFC 4861 §4.4, RFC 4861 §7.1.1 and RFC 4861 §7.1.2 before changing this file.
import { readU16 } from './bytes.ts';
import { EtherType, payloadOffset, TAGGED, TRUNCATED } from './ethernet.ts';
import {
  Ipv6Field,
  icmpv6,
  icmpv6Sum,
  ipv6HeaderLength,
  isIpv6,
  isMulticast,
  isSolicitedNode,
  isUnspecified,
  neighborHopLimit,
  readPayloadLength,
} from './ipv6.ts';

/** Offsets from the IPv6 header, which `ndpOffset` returns; no extension headers lie between it and the message. */
export const NdpField = {
  type: ipv6HeaderLength,
  code: ipv6HeaderLength + 1,
  checksum: ipv6HeaderLength + 2,
  flags: ipv6HeaderLength + 4,
  target: ipv6HeaderLength + 8,
  options: ipv6HeaderLength + 24,
} as const;

export const NdpType = { solicitation: 135, advertisement: 136 } as const;

/** Flags of an advertisement (RFC 4861 §4.4), in the 32 bits at `NdpField.flags`. */
export const NdpFlag = { router: 0x8000_0000, solicited: 0x4000_0000, override: 0x2000_0000 } as const;

/** Source link-layer address in solicitations, target link-layer address in advertisements (RFC 4861 §4.6.1). */
export const NdpOption = { sourceLinkLayer: 1, targetLinkLayer: 2 } as const;

/** Options count their length in units of eight bytes. */
const optionUnit = 8;
/** Units of a link-layer option with an Ethernet address (RFC 2464 §6). */
export const linkLayerUnits = 1;

/** RFC 4861 §7.1.1: solicitations and advertisements alike are 24 bytes or longer. */
export const shortestMessage = 24;

/** What `ndpOffset` returns for a frame that is no valid solicitation or advertisement. All are negative. */
export const NdpDrop = {
  truncated: TRUNCATED,
  vlan_tagged: TAGGED,
  /** Another protocol or another type of ICMPv6. */
  not_ndp: -3,
  /** A rule of RFC 4861 §7.1.1 or RFC 4861 §7.1.2 is broken. */
  invalid: -4,
} as const;

/**
 * Where the IPv6 header of a valid solicitation or advertisement begins in the first `length` bytes of `frame`, or a
 * negative value of `NdpDrop`. Bytes behind the IPv6 packet are padding and are never looked at.
 */
export function ndpOffset(frame: Uint8Array, length: number): number {
  // A caller's wrong length must not make missing bytes look like zeros.
  const present = Math.min(length, frame.length);
  const at = payloadOffset(frame, present);
  if (at < 0) return at;
  if (readU16(frame, at - 2) !== EtherType.ipv6) return NdpDrop.not_ndp;
  if (present < at + ipv6HeaderLength) return NdpDrop.truncated;
  if (!isIpv6(frame, at) || frame[at + Ipv6Field.nextHeader] !== icmpv6) return NdpDrop.not_ndp;
  const payload = readPayloadLength(frame, at);
  if (present < at + ipv6HeaderLength + payload || payload === 0) return NdpDrop.truncated;
  const type = frame[at + NdpField.type];
  if (type !== NdpType.solicitation && type !== NdpType.advertisement) return NdpDrop.not_ndp;
  return isValid(frame, at, payload, type) ? at : NdpDrop.invalid;
}

/** RFC 4861 §7.1.1 for solicitations, RFC 4861 §7.1.2 for advertisements. */
function isValid(frame: Uint8Array, at: number, payload: number, type: number): boolean {
  if (frame[at + Ipv6Field.hopLimit] !== neighborHopLimit) return false;
  if (frame[at + NdpField.code] !== 0 || payload < shortestMessage) return false;
  if (isMulticast(frame, at + NdpField.target) || isMulticast(frame, at + Ipv6Field.source)) return false;
  if (icmpv6Sum(frame, at, payload) !== 0xffff) return false;
  if (!optionsFit(frame, at, payload)) return false;
  return type === NdpType.solicitation ? isValidSolicitation(frame, at) : isValidAdvertisement(frame, at);
}

/** All options have a length above zero, and none goes on behind the end of the message. */
function optionsFit(frame: Uint8Array, at: number, payload: number): boolean {
  const end = at + ipv6HeaderLength + payload;
  let option = at + NdpField.options;
  while (option + 1 < end) {
    const units = frame[option + 1] as number;
    if (units === 0) return false;
    option += units * optionUnit;
  }
  return option === end;
}

function isValidSolicitation(frame: Uint8Array, at: number): boolean {
  if (!isUnspecified(frame, at + Ipv6Field.source)) return true;
  // Duplicate address detection. Other options are fine: Linux sends a nonce (RFC 7527 §4.1).
  return isSolicitedNode(frame, at + Ipv6Field.destination) && findOption(frame, at, NdpOption.sourceLinkLayer) < 0;
}

function isValidAdvertisement(frame: Uint8Array, at: number): boolean {
  const solicited = ((frame[at + NdpField.flags] as number) & (NdpFlag.solicited >>> 24)) !== 0;
  return !(solicited && isMulticast(frame, at + Ipv6Field.destination));
}

/** Where the first option of this type begins, or −1. The options have been found to fit. */
function findOption(frame: Uint8Array, at: number, type: number): number {
  const end = at + ipv6HeaderLength + readPayloadLength(frame, at);
  for (let option = at + NdpField.options; option < end; option += (frame[option + 1] as number) * optionUnit) {
    if (frame[option] === type) return option;
  }
  return -1;
}

export function isAdvertisement(frame: Uint8Array, at: number): boolean {
  return frame[at + NdpField.type] === NdpType.advertisement;
}

/**
 * Where the MAC lies that the link-layer option names: the sender's in a solicitation, the target's in an advertisement;
 * −1 without one. An option that is not as long as an Ethernet address needs counts as none (RFC 2464 §6).
 */
export function linkLayerAt(frame: Uint8Array, at: number): number {
  const type = isAdvertisement(frame, at) ? NdpOption.targetLinkLayer : NdpOption.sourceLinkLayer;
  const option = findOption(frame, at, type);
  return option >= 0 && frame[option + 1] === linkLayerUnits ? option + 2 : -1;
}
