// Records of the ring as frames for people.
import { formatAddress } from '#model/address.ts';
import type { TrafficFrame } from '#model/traffic-frame.ts';
import {
  Field,
  latencyUnitUs,
  microsecondsOf,
  Purpose,
  purposeNames,
  readAbout,
  Shape,
} from '#table/traffic-record.ts';
import { carriesReply, Verdict, verdictNames } from '#table/verdict.ts';
import { minFrameLength } from '#wire/ethernet.ts';
import { advertisementLength } from '#wire/ndp-emit.ts';

const claims: ReadonlySet<number> = new Set([Verdict.claims_our_vip, Verdict.claims_candidate]);
const vlanTypes: ReadonlySet<number> = new Set([0x8100, 0x88a8]);

/** `words`: of the record, as the ring gives them. */
export function trafficFrame(words: Int32Array, sequence: number, name: string): TrafficFrame {
  const word = (field: number) => words[field] ?? 0;
  const about = word(Field.about);
  const { isOut, code, shape } = readAbout(about);
  const isRead = shape !== Shape.none;
  const isAnswer = isOut && code === Purpose.answer;
  const sender = isRead ? addressText(words, Field.sender, shape) : null;
  const target = isRead ? addressText(words, Field.target, shape) : null;
  const ether = [word(Field.ethernet), word(Field.ethernet + 1), word(Field.ethernet + 2)] as const;
  const extra = word(Field.macLow) & 0xffff;
  return {
    sequence,
    time: timeText(word(Field.seconds) >>> 0, microsecondsOf(about)),
    interface: name,
    direction: isOut ? 'out' : 'in',
    protocol: isRead ? protocolOf(shape) : null,
    operation: isAnswer ? 'reply' : operationOf(shape, sender, target),
    ip: shape === Shape.arpReply ? sender : target,
    sender,
    senderMac: isRead ? macText(word(Field.macHigh), word(Field.macLow) >>> 16) : null,
    target,
    verdict: isOut ? 'ours' : verdictOf(code),
    reason: (isOut ? purposeNames : verdictNames)[code] ?? 'unknown',
    source: macText((ether[1] << 16) | (ether[2] >>> 16), ether[2] & 0xffff),
    destination: macText(ether[0], ether[1] >>> 16),
    vlan: isRead ? null : vlanOf(word(Field.sender)),
    length: isAnswer ? answerLength(shape) : extra,
    latencySeconds: isAnswer ? (extra * latencyUnitUs) / 1e6 : null,
  };
}

/** The text of the last second: frames come in order, and making a date costs more than all the rest. */
let second = { seconds: 0, text: '1970-01-01T00:00:00' };

function timeText(seconds: number, microseconds: number): string {
  if (seconds !== second.seconds) second = { seconds, text: new Date(seconds * 1000).toISOString().slice(0, 19) };
  return `${second.text}.${String(microseconds).padStart(6, '0')}Z`;
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

function operationOf(shape: number, sender: string | null, target: string | null): TrafficFrame['operation'] {
  switch (shape) {
    case Shape.arpRequest:
      if (sender === '0.0.0.0') return 'probe';
      return sender === target ? 'announcement' : 'request';
    // We send announcements in the form of replies, too, as others do.
    case Shape.arpReply:
      return sender === target ? 'announcement' : 'reply';
    case Shape.solicitation:
      return sender === '::' ? 'probe' : 'request';
    case Shape.solicited:
      return 'reply';
    default:
      return shape === Shape.unsolicited ? 'announcement' : null;
  }
}

function addressText(words: Int32Array, at: number, shape: number): string {
  const word = (i: number) => (words[at + i] ?? 0) >>> 0;
  const first = word(0);
  if (shape <= Shape.arpReply) return `${first >>> 24}.${(first >>> 16) & 255}.${(first >>> 8) & 255}.${first & 255}`;
  const high = (BigInt(first) << 32n) | BigInt(word(1));
  return formatAddress({ family: 'IPv6', value: (high << 64n) | (BigInt(word(2)) << 32n) | BigInt(word(3)) });
}

const hex = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** `first`: four bytes; `last`: two. */
function macText(first: number, last: number): string {
  const pair = (word: number, shift: number) => hex[(word >>> shift) & 255];
  return `${pair(first, 24)}:${pair(first, 16)}:${pair(first, 8)}:${pair(first, 0)}:${pair(last, 8)}:${pair(last, 0)}`;
}

/** The Ethernet type, and behind it what has the VLAN in its low twelve bits (IEEE 802.1Q §9.6). */
function vlanOf(word: number): number | null {
  return vlanTypes.has(word >>> 16) ? word & 0xfff : null;
}
