// The kernel filters of capture handles.
// Read RFC 4861 §4.3 before changing this file.

/**
 * All ARP that the socket delivers: requests are answered, replies and announcements of others are evidence of conflicts
 * (RFC 5227 §2.4), and malformed packets are counted, which a tighter filter would hide from the operator. The filter
 * also matches tagged frames, whose tag libpcap puts back: the parser tells them apart.
 */
const arp = 'arp';

/**
 * Neighbor Solicitations and Advertisements: ICMPv6 right behind the header, type 135 or 136 (RFC 4861 §4.3). Written as
 * bytes, because `icmp6` also looks behind a fragment header, where RFC 6980 §5 allows no NDP.
 */
const neighborDiscovery = 'ip6[6] = 58 and (ip6[40] = 135 or ip6[40] = 136)';

/** VRRP is IP protocol 112 (RFC 9568 §5.1.1.4, §5.1.2.4), right behind the header: an advertisement has no extensions. */
export const vrrpFilter = 'ip[9] = 112 or ip6[6] = 112';

/** One handle for both: two would run a filter each over every frame of the box. ARP comes first and is not delayed. */
export const captureFilter = `${arp} or (${neighborDiscovery})`;

/** For an interface on which leaders are elected, and for `lanlord capture`, which shows other routers, too. */
export const electionFilter = `${captureFilter} or ${vrrpFilter}`;
