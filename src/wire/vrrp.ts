// VRRPv3 advertisements over Ethernet: offsets, and which of them are valid.
// Read RFC 9568 §5 and RFC 9568 §7.1 before changing this file.
import { readI32, readU16 } from './bytes.ts';
import { addToSum, foldSum } from './checksum.ts';
import { EtherType, payloadOffset, TAGGED, TRUNCATED } from './ethernet.ts';
import { Ipv4Field, ipv4AddressLength, ipv4HeaderLength, ipv4HeaderSize, ipv4PseudoSum, isFragment } from './ipv4.ts';
import {
  Ipv6Field,
  ipv6AddressLength,
  ipv6HeaderLength,
  isIpv6,
  isMulticast,
  isUnspecified,
  readPayloadLength,
  upperLayerSum,
} from './ipv6.ts';

/** Protocol number (RFC 9568 §5.1.1.4), and next header (RFC 9568 §5.1.2.4). */
export const vrrpProtocol = 112;

/** RFC 9568 §5.1.1.3, RFC 9568 §5.1.2.3: anything lower came through a router. */
export const vrrpTtl = 255;

/** 224.0.0.18 (RFC 9568 §5.1.1.2), as signed 32 bits. */
export const vrrpGroup4 = 0xe000_0012 | 0;

/** The last word of ff02::12 (RFC 9568 §5.1.2.2). */
export const vrrpGroup6 = 0x12;

/** Offsets within the advertisement (RFC 9568 §5.1). */
export const VrrpField = {
  versionAndType: 0,
  virtualRouterId: 1,
  priority: 2,
  count: 3,
  /** Four reserved bits, ignored, and 12 bits of centiseconds. */
  interval: 4,
  checksum: 6,
  addresses: 8,
} as const;

/** RFC 9568 §5.2.1, RFC 9568 §5.2.2: version 3, type 1. */
export const vrrpVersion = 3;
export const vrrpAdvertisement = 1;

/** Longest interval that 12 bits of centiseconds say (RFC 9568 §5.2.7). */
export const longestIntervalMs = 40_950;

/** What became of a frame. The numbers are for counters; `vrrpVerdictNames` has the names. */
export const VrrpVerdict = {
  accepted: 0,
  /** Ends before what its headers promise. */
  truncated: 1,
  vlan_tagged: 2,
  /** Another protocol. */
  not_vrrp: 3,
  /** An IPv4 header with a wrong version, length or checksum. */
  ip_header: 4,
  fragment: 5,
  /** TTL or hop limit other than 255. */
  ttl: 6,
  /** From a group or from nobody. */
  source: 7,
  /** Neither to the group nor among unicast peers. */
  destination: 8,
  /** Unicast peers are configured, and the sender is none of them. */
  not_peer: 9,
  version: 10,
  type: 11,
  virtual_router_id: 12,
  /** An empty list of addresses (RFC 9568 §5.2.5). */
  count_zero: 13,
  interval_zero: 14,
  /** The list of addresses goes on behind the end of the packet. */
  list_truncated: 15,
  checksum: 16,
} as const;

export type VrrpVerdict = (typeof VrrpVerdict)[keyof typeof VrrpVerdict];

export const vrrpVerdictNames: readonly string[] = Object.keys(VrrpVerdict);

/** With the pseudo-header, as keepalived 2.2 and FRR send it for IPv4 too, or without, as RFC 9568 §5.2.8 has it. */
export type ChecksumKind = 'pseudo' | 'rfc9568';

/** What `readVrrp` found. Reuse one object: the hot path allocates nothing. Offsets are into the frame. */
export interface VrrpFrame {
  family: 4 | 6;
  virtualRouterId: number;
  /** 0: the sender lets go; 255: it owns the addresses (RFC 9568 §5.2.4). */
  priority: number;
  /** 10…40,950 milliseconds. */
  intervalMs: number;
  /** 1…255. */
  count: number;
  /** Of IPv6, whose checksum has but one form: `pseudo`. */
  checksum: ChecksumKind;
  /** Where the sender's address begins, 4 or 16 bytes. */
  senderAt: number;
  /** Where the list of addresses begins. */
  addressesAt: number;
}

export function emptyVrrpFrame(): VrrpFrame {
  const numbers = { virtualRouterId: 0, priority: 0, intervalMs: 0, count: 0, senderAt: 0, addressesAt: 0 };
  return { family: 4, checksum: 'pseudo', ...numbers };
}

/**
 * Judges the first `length` bytes of `frame`, and fills `into` when it is an advertisement that RFC 9568 §7.1 lets
 * through; otherwise what `into` holds means nothing. `peers`: the only senders that are heard, 4 or 16 bytes each;
 * empty: everybody who sends to the group. Bytes behind the IP packet are padding and are never looked at.
 */
export function readVrrp(
  frame: Uint8Array,
  length: number,
  peers: readonly Uint8Array[],
  into: VrrpFrame,
): VrrpVerdict {
  // A caller's wrong length must not make missing bytes look like zeros.
  const present = Math.min(length, frame.length);
  const at = payloadOffset(frame, present);
  if (at === TRUNCATED) return VrrpVerdict.truncated;
  if (at === TAGGED) return VrrpVerdict.vlan_tagged;
  const etherType = readU16(frame, at - 2);
  if (etherType === EtherType.ipv4) return readIpv4(frame, at, present, peers, into);
  if (etherType === EtherType.ipv6) return readIpv6(frame, at, present, peers, into);
  return VrrpVerdict.not_vrrp;
}

