// Which received frames are answered, and what every other one is.
// Read RFC 826 "Packet Reception" and RFC 5227 §2.4 before changing this file.
import type { TableReader } from '#table/table-reader.ts';
import { NOT_FOUND } from '#table/table-reader.ts';
import { Verdict } from '#table/verdict.ts';
import { ArpDrop, ArpField, arpOffset, emitReply, Operation } from '#wire/arp.ts';
import { equal6, readI32, readU16 } from '#wire/bytes.ts';
import { destinationAt, isBroadcast, isMac, isStation, sourceAt } from '#wire/ethernet.ts';

/** The interface that received the frame. Reuse one object and change `nowMs`: monotonic milliseconds. */
export interface Responder {
  mac: Uint8Array;
  table: TableReader;
  nowMs: number;
}

/**
 * Decides about one received frame of `length` bytes and, when `carriesReply(verdict)`, has written the 60-byte reply at
 * `out[offset]`. Counts the verdict, answers and spoof suspects in the table. Never throws, keeps nothing of the frame.
 */
export function respond(frame: Uint8Array, length: number, self: Responder, out: Uint8Array, offset: number): Verdict {
  const at = arpOffset(frame, length);
  const verdict = at < 0 ? dropped(at) : decide(frame, at, self);
  self.table.countVerdict(verdict);
  if (verdict <= Verdict.claimant_answered) emitReply(out, offset, self.mac, frame, at);
  return verdict;
}

function dropped(code: number): Verdict {
  if (code === ArpDrop.not_arp) return Verdict.not_arp;
  return code === ArpDrop.vlan_tagged ? Verdict.vlan_tagged : Verdict.malformed;
}

function decide(frame: Uint8Array, at: number, self: Responder): Verdict {
  if (!isStation(frame, sourceAt)) return Verdict.multicast_source;
  const { mac, table, nowMs } = self;
  const sender = readI32(frame, at + ArpField.senderAddress);
  // Our own frames are not captured, so one that is received is a loop or spoofing, whatever it says.
  if (isMac(frame, sourceAt, mac) || isMac(frame, at + ArpField.senderMac, mac)) {
    return claims(sender, table, nowMs) ? Verdict.own_frame_claims_vip : Verdict.own_frame;
  }
  if (!isBroadcast(frame, destinationAt) && !isMac(frame, destinationAt, mac)) return Verdict.not_for_us;
  if (!equal6(frame, sourceAt, frame, at + ArpField.senderMac)) table.countVerdict(Verdict.spoof_suspect);
  // The sender's claim comes before the operation (RFC 826 "Packet Reception"), and any ARP packet whose sender is our
  // address from another MAC is a conflict (RFC 5227 §2.4).
  const claimed = claims(sender, table, nowMs);
  if (readU16(frame, at + ArpField.operation) === Operation.reply) {
    return claimed ? Verdict.claims_our_vip : Verdict.arp_reply;
  }
  const target = readI32(frame, at + ArpField.targetAddress);
  // Announcements of others are never answered (RFC 5227 §2.4 has its own defence).
  if (claimed && sender === target) return Verdict.claims_our_vip;
  return answer(target, sender, claimed, self);
}

/** A request that is no announcement. */
function answer(target: number, sender: number, claimed: boolean, self: Responder): Verdict {
  const row = self.table.findIPv4(target, self.nowMs);
  if (row < 0) {
    if (claimed) return Verdict.claims_our_vip;
    return row === NOT_FOUND ? Verdict.not_ours : Verdict.standby;
  }
  self.table.countAnswer(row, self.nowMs);
  // RFC 826 "Packet Reception" answers a request for our address whoever the sender says it is, so the claim is reported
  // and the request answered: during a handover it is a peer that asks from the address it is losing. The reply is
  // unicast and says nothing about the claimed address.
  if (claimed) return Verdict.claimant_answered;
  return sender === 0 ? Verdict.probe_answered : Verdict.replied;
}

/** Whether this sender address is an active VIP of ours; 0 is the sender of a probe and claims nothing. */
function claims(sender: number, table: TableReader, nowMs: number): boolean {
  return sender !== 0 && table.findIPv4(sender, nowMs) >= 0;
}
