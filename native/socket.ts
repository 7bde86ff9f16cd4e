// Options of the packet socket under a libpcap handle. Read packet(7) before changing this file.
import { openLibrary } from './ffi.ts';
import { LIBC_PATHS } from './libc.ts';

const SOL_PACKET = 263;
const PACKET_IGNORE_OUTGOING = 23;
const enabled = new Int32Array([1]);

function enable(fd: number, option: number): boolean {
  const libc = openLibrary(LIBC_PATHS, {
    setsockopt: { args: ['i32', 'i32', 'i32', 'buffer', 'u32'], returns: 'i32' },
  });
  return libc.ok && libc.value.call.setsockopt(fd, SOL_PACKET, option, enabled, 4) === 0;
}

/** Frames this box sends do not even enter the ring (Linux 4.20); before, libpcap sorts them out after they filled it. */
export function ignoreOutgoing(fd: number): boolean {
  return enable(fd, PACKET_IGNORE_OUTGOING);
}
