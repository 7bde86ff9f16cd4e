// Records of the ring as frames for people.
import { formatAddress, formatMac } from '#model/address.ts';
import type { TrafficFrame } from '#model/traffic-frame.ts';
import { latencyUnitUs, Purpose, purposeNames, Shape, type TrafficRecord } from '#table/traffic-record.ts';
import { carriesReply, Verdict, verdictNames } from '#table/verdict.ts';
import { minFrameLength } from '#wire/ethernet.ts';
import { advertisementLength } from '#wire/ndp-emit.ts';

const claims: ReadonlySet<number> = new Set([Verdict.claims_our_vip, Verdict.claims_candidate]);
const vlanTypes: ReadonlySet<number> = new Set([0x8100, 0x88a8]);

export function trafficFrame(record: TrafficRecord, name: string): TrafficFrame {
  const { isOut, code, shape, sequence } = record;
  const isRead = shape !== Shape.none;
  const isAnswer = isOut && code === Purpose.answer;
  const sender = isRead ? addressText(record.sender) : null;
  const target = isRead ? addressText(record.target) : null;
  const operation = operationOf(record, isAnswer);
  return {
    sequence,
    time: timeText(record),
    interface: name,
    direction: isOut ? 'out' : 'in',
    protocol: isRead ? protocolOf(shape) : null,
    operation,
    ip: shape === Shape.arpReply ? sender : target,
    sender,
    senderMac: isRead ? formatMac(record.mac) : null,
    target,
    verdict: isOut ? 'ours' : verdictOf(code),
    reason: (isOut ? purposeNames : verdictNames)[code] ?? 'unknown',
    source: formatMac(record.source),
    destination: formatMac(record.destination),
    vlan: isRead ? null : vlanOf(record.raw),
    length: isAnswer ? answerLength(shape) : record.extra,
    latencySeconds: isAnswer ? (record.extra * latencyUnitUs) / 1e6 : null,
  };
}

function timeText({ seconds, microseconds }: TrafficRecord): string {
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}.${String(microseconds).padStart(6, '0')}Z`;
}

function protocolOf(shape: number): 'ARP' | 'NDP' {
  return shape <= Shape.arpReply ? 'ARP' : 'NDP';
}

/** The record of an answer holds its latency in place of its length. */
function answerLength(shape: number): number {
  return protocolOf(shape) === 'ARP' ? minFrameLength : advertisementLength;
}

function verdictOf(verdict: number): 'answered' | 'duplicate' | 'ignored' {
  if (carriesReply(verdict)) return 'answered';
  return claims.has(verdict) ? 'duplicate' : 'ignored';
}

function operationOf({ shape, sender, target }: TrafficRecord, isAnswer: boolean): TrafficFrame['operation'] {
  if (isAnswer) return 'reply';
  switch (shape) {
    case Shape.arpRequest:
      if (isZero(sender)) return 'probe';
      return isSame(sender, target) ? 'announcement' : 'request';
    // We send announcements in the form of replies, too, as others do.
    case Shape.arpReply:
      return isSame(sender, target) ? 'announcement' : 'reply';
    case Shape.solicitation:
      return isZero(sender) ? 'probe' : 'request';
    case Shape.solicited:
      return 'reply';
    default:
      return shape === Shape.unsolicited ? 'announcement' : null;
  }
}

function isZero(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0);
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.every((byte, i) => byte === b[i]);
}

function addressText(bytes: Uint8Array): string {
  const value = BigInt(`0x${bytes.toHex()}`);
  return formatAddress({ family: bytes.length === 4 ? 'IPv4' : 'IPv6', value });
}

/** `raw` begins with the Ethernet type; the VLAN is the low twelve bits behind it (IEEE 802.1Q §9.6). */
function vlanOf(raw: Uint8Array): number | null {
  const word = (at: number) => ((raw[at] ?? 0) << 8) | (raw[at + 1] ?? 0);
  return vlanTypes.has(word(0)) ? word(2) & 0xfff : null;
}
