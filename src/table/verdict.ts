// What became of a received frame: one number per outcome, counted per table.

/**
 * Outcomes of `respond`. The numbers are positions in the table's block of counters. Those that come with a reply come
 * first; see `carriesReply`.
 */
export const Verdict = {
  /** An ordinary request for an active VIP, answered. */
  replied: 0,
  /** An ARP Probe (RFC 5227 §2.1.1) for an active VIP, answered. */
  probe_answered: 1,
  /** Answered, although the sender claims another of our VIPs: also evidence of a conflict. */
  claimant_answered: 2,
  /** Another MAC claims an active VIP (RFC 5227 §2.4): evidence of a conflict, not answered. */
  claims_our_vip: 3,
  /** Our own MAC came back and claims an active VIP: a loop or spoofing, worth an alarm. */
  own_frame_claims_vip: 4,
  /** Our own MAC came back: a loop or spoofing. */
  own_frame: 5,
  /** A request for an address that is not in the table. */
  not_ours: 6,
  /** A request for a VIP that is in the table, but not claimed yet, or its group is not active, or its deadline has passed. */
  standby: 7,
  /** An ARP reply that claims nothing of ours. */
  arp_reply: 8,
  /** The Ethernet destination is neither broadcast nor our own MAC. */
  not_for_us: 9,
  not_arp: 10,
  /** Too short for ARP, or a hardware type, protocol, length or operation that is none of ours. */
  malformed: 11,
  /** 802.1Q with a VLAN other than 0, or 802.1ad. */
  vlan_tagged: 12,
  /** The Ethernet source is a group address or zero. */
  multicast_source: 13,
  /** Counted beside the verdict: the Ethernet source differs from the ARP sender MAC. */
  spoof_suspect: 14,
  /** Another MAC claims or probes for an address that is being claimed or watched (RFC 5227 §2.1.1), not answered. */
  claims_candidate: 15,
  /** A Neighbor Advertisement that claims nothing of ours. */
  neighbor_advertisement: 16,
  /** IPv6 that is neither a solicitation nor an advertisement. */
  not_ndp: 17,
  /** Breaks a rule of RFC 4861 §7.1.1 or RFC 4861 §7.1.2: hop limit, checksum, code, lengths, addresses. */
  ndp_invalid: 18,
  /** A solicitation for an active VIP on an interface that has no IPv6 address, not even a tentative one. */
  no_source: 19,
} as const;

export type Verdict = (typeof Verdict)[keyof typeof Verdict];

/** Names by number, for counters and messages. */
export const verdictNames: readonly string[] = Object.keys(Verdict);

/** Whether `respond` wrote a frame that is to be sent. */
export function carriesReply(verdict: number): boolean {
  return verdict <= Verdict.claimant_answered;
}
