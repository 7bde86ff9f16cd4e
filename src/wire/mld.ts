// Multicast Listener Discovery: reports that we send, queries that we hear.
// Read RFC 3810 §5.1, RFC 3810 §5.2 and RFC 2711 before changing this file.
import { readU16, writeU16, writeU32 } from './bytes.ts';
import { addToSum, foldSum } from './checksum.ts';
import { EtherType, emitSourceAndType, etherTypeAt, headerLength } from './ethernet.ts';
import {
  copyAddress,
  emitIpv6Header,
  emitToLinkGroup,
  Ipv6Field,
  icmpv6,
  ipv6AddressLength,
  ipv6HeaderLength,
  isIpv6,
  isSolicitedNode,
  isUnspecified,
  readPayloadLength,
} from './ipv6.ts';

/** Record types (RFC 3810 §5.2.12). We want every source: that is to exclude none, and to leave is to include none. */
export const GroupRecord = { isExclude: 2, toInclude: 3, toExclude: 4 } as const;
export type GroupRecord = (typeof GroupRecord)[keyof typeof GroupRecord];

const queryType = 130;
const reportType = 143;
/** Next header value of the hop-by-hop options, which carry the router alert. */
const hopByHop = 0;
const hopByHopLength = 8;
/** Next header, length 0 (8 bytes), router alert with value 0 (RFC 2711: MLD), PadN of no bytes. */
const routerAlert = Uint8Array.of(icmpv6, 0, 5, 2, 0, 0, 1, 0);
/** MLD never leaves the link. */
const hopLimit = 1;
/** ff02::16, all MLDv2-capable routers (RFC 3810 §5.2.14). */
const allRouters = 0x16;

const ipv6At = headerLength;
const messageAt = ipv6At + ipv6HeaderLength + hopByHopLength;
const recordsAt = 8;
const recordLength = 20;
const shortestQuery = 24;
const shortestQueryV2 = 28;

/** As many as fit 1,500 bytes behind the headers. */
export const mostRecords = 72;
export const longestReport = messageAt + recordsAt + mostRecords * recordLength;

/** Who reports. `source`: the 16 bytes of its link-local address (RFC 3810 §5.2.13). */
export interface GroupReporter {
  readonly mac: Uint8Array;
  readonly source: Uint8Array;
}

/** Writes a report about the solicited-node groups of these low 24 bits, at most `mostRecords`; returns its length. */
export function emitGroupReport(
  out: Uint8Array,
  { mac, source }: GroupReporter,
  type: GroupRecord,
  suffixes: readonly number[],
): number {
  const length = recordsAt + suffixes.length * recordLength;
  emitSourceAndType(out, 0, mac, EtherType.ipv6);
  emitIpv6Header(out, ipv6At, hopByHopLength + length, hopByHop);
  out[ipv6At + Ipv6Field.hopLimit] = hopLimit;
  copyAddress(source, 0, out, ipv6At + Ipv6Field.source);
  emitToLinkGroup(out, 0, ipv6At, allRouters);
  out.set(routerAlert, ipv6At + ipv6HeaderLength);
  writeU32(out, messageAt, reportType << 24);
  writeU32(out, messageAt + 4, suffixes.length);
  for (let i = 0; i < suffixes.length; i++) {
    emitRecord(out, messageAt + recordsAt + i * recordLength, type, suffixes[i] as number);
  }
  writeU16(out, messageAt + 2, ~messageSum(out, length) & 0xffff);
  return messageAt + length;
}

/** No auxiliary data, no sources, ff02::1:ffXX:XXXX. */
function emitRecord(out: Uint8Array, at: number, type: GroupRecord, suffix: number): void {
  writeU32(out, at, type << 24);
  writeU32(out, at + 4, 0xff02_0000);
  writeU32(out, at + 8, 0);
  writeU32(out, at + 12, 1);
  writeU32(out, at + 16, (0xff00_0000 | suffix) >>> 0);
}

export interface GroupQuery {
  /** Answers are spread over this time. */
  readonly maxDelayMs: number;
  /** The low 24 bits of the solicited-node group that is asked about; null: all groups are. */
  readonly suffix: number | null;
}

/** The query in a frame, or null: it is none, a broken one, or about a group that is no solicited-node group. Never throws. */
export function parseGroupQuery(frame: Uint8Array, length: number): GroupQuery | null {
  const message = length - messageAt;
  if (message < shortestQuery || !isQueryPacket(frame)) return null;
  const payload = readPayloadLength(frame, ipv6At) - hopByHopLength;
  if (payload < shortestQuery || payload > message || messageSum(frame, payload) !== 0xffff) return null;
  const groupAt = messageAt + recordsAt;
  const isGeneral = isUnspecified(frame, groupAt);
  if (!isGeneral && !isSolicitedNode(frame, groupAt)) return null;
  const low = groupAt + ipv6AddressLength - 3;
  const suffix = ((frame[low] as number) << 16) | readU16(frame, low + 1);
  const code = readU16(frame, messageAt + 4);
  return { maxDelayMs: payload < shortestQueryV2 ? code : responseDelay(code), suffix: isGeneral ? null : suffix };
}

/** RFC 3810 §6.2: what has another hop limit, no link-local source or no router alert is no query. */
function isQueryPacket(frame: Uint8Array): boolean {
  return (
    readU16(frame, etherTypeAt) === EtherType.ipv6 &&
    isIpv6(frame, ipv6At) &&
    frame[ipv6At + Ipv6Field.nextHeader] === hopByHop &&
    frame[ipv6At + Ipv6Field.hopLimit] === hopLimit &&
    readU16(frame, ipv6At + Ipv6Field.source) >>> 6 === 0x3fa &&
    hasRouterAlert(frame, ipv6At + ipv6HeaderLength) &&
    frame[messageAt] === queryType
  );
}

/** In hop-by-hop options of eight bytes, in either order with the padding. */
function hasRouterAlert(frame: Uint8Array, at: number): boolean {
  if (frame[at] !== icmpv6 || frame[at + 1] !== 0) return false;
  const isAlert = (offset: number) => readU16(frame, at + offset) === 0x0502 && readU16(frame, at + offset + 2) === 0;
  return isAlert(2) || (readU16(frame, at + 2) === 0x0100 && isAlert(4));
}

/** RFC 3810 §5.1.3: from 32,768 on a code is a floating-point number. */
function responseDelay(code: number): number {
  return code < 0x8000 ? code : ((code & 0xfff) | 0x1000) * 2 ** (((code >>> 12) & 7) + 3);
}

/** Over the pseudo-header and the message; the hop-by-hop options between them do not count (RFC 8200 §8.1). */
function messageSum(bytes: Uint8Array, length: number): number {
  const addresses = addToSum(length + icmpv6, bytes, ipv6At + Ipv6Field.source, 2 * ipv6AddressLength);
  return foldSum(addToSum(addresses, bytes, messageAt, length));
}
