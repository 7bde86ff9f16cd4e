// Every code of `lanlord doctor` with one line about it: the reference page is made from this table.

/** Codes are stable: never re-use one, never change what it means. */
export const doctorCodes = {
  'LL-DOC-001': 'Can libpcap be loaded: the embedded one, or the one of the box',
  'LL-DOC-002': 'Is the C library glibc, and new enough',
  'LL-DOC-003': 'Is CAP_NET_RAW effective for the daemon; without one, for this user',
  'LL-DOC-010': 'Does an interface exist, is it up, has it carrier',
  'LL-DOC-011': 'Is an interface a port of a bridge or bond: then the bridge or bond is used instead',
  'LL-DOC-012': 'Does an interface do ARP',
  'LL-DOC-021': 'Is proxy_arp off: the kernel would answer, too',
  'LL-DOC-022': 'Is proxy_ndp off: the kernel would answer for addresses of `ip neigh show proxy`',
  'LL-DOC-023': 'Is a VIP configured on an interface: the kernel would answer for it',
  'LL-DOC-024': 'Is a VIP on lo with arp_ignore 0: the kernel would answer for it on the LAN',
  'LL-DOC-030': 'Does the daemon run, and can it be asked',
  'LL-DOC-031': 'Does the daemon capture on the interfaces it wants',
  'LL-DOC-032': 'Does anything on this box accept or forward the traffic to the addresses it announces',
  'LL-DOC-034': 'Are the interfaces that are examined those of the daemon, and not of another network namespace',
  'LL-DOC-033': 'Do other virtual routers on the LAN understand this box, and it them',
} as const;

export type DoctorCode = keyof typeof doctorCodes;
