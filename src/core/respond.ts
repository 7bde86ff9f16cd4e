// Which received frames are answered, and what every other one is.
// Read RFC 826 "Packet Reception" and RFC 5227 §2.4 before changing this file.
import { ClaimKind, type ClaimRecorder } from '#table/claim-recorder.ts';
import type { TableReader } from '#table/table-reader.ts';
import { HELD, NOT_FOUND } from '#table/table-reader.ts';
import { Verdict } from '#table/verdict.ts';
import { ArpDrop, ArpField, arpOffset, emitReply, Operation } from '#wire/arp.ts';
import { equal6, readI32, readU16 } from '#wire/bytes.ts';
import { destinationAt, isBroadcast, isMac, isStation, sourceAt } from '#wire/ethernet.ts';

/** The interface that received the frame. Reuse one object and change `nowMs`: monotonic milliseconds. */
export interface Responder {
  mac: Uint8Array;
  table: TableReader;
  nowMs: number;
  /** Where claims of other hosts are written down; absent: they are only counted. */
  claims?: ClaimRecorder;
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
  const { mac, table } = self;
  // Our own frames are not captured, so one that is received is a loop or spoofing, whatever it says.
  if (isMac(frame, sourceAt, mac) || isMac(frame, at + ArpField.senderMac, mac)) return ownFrame(frame, at, self);
  if (!isBroadcast(frame, destinationAt) && !isMac(frame, destinationAt, mac)) return Verdict.not_for_us;
  if (!equal6(frame, sourceAt, frame, at + ArpField.senderMac)) table.countVerdict(Verdict.spoof_suspect);
  // The sender's claim comes before the operation (RFC 826 "Packet Reception"), and any ARP packet whose sender is our
  // address from another MAC is a conflict (RFC 5227 §2.4), also of an address that is only being probed for (§2.1.1).
  const claimed = claimedRow(frame, at, self);
  if (readU16(frame, at + ArpField.operation) === Operation.reply)
    return claim(frame, at, claimed, ClaimKind.reply, self);
  const sender = readI32(frame, at + ArpField.senderAddress);
  // Announcements of others are never answered (RFC 5227 §2.4 has its own defence).
  if (isKnown(claimed) && sender === readI32(frame, at + ArpField.targetAddress)) {
    return claim(frame, at, claimed, ClaimKind.announcement, self);
  }
  return answer(frame, at, claimed, self);
}

function ownFrame(frame: Uint8Array, at: number, self: Responder): Verdict {
  const claimed = claimedRow(frame, at, self);
  if (claimed < 0) return Verdict.own_frame;
  self.claims?.record(claimed, frame, at + ArpField.senderMac, ClaimKind.own, self.nowMs);
  return Verdict.own_frame_claims_vip;
}

/** A request that is no announcement. */
function answer(frame: Uint8Array, at: number, claimed: number, self: Responder): Verdict {
  const { table, nowMs } = self;
  const row = table.findIPv4(readI32(frame, at + ArpField.targetAddress), nowMs);
  const isProbe = readI32(frame, at + ArpField.senderAddress) === 0;
  // Somebody else probes for the address that we probe for (RFC 5227 §2.1.1): neither may have it.
  if (row <= HELD && isProbe) return claim(frame, at, row, ClaimKind.probe, self);
  const verdict = !isKnown(claimed) ? Verdict.not_ours : claim(frame, at, claimed, ClaimKind.request, self);
  if (row >= 0) {
    table.countAnswer(row, nowMs);
    // RFC 826 "Packet Reception" answers a request for our address whoever the sender says it is, so the claim is reported
    // and the request answered: during a handover it is a peer that asks from the address it is losing. The reply is
    // unicast and says nothing about the claimed address.
    if (claimed >= 0) return Verdict.claimant_answered;
    return isProbe ? Verdict.probe_answered : Verdict.replied;
  }
  if (verdict === Verdict.claims_our_vip || verdict === Verdict.claims_candidate) return verdict;
  return row === NOT_FOUND ? Verdict.not_ours : Verdict.standby;
}

/** Writes a claim down and names it; what is claimed may be nothing of ours. */
function claim(frame: Uint8Array, at: number, claimed: number, kind: ClaimKind, self: Responder): Verdict {
  const isOurs = claimed >= 0;
  if (!isKnown(claimed)) return Verdict.arp_reply;
  // A sender MAC that is not the Ethernet source is no evidence against an address in use: anybody can forge it. While
  // an address is not in use yet, any doubt is enough.
  if (!isOurs || equal6(frame, sourceAt, frame, at + ArpField.senderMac)) {
    self.claims?.record(claimed, frame, at + ArpField.senderMac, kind, self.nowMs);
  }
  return isOurs ? Verdict.claims_our_vip : Verdict.claims_candidate;
}

/** Whether a lookup found an address that is answered, claimed or watched here. */
function isKnown(found: number): boolean {
  return found >= 0 || found <= HELD;
}

/** What the table knows of the sender's address; 0 is the sender of a probe and claims nothing. */
function claimedRow(frame: Uint8Array, at: number, { table, nowMs }: Responder): number {
  const sender = readI32(frame, at + ArpField.senderAddress);
  return sender === 0 ? NOT_FOUND : table.findIPv4(sender, nowMs);
}
