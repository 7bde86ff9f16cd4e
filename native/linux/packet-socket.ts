// A raw socket on one interface for the few frames that need no capture: MLD queries come in, whole frames go out.
// Read packet(7) and RFC 3810 §5.1 before changing this file.

import { addressOf, allocate } from '../ffi.ts';
import { errno } from '../libc.ts';
import { libc } from './libc.ts';
import { failure, type Result } from './system-error.ts';

const AF_PACKET = 17;
const SOCK_RAW = 3;
const SOCK_CLOEXEC = 0o2000000;
const SOL_SOCKET = 1;
const SO_ATTACH_FILTER = 26;
const ETH_P_IPV6 = 0x86dd;
const MSG_DONTWAIT = 0x40;
const FRAME_BYTES = 1522;

/**
 * Classic BPF, from the start of the frame: next header 0 (hop-by-hop), behind it ICMPv6 of type 130 (MLD query). Each
 * instruction is { u16 code; u8 jt, jf; u32 k; }. 0x30: load a byte, 0x15: jump if equal, 0x06: return.
 */
const MLD_QUERIES: readonly (readonly [code: number, jt: number, jf: number, k: number])[] = [
  [0x30, 0, 0, 20],
  [0x15, 0, 5, 0],
  [0x30, 0, 0, 54],
  [0x15, 0, 3, 58],
  [0x30, 0, 0, 62],
  [0x15, 0, 1, 130],
  [0x06, 0, 0, FRAME_BYTES],
  [0x06, 0, 0, 0],
];

export class PacketSocket {
  readonly #fd: number;
  readonly #buffer = allocate(FRAME_BYTES);

  private constructor(fd: number) {
    this.#fd = fd;
  }

  /** Opens a socket that hears MLD queries on the interface of this index. Needs CAP_NET_RAW. */
  static open(index: number): Result<PacketSocket> {
    // Protocol 0: nothing comes in before the filter is there.
    const fd = libc().socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
    if (fd < 0) return failure(errno(), 'socket(AF_PACKET)');
    const failed = attachFilter(fd) || bind(fd, index);
    if (failed === 0) return { ok: true, value: new PacketSocket(fd) };
    libc().close(fd);
    return failure(failed, 'bind(AF_PACKET)');
  }

  /** False when it did not leave. */
  send(frame: Uint8Array): boolean {
    return libc().send(this.#fd, frame, frame.length, MSG_DONTWAIT) === frame.length;
  }

  /** The next query that waits, valid until the next call; null when there is none. */
  receive(): Uint8Array | null {
    const length = libc().recv(this.#fd, this.#buffer, this.#buffer.length, MSG_DONTWAIT);
    return length > 0 ? this.#buffer.subarray(0, length) : null;
  }

  close(): void {
    libc().close(this.#fd);
  }
}

/** 0, or the errno. */
function attachFilter(fd: number): number {
  const code = allocate(MLD_QUERIES.length * 8);
  const view = new DataView(code.buffer);
  for (const [i, [instruction, jt, jf, k]] of MLD_QUERIES.entries()) {
    view.setUint16(i * 8, instruction, true);
    view.setUint8(i * 8 + 2, jt);
    view.setUint8(i * 8 + 3, jf);
    view.setUint32(i * 8 + 4, k, true);
  }
  // struct sock_fprog { unsigned short len; struct sock_filter *filter; }
  const program = allocate(16);
  const header = new DataView(program.buffer);
  header.setUint16(0, MLD_QUERIES.length, true);
  header.setBigUint64(8, BigInt(addressOf(code)), true);
  return libc().setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, program, program.length) === 0 ? 0 : errno();
}

function bind(fd: number, index: number): number {
  // struct sockaddr_ll { u16 family; u16 protocol (network order); int ifindex; u16 hatype; u8 pkttype, halen; u8 addr[8]; }
  const address = allocate(20);
  const view = new DataView(address.buffer);
  view.setUint16(0, AF_PACKET, true);
  view.setUint16(2, ETH_P_IPV6, false);
  view.setInt32(4, index, true);
  return libc().bind(fd, address, address.length) === 0 ? 0 : errno();
}
