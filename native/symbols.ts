// The functions of libpcap that are used, with their C types. Read pcap(3PCAP) before changing this file.
import type { Functions, Signature } from './ffi.ts';

/** Handles (`pcap_t *`) are `pointer`; memory that C reads during the call only is `buffer`. */
export const PCAP_FUNCTIONS = {
  pcap_lib_version: { args: [], returns: 'pointer' },
  pcap_create: { args: ['buffer', 'buffer'], returns: 'pointer' },
  pcap_set_snaplen: { args: ['pointer', 'i32'], returns: 'i32' },
  pcap_set_promisc: { args: ['pointer', 'i32'], returns: 'i32' },
  pcap_set_timeout: { args: ['pointer', 'i32'], returns: 'i32' },
  pcap_set_immediate_mode: { args: ['pointer', 'i32'], returns: 'i32' },
  pcap_set_buffer_size: { args: ['pointer', 'i32'], returns: 'i32' },
  pcap_activate: { args: ['pointer'], returns: 'i32' },
  pcap_open_offline: { args: ['buffer', 'buffer'], returns: 'pointer' },
  pcap_open_dead: { args: ['i32', 'i32'], returns: 'pointer' },
  pcap_close: { args: ['pointer'], returns: 'void' },
  pcap_setdirection: { args: ['pointer', 'i32'], returns: 'i32' },
  pcap_setnonblock: { args: ['pointer', 'i32', 'buffer'], returns: 'i32' },
  pcap_compile: { args: ['pointer', 'buffer', 'buffer', 'i32', 'u32'], returns: 'i32' },
  pcap_setfilter: { args: ['pointer', 'buffer'], returns: 'i32' },
  pcap_freecode: { args: ['buffer'], returns: 'void' },
  pcap_next_ex: { args: ['pointer', 'pointer', 'pointer'], returns: 'i32' },
  pcap_inject: { args: ['pointer', 'buffer', 'u64'], returns: 'i32' },
  pcap_stats: { args: ['pointer', 'buffer'], returns: 'i32' },
  pcap_fileno: { args: ['pointer'], returns: 'i32' },
  pcap_snapshot: { args: ['pointer'], returns: 'i32' },
  pcap_datalink: { args: ['pointer'], returns: 'i32' },
  pcap_datalink_val_to_name: { args: ['i32'], returns: 'pointer' },
  pcap_geterr: { args: ['pointer'], returns: 'pointer' },
  pcap_statustostr: { args: ['i32'], returns: 'pointer' },
  pcap_findalldevs: { args: ['buffer', 'buffer'], returns: 'i32' },
  pcap_freealldevs: { args: ['pointer'], returns: 'void' },
  pcap_dump_open: { args: ['pointer', 'buffer'], returns: 'pointer' },
  pcap_dump: { args: ['pointer', 'buffer', 'buffer'], returns: 'void' },
  pcap_dump_flush: { args: ['pointer'], returns: 'i32' },
  pcap_dump_close: { args: ['pointer'], returns: 'void' },
} as const satisfies Record<string, Signature>;

/** Since libpcap 1.9; older ones capture every protocol and leave the choice to the filter. */
export const PCAP_PROTOCOL_FUNCTION = {
  pcap_set_protocol_linux: { args: ['pointer', 'i32'], returns: 'i32' },
} as const satisfies Record<string, Signature>;

export type PcapFunctions = Functions<typeof PCAP_FUNCTIONS>;

/** pcap/pcap.h: PCAP_ERRBUF_SIZE. */
export const ERROR_BUFFER_BYTES = 256;
