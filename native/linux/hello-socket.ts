// A UDP socket of one interface and family for hellos: to the VRRP groups or to single boxes, and only what comes from
// this very link is received: a router lowers the TTL, nobody can raise it beyond 255 (RFC 5082).
// Read ip(7), ipv6(7) and socket(7) before changing this file.

import { addressOf, allocate, toCString } from '../ffi.ts';
import { errno } from '../libc.ts';
import { type AddressFamily, formatIp, parseIp } from './ip-text.ts';
import { libc } from './libc.ts';
import { viewOf } from './netlink-message.ts';
import { failure, type Result } from './system-error.ts';

const AF = { IPv4: 2, IPv6: 10 } as const;
const SOCK_DGRAM = 2;
const SOCK_NONBLOCK = 0o4000;
const SOCK_CLOEXEC = 0o2000000;
const SOL_SOCKET = 1;
const SO_REUSEADDR = 2;
const SO_RCVBUF = 8;
const SO_BINDTODEVICE = 25;
const SO_ATTACH_FILTER = 26;
const MSG_DONTWAIT = 0x40;
const IPPROTO_IP = 0;
const IPPROTO_IPV6 = 41;
/** Class selector 6, as VRRP's own packets have it: among the last to be dropped on a full link. */
const TRAFFIC_CLASS = 0xc0;

/** Number options: level, option, value. The names are those of ip(7) and ipv6(7). */
const OPTIONS: Readonly<Record<AddressFamily, readonly (readonly [level: number, option: number, value: number])[]>> = {
  IPv4: [
    [IPPROTO_IP, 1, TRAFFIC_CLASS], // IP_TOS
    [IPPROTO_IP, 2, 255], // IP_TTL
    [IPPROTO_IP, 33, 255], // IP_MULTICAST_TTL
    [IPPROTO_IP, 34, 0], // IP_MULTICAST_LOOP
    [IPPROTO_IP, 49, 0], // IP_MULTICAST_ALL
  ],
  IPv6: [
    [IPPROTO_IPV6, 26, 1], // IPV6_V6ONLY
    [IPPROTO_IPV6, 67, TRAFFIC_CLASS], // IPV6_TCLASS
    [IPPROTO_IPV6, 16, 255], // IPV6_UNICAST_HOPS
    [IPPROTO_IPV6, 18, 255], // IPV6_MULTICAST_HOPS
    [IPPROTO_IPV6, 19, 0], // IPV6_MULTICAST_LOOP
  ],
};

/** The groups of VRRP (RFC 9568 §5.1.1.2, RFC 9568 §5.1.2.2): switches and firewalls that let one pass let the other. */
const GROUP: Readonly<Record<AddressFamily, string>> = { IPv4: '224.0.0.18', IPv6: 'ff02::12' };
/** Where the TTL or hop limit is in the IP header (RFC 791 §3.1, RFC 8200 §3). */
const TTL_AT: Readonly<Record<AddressFamily, number>> = { IPv4: 8, IPv6: 7 };
/** Room for what several boxes send at once; the kernel caps it at rmem_max. */
const RECEIVE_BUFFER_BYTES = 1_048_576;
const DATAGRAM_BYTES = 2048;

export interface HelloTarget {
  readonly interface: string;
  readonly index: number;
  readonly family: AddressFamily;
  readonly port: number;
}

export interface ReceivedHello {
  /** Valid until the next `receive`. */
  readonly bytes: Uint8Array;
  /** Canonical text of the sender's address. */
  readonly source: string;
}

export class HelloSocket {
  readonly #fd: number;
  readonly #target: HelloTarget;
  readonly #buffer = allocate(DATAGRAM_BYTES);
  readonly #source = allocate(28);
  readonly #sourceLength = new Int32Array(new ArrayBuffer(4));

  private constructor(fd: number, target: HelloTarget) {
    this.#fd = fd;
    this.#target = target;
  }

  /** Needs CAP_NET_RAW before Linux 5.7 (SO_BINDTODEVICE), and nothing after. */
  static open(target: HelloTarget): Result<HelloSocket> {
    const fd = libc().socket(AF[target.family], SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) return failure(errno(), 'socket');
    const failed = prepare(fd, target);
    if (failed === null) return { ok: true, value: new HelloSocket(fd, target) };
    const code = errno();
    libc().close(fd);
    return failure(code, failed);
  }

