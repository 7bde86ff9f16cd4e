// Sends VRRP messages to single hosts: the kernel finds their MACs, which frames of our own would have to ask for.
// Read RFC 9568 §5.1.1.3 and raw(7) before changing this file.

import { allocate } from '../ffi.ts';
import { libc } from './libc.ts';

const AF_INET = 2;
const AF_INET6 = 10;
const SOCK_RAW = 3;
const SOCK_CLOEXEC = 0o2000000;
const SOCK_NONBLOCK = 0o4000;
const IPPROTO_VRRP = 112;
const SOL_SOCKET = 1;
const SO_BINDTODEVICE = 25;
const IPPROTO_IP = 0;
const IP_TTL = 2;
const IPPROTO_IPV6 = 41;
const IPV6_UNICAST_HOPS = 16;
const IPV6_CHECKSUM = 7;
/** A lower one counts as forwarded (RFC 9568 §5.1.1.3). */
const TTL = 255;

export class VrrpUnicast {
  readonly #interface: string;
  readonly #index: number;
  /** By length of an address: the socket, and what it is bound to. BOUNDED: one per family, the newest source. */
  readonly #sockets = new Map<4 | 16, { readonly fd: number; readonly source: string }>();

  constructor(name: string, ifindex: number) {
    this.#interface = name;
    this.#index = ifindex;
  }

  /** Sends a message, without IP header, between addresses of 4 or 16 bytes. False: it did not leave. Needs CAP_NET_RAW. */
  send(source: Uint8Array, destination: Uint8Array, message: Uint8Array): boolean {
    const fd = this.#socketFrom(source);
    if (fd < 0) return false;
    const target = socketAddress(destination, this.#index);
    return libc().sendto(fd, message, message.length, 0, target, target.length) === message.length;
  }

  close(): void {
    for (const { fd } of this.#sockets.values()) libc().close(fd);
    this.#sockets.clear();
  }

  #socketFrom(source: Uint8Array): number {
    const family = source.length === 4 ? 4 : 16;
    const known = this.#sockets.get(family);
    if (known?.source === source.join()) return known.fd;
    if (known) libc().close(known.fd);
    this.#sockets.delete(family);
    const fd = this.#open(source);
    if (fd >= 0) this.#sockets.set(family, { fd, source: source.join() });
    return fd;
  }

  #open(source: Uint8Array): number {
    const isIPv4 = source.length === 4;
    const type = SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK;
    const fd = libc().socket(isIPv4 ? AF_INET : AF_INET6, type, IPPROTO_VRRP);
    if (fd < 0) return -1;
    const name = new TextEncoder().encode(`${this.#interface}\0`);
    const from = socketAddress(source, this.#index);
    const done =
      libc().setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, name, name.length) === 0 &&
      libc().setsockopt(
        fd,
        isIPv4 ? IPPROTO_IP : IPPROTO_IPV6,
        isIPv4 ? IP_TTL : IPV6_UNICAST_HOPS,
        integer(TTL),
        4,
      ) === 0 &&
      // The checksum is there already: −1 leaves it alone.
      (isIPv4 || libc().setsockopt(fd, IPPROTO_IPV6, IPV6_CHECKSUM, integer(-1), 4) === 0) &&
      libc().bind(fd, from, from.length) === 0;
    if (done) return fd;
    libc().close(fd);
    return -1;
  }
}

function integer(value: number): Uint8Array {
  const bytes = allocate(4);
  new DataView(bytes.buffer).setInt32(0, value, true);
  return bytes;
}

/** struct sockaddr_in, or struct sockaddr_in6 with the interface as scope; port 0. */
function socketAddress(address: Uint8Array, ifindex: number): Uint8Array {
  if (address.length === 4) {
    const bytes = allocate(16);
    new DataView(bytes.buffer).setUint16(0, AF_INET, true);
    bytes.set(address, 4);
    return bytes;
  }
  const bytes = allocate(28);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, AF_INET6, true);
  bytes.set(address, 8);
  const isLinkLocal = address[0] === 0xfe && ((address[1] ?? 0) & 0xc0) === 0x80;
  view.setUint32(24, isLinkLocal ? ifindex : 0, true);
  return bytes;
}
