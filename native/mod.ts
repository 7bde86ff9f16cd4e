// bun-ffi-pcap: libpcap for Bun and Deno, without a compiled add-on.

export { createSendBatch, type SendBatch } from './batch.ts';
export { type Device, findAllDevices } from './devices.ts';
export type { DumpFile } from './dump.ts';
export { embeddedLicense } from './embed/embedded.ts';
export type { PcapError, PcapErrorCode, Result } from './error.ts';
export { type LinkOptions, openLink, type PcapLink } from './link.ts';
export { type LibpcapOrigin, libpcapOrigin } from './load.ts';
export { type LiveOptions, openDead, openLive, openOffline } from './open.ts';
export { END_OF_FILE, FAILED, GONE, NOTHING, type Pcap, type PcapStatistics } from './pcap.ts';
export { BROKEN, closeWakeFd, createWakeFd, READABLE, Waiter, WOKEN, wake } from './wake.ts';