function readIpv4(
  frame: Uint8Array,
  at: number,
  present: number,
  peers: readonly Uint8Array[],
  into: VrrpFrame,
): VrrpVerdict {
  if (present < at + ipv4HeaderLength) return VrrpVerdict.truncated;
  if (frame[at + Ipv4Field.protocol] !== vrrpProtocol) return VrrpVerdict.not_vrrp;
  const header = ipv4HeaderSize(frame, at, present);
  if (header === 0) return VrrpVerdict.ip_header;
  if (isFragment(frame, at)) return VrrpVerdict.fragment;
  if (frame[at + Ipv4Field.ttl] !== vrrpTtl) return VrrpVerdict.ttl;
  const sender = at + Ipv4Field.source;
  // RFC 5771 §3: 224.0.0.0/4 are groups, and nobody sends from 0.0.0.0.
  if ((frame[sender] as number) >>> 4 === 0xe || readI32(frame, sender) === 0) return VrrpVerdict.source;
  const isToGroup = readI32(frame, at + Ipv4Field.destination) === vrrpGroup4;
  const refused = refusal(frame, sender, ipv4AddressLength, isToGroup, peers);
  if (refused !== VrrpVerdict.accepted) return refused;
  const payload = readU16(frame, at + Ipv4Field.totalLength) - header;
  if (present < at + header + payload) return VrrpVerdict.truncated;
  into.family = 4;
  into.senderAt = sender;
  const verdict = readMessage(frame, at + header, payload, ipv4AddressLength, into);
  if (verdict !== VrrpVerdict.accepted) return verdict;
  const sum = addToSum(0, frame, at + header, payload);
  if (foldSum(sum + ipv4PseudoSum(frame, at, vrrpProtocol, payload)) === 0xffff) into.checksum = 'pseudo';
  else if (foldSum(sum) === 0xffff) into.checksum = 'rfc9568';
  else return VrrpVerdict.checksum;
  return VrrpVerdict.accepted;
}

function readIpv6(
  frame: Uint8Array,
  at: number,
  present: number,
  peers: readonly Uint8Array[],
  into: VrrpFrame,
): VrrpVerdict {
  if (present < at + ipv6HeaderLength) return VrrpVerdict.truncated;
  if (!isIpv6(frame, at) || frame[at + Ipv6Field.nextHeader] !== vrrpProtocol) return VrrpVerdict.not_vrrp;
  if (frame[at + Ipv6Field.hopLimit] !== vrrpTtl) return VrrpVerdict.ttl;
  const sender = at + Ipv6Field.source;
  if (isMulticast(frame, sender) || isUnspecified(frame, sender)) return VrrpVerdict.source;
  const refused = refusal(frame, sender, ipv6AddressLength, isVrrpGroup6(frame, at + Ipv6Field.destination), peers);
  if (refused !== VrrpVerdict.accepted) return refused;
  const payload = readPayloadLength(frame, at);
  const message = at + ipv6HeaderLength;
  if (present < message + payload) return VrrpVerdict.truncated;
  into.family = 6;
  into.senderAt = sender;
  into.checksum = 'pseudo';
  const verdict = readMessage(frame, message, payload, ipv6AddressLength, into);
  if (verdict !== VrrpVerdict.accepted) return verdict;
  return upperLayerSum(frame, at, payload, vrrpProtocol) === 0xffff ? verdict : VrrpVerdict.checksum;
}

/** Everything of the message but its checksum; fills what `into` has of it. */
function readMessage(
  frame: Uint8Array,
  at: number,
  length: number,
  addressLength: number,
  into: VrrpFrame,
): VrrpVerdict {
  if (length < VrrpField.addresses) return VrrpVerdict.truncated;
  const first = frame[at + VrrpField.versionAndType] as number;
  if (first >>> 4 !== vrrpVersion) return VrrpVerdict.version;
  if ((first & 0xf) !== vrrpAdvertisement) return VrrpVerdict.type;
  into.virtualRouterId = frame[at + VrrpField.virtualRouterId] as number;
  if (into.virtualRouterId === 0) return VrrpVerdict.virtual_router_id;
  into.priority = frame[at + VrrpField.priority] as number;
  into.count = frame[at + VrrpField.count] as number;
  if (into.count === 0) return VrrpVerdict.count_zero;
  into.addressesAt = at + VrrpField.addresses;
  // RFC 9568 §7.1: the packet holds the whole list; what follows the list is somebody's extension.
  if (length < VrrpField.addresses + into.count * addressLength) return VrrpVerdict.list_truncated;
  into.intervalMs = (readU16(frame, at + VrrpField.interval) & 0xfff) * 10;
  return into.intervalMs === 0 ? VrrpVerdict.interval_zero : VrrpVerdict.accepted;
}

/** Whom we do not listen to. */
function refusal(
  frame: Uint8Array,
  sender: number,
  addressLength: number,
  isToGroup: boolean,
  peers: readonly Uint8Array[],
): VrrpVerdict {
  if (peers.length === 0) return isToGroup ? VrrpVerdict.accepted : VrrpVerdict.destination;
  for (const peer of peers) {
    if (peer.length === addressLength && isSame(frame, sender, peer)) return VrrpVerdict.accepted;
  }
  return VrrpVerdict.not_peer;
}

function isSame(frame: Uint8Array, at: number, bytes: Uint8Array): boolean {
  for (let i = 0; i < bytes.length; i += 4) if (readI32(frame, at + i) !== readI32(bytes, i)) return false;
  return true;
}

function isVrrpGroup6(frame: Uint8Array, at: number): boolean {
  if (readI32(frame, at) !== (0xff02_0000 | 0) || readI32(frame, at + 12) !== vrrpGroup6) return false;
  return (readI32(frame, at + 4) | readI32(frame, at + 8)) === 0;
}
