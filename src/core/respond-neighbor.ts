// Which received Neighbor Solicitations are answered, and what every other NDP frame is.
// Read RFC 4861 §7.2.3, RFC 4861 §7.2.4 and RFC 4862 §5.4.3 before changing this file.
import { ClaimKind } from '#table/claim-recorder.ts';
import { HELD, NOT_FOUND, type TableReader } from '#table/table-reader.ts';
import { carriesReply, Verdict } from '#table/verdict.ts';
import { equal6 } from '#wire/bytes.ts';
import { destinationAt, isGroup, isMac, isStation, sourceAt } from '#wire/ethernet.ts';
import { Ipv6Field, isUnspecified } from '#wire/ipv6.ts';
import { isAdvertisement, linkLayerAt, NdpDrop, NdpField, ndpOffset } from '#wire/ndp.ts';
import { emitSolicited, emitToProber } from '#wire/ndp-emit.ts';
import type { Responder } from './respond.ts';

/** The interface that received the frame. Reuse one object and change `nowMs` and `speaks`. */
export interface NeighborResponder extends Responder {
  /** False while the interface has no IPv6 address: nothing is answered, because what is attracted would get lost. */
  speaks: boolean;
}

/**
 * Decides about one received IPv6 frame of `length` bytes and, when `carriesReply(verdict)`, has written the 86-byte
 * advertisement at `out[offset]`. Counts as `respond` does. Never throws, keeps nothing of the frame.
 */
export function respondNeighbor(
  frame: Uint8Array,
  length: number,
  self: NeighborResponder,
  out: Uint8Array,
  offset: number,
): Verdict {
  const at = ndpOffset(frame, length);
  const verdict = at < 0 ? dropped(at) : decide(frame, at, self);
  self.table.countVerdict(verdict);
  if (!carriesReply(verdict)) return verdict;
  // RFC 4861 §7.2.4: whoever asks without an address hears the answer as one of all nodes.
  if (verdict === Verdict.probe_answered) emitToProber(out, offset, self.mac, frame, at);
  else emitSolicited(out, offset, self.mac, frame, at);
  return verdict;
}

function dropped(code: number): Verdict {
  if (code === NdpDrop.not_ndp) return Verdict.not_ndp;
  if (code === NdpDrop.invalid) return Verdict.ndp_invalid;
  return code === NdpDrop.vlan_tagged ? Verdict.vlan_tagged : Verdict.malformed;
}

function decide(frame: Uint8Array, at: number, self: NeighborResponder): Verdict {
  if (!isStation(frame, sourceAt)) return Verdict.multicast_source;
  const { mac, table, nowMs } = self;
  const option = linkLayerAt(frame, at);
  const advertises = isAdvertisement(frame, at);
  const claimed = claimedRow(frame, at, advertises, table, nowMs);
  const macAt = option < 0 ? sourceAt : option;
  // Our own frames are not captured, so one that is received is a loop or spoofing, whatever it says.
  if (isMac(frame, sourceAt, mac) || isMac(frame, macAt, mac)) {
    if (claimed < 0) return Verdict.own_frame;
    self.claims?.record(claimed, frame, macAt, ClaimKind.own, nowMs);
    return Verdict.own_frame_claims_vip;
  }
  if (!isGroup(frame, destinationAt) && !isMac(frame, destinationAt, mac)) return Verdict.not_for_us;
  if (claimed !== NOT_FOUND)
    noteClaim(frame, macAt, claimed, advertises ? ClaimKind.advertisement : ClaimKind.request, self);
  if (!equal6(frame, sourceAt, frame, macAt)) table.countVerdict(Verdict.spoof_suspect);
  if (!advertises) return answer(frame, at, macAt, claimed, self);
  if (claimed >= 0) return Verdict.claims_our_vip;
  return claimed <= HELD ? Verdict.claims_candidate : Verdict.neighbor_advertisement;
}

/**
 * As for ARP: a MAC that is not the Ethernet source is no evidence against an address in use, for anybody can forge it. While
 * an address is not in use yet, any doubt is enough.
 */
function noteClaim(frame: Uint8Array, macAt: number, claimed: number, kind: ClaimKind, self: NeighborResponder): void {
  if (claimed >= 0 && !equal6(frame, sourceAt, frame, macAt)) return;
  self.claims?.record(claimed, frame, macAt, kind, self.nowMs);
}

/** The row of the address that the sender says is its own: the target of an advertisement, the source of a solicitation. */
function claimedRow(frame: Uint8Array, at: number, advertises: boolean, table: TableReader, nowMs: number): number {
  if (advertises) return table.findIPv6(frame, at + NdpField.target, nowMs);
  const source = at + Ipv6Field.source;
  return isUnspecified(frame, source) ? NOT_FOUND : table.findIPv6(frame, source, nowMs);
}

/** A solicitation. */
function answer(frame: Uint8Array, at: number, macAt: number, claimed: number, self: NeighborResponder): Verdict {
  const row = self.table.findIPv6(frame, at + NdpField.target, self.nowMs);
  const isProbe = isUnspecified(frame, at + Ipv6Field.source);
  if (row < 0) {
    if (claimed >= 0) return Verdict.claims_our_vip;
    if (row <= HELD && isProbe) {
      // Somebody else probes for the address that we probe for (RFC 4862 §5.4.3): neither may have it.
      self.claims?.record(row, frame, macAt, ClaimKind.probe, self.nowMs);
      return Verdict.claims_candidate;
    }
    if (claimed <= HELD) return Verdict.claims_candidate;
    return row === NOT_FOUND ? Verdict.not_ours : Verdict.standby;
  }
  if (!self.speaks) return Verdict.no_source;
  self.table.countAnswer(row, self.nowMs);
  // As for ARP: who asks from an address of ours is both answered and written down.
  if (claimed >= 0) return Verdict.claimant_answered;
  return isProbe ? Verdict.probe_answered : Verdict.replied;
}
