// The kernel filter of a capture handle.

/**
 * All ARP that the socket delivers: requests are answered, replies and announcements of others are evidence of conflicts
 * (RFC 5227 §2.4), and malformed packets are counted, which a tighter filter would hide from the operator. The filter
 * also matches tagged frames, whose tag libpcap puts back: the parser tells them apart.
 */
export const captureFilter = 'arp';
