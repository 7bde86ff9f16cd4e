// Every code of `lanlord doctor` with one line about it: the reference page is made from this table.

/** Codes are stable: never re-use one, never change what it means. */
export const doctorCodes = {
  'LL-DOC-001': 'libpcap can be loaded: the embedded one, or the one of the box',
  'LL-DOC-002': 'The C library is glibc, and new enough',
  'LL-DOC-003': 'CAP_NET_RAW is effective for this user',
  'LL-DOC-010': 'An interface exists, is up and has carrier',
  'LL-DOC-011': 'An interface is a port of a bridge or bond: the bridge or bond is used instead',
  'LL-DOC-012': 'An interface does not do ARP',
  'LL-DOC-021': 'proxy_arp is off: the kernel would answer, too',
  'LL-DOC-022': 'proxy_ndp is off: the kernel would answer for addresses of `ip neigh show proxy`',
  'LL-DOC-023': 'No VIP is configured on an interface: the kernel would answer for it',
  'LL-DOC-024': 'A VIP on lo and arp_ignore 0: the kernel would answer for it on the LAN',
  'LL-DOC-030': 'The daemon runs and can be asked',
  'LL-DOC-031': 'The daemon captures on the interfaces it wants',
} as const;

export type DoctorCode = keyof typeof doctorCodes;