  /** What waits; null: nothing, or the interface is gone or down. */
  receive(): ReceivedHello | null {
    this.#sourceLength[0] = this.#source.length;
    const length = libc().recvfrom(
      this.#fd,
      this.#buffer,
      DATAGRAM_BYTES,
      MSG_DONTWAIT,
      this.#source,
      this.#sourceLength,
    );
    if (length < 0) return null;
    const at = this.#target.family === 'IPv4' ? 4 : 8;
    const source = formatIp(this.#source.subarray(at, at + (this.#target.family === 'IPv4' ? 4 : 16)));
    return { bytes: this.#buffer.subarray(0, length), source: source ?? '' };
  }

  /** To everybody, or to one box. False: it did not leave. */
  send(bytes: Uint8Array<ArrayBuffer>, to: string | null): boolean {
    const address = socketAddress(this.#target, to ?? GROUP[this.#target.family]);
    if (address === null || bytes.length === 0) return false;
    return libc().sendto(this.#fd, bytes, bytes.length, MSG_DONTWAIT, address, address.length) === bytes.length;
  }

  close(): void {
    libc().close(this.#fd);
  }
}

/** What failed, or null; errno tells why. */
function prepare(fd: number, target: HelloTarget): string | null {
  const { interface: name, family } = target;
  if (!setNumber(fd, SOL_SOCKET, SO_REUSEADDR, 1)) return 'SO_REUSEADDR';
  setNumber(fd, SOL_SOCKET, SO_RCVBUF, RECEIVE_BUFFER_BYTES);
  const device = toCString(name);
  if (libc().setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, device, device.length) < 0) return `SO_BINDTODEVICE ${name}`;
  if (!attachFilter(fd, TTL_AT[family])) return 'SO_ATTACH_FILTER';
  for (const [level, option, value] of OPTIONS[family]) {
    if (!setNumber(fd, level, option, value)) return `setsockopt ${level} ${option}`;
  }
  const any = socketAddress(target, family === 'IPv4' ? '0.0.0.0' : '::');
  if (any === null || libc().bind(fd, any, any.length) < 0) return `bind UDP port ${target.port}`;
  return join(fd, target) ? null : `join ${GROUP[family]} on ${name}`;
}

function setNumber(fd: number, level: number, option: number, value: number): boolean {
  return libc().setsockopt(fd, level, option, Int32Array.of(value), 4) === 0;
}

/** `ldb [network header + at]; jeq 255; accept; drop` (Linux's SKF_NET_OFF is −0x100000). */
function attachFilter(fd: number, at: number): boolean {
  const program = allocate(32);
  const view = viewOf(program);
  const instructions = [
    [0x30, 0, 0, 0xfff0_0000 + at],
    [0x15, 0, 1, 255],
    [0x06, 0, 0, 0xffff_ffff],
    [0x06, 0, 0, 0],
  ] as const;
  for (const [i, [code, jumpTrue, jumpFalse, operand]] of instructions.entries()) {
    view.setUint16(i * 8, code, true);
    view.setUint8(i * 8 + 2, jumpTrue);
    view.setUint8(i * 8 + 3, jumpFalse);
    view.setUint32(i * 8 + 4, operand, true);
  }
  // struct sock_fprog { unsigned short len; struct sock_filter *filter; }
  const header = allocate(16);
  viewOf(header).setUint16(0, instructions.length, true);
  viewOf(header).setBigUint64(8, BigInt(addressOf(program)), true);
  const status = libc().setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, header, header.length);
  // Referenced until here: the kernel reads it through its address.
  return status === 0 && program.length === 32;
}

function join(fd: number, { family, index }: HelloTarget): boolean {
  const group = parseIp(GROUP[family]) ?? new Uint8Array();
  if (family === 'IPv6') {
    // struct ipv6_mreq { struct in6_addr; unsigned int ifindex; }; IPV6_JOIN_GROUP, IPV6_MULTICAST_IF
    const request = allocate(20);
    request.set(group);
    viewOf(request).setUint32(16, index, true);
    return libc().setsockopt(fd, IPPROTO_IPV6, 20, request, 20) === 0 && setNumber(fd, IPPROTO_IPV6, 17, index);
  }
  // struct ip_mreqn { struct in_addr group, address; int ifindex; }; IP_ADD_MEMBERSHIP, IP_MULTICAST_IF
  const request = allocate(12);
  request.set(group);
  viewOf(request).setInt32(8, index, true);
  return (
    libc().setsockopt(fd, IPPROTO_IP, 35, request, 12) === 0 && libc().setsockopt(fd, IPPROTO_IP, 32, request, 12) === 0
  );
}

/** sockaddr_in or sockaddr_in6; null: no address of the family. */
function socketAddress({ family, port, index }: HelloTarget, text: string): Uint8Array | null {
  const bytes = parseIp(text);
  if (bytes?.length !== (family === 'IPv4' ? 4 : 16)) return null;
  const address = allocate(family === 'IPv4' ? 16 : 28);
  const view = viewOf(address);
  view.setUint16(0, AF[family], true);
  view.setUint16(2, port);
  address.set(bytes, family === 'IPv4' ? 4 : 8);
  if (family === 'IPv6') view.setUint32(24, index, true);
  return address;
}
