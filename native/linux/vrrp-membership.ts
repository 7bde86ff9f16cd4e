// Membership of an interface in the multicast groups of VRRP: cards and switches let advertisements through.
// Read RFC 9568 §5.1.1.2 and RFC 9568 §5.1.2.2 before changing this file.

import { allocate } from '../ffi.ts';
import { errno } from '../libc.ts';
import { libc } from './libc.ts';
import { systemError } from './system-error.ts';

const AF_INET = 2;
const AF_INET6 = 10;
const SOCK_DGRAM = 2;
const SOCK_CLOEXEC = 0o2000000;
const IPPROTO_IP = 0;
const IPPROTO_IPV6 = 41;
const IP_ADD_MEMBERSHIP = 35;
const IPV6_JOIN_GROUP = 20;
const EAFNOSUPPORT = 97;

/** 224.0.0.18 (RFC 9568 §5.1.1.2). */
const groupIPv4 = [224, 0, 0, 18];
/** ff02::12 (RFC 9568 §5.1.2.2). */
const groupIPv6 = [0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x12];

/** Lasts until `close`. Needs no privilege. The kernel reports the groups by IGMP and MLD. */
export class VrrpMembership {
  readonly #sockets: number[] = [];
  /** What could not be joined, for people; empty: both were. A kernel without IPv6 lacks that family and no group of it. */
  readonly faults: readonly string[];

  constructor(ifindex: number) {
    // struct ip_mreqn { struct in_addr group, address; int ifindex; }
    const v4 = allocate(12);
    v4.set(groupIPv4);
    new DataView(v4.buffer).setInt32(8, ifindex, true);
    // struct ipv6_mreq { struct in6_addr group; unsigned int ifindex; }
    const v6 = allocate(20);
    v6.set(groupIPv6);
    new DataView(v6.buffer).setUint32(16, ifindex, true);
    this.faults = [
      this.#join(AF_INET, IPPROTO_IP, IP_ADD_MEMBERSHIP, v4),
      this.#join(AF_INET6, IPPROTO_IPV6, IPV6_JOIN_GROUP, v6),
    ].filter((fault) => fault !== '');
  }

  close(): void {
    for (const fd of this.#sockets.splice(0)) libc().close(fd);
  }

  #join(family: number, level: number, option: number, request: Uint8Array): string {
    const name = family === AF_INET ? '224.0.0.18' : 'ff02::12';
    const fd = libc().socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0 && errno() === EAFNOSUPPORT) return '';
    if (fd < 0) return `Cannot join ${name}: ${systemError(errno(), 'socket').message}`;
    this.#sockets.push(fd);
    if (libc().setsockopt(fd, level, option, request, request.length) === 0) return '';
    return `Cannot join ${name}: ${systemError(errno(), 'setsockopt').message}`;
  }
}
