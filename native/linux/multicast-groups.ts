// Solicited-node groups of the VIPs, joined on their interfaces: the card's filter lets their solicitations in, and MLD
// reports tell switches where to send them.
// Read RFC 4291 §2.7.1, RFC 4861 §7.2.1 and RFC 3810 §6.1 before changing this file.

import { constants } from 'node:os';
import { allocate } from '../ffi.ts';
import { errno } from '../libc.ts';
import { joinedSuffixes } from './joined-groups.ts';
import { libc } from './libc.ts';
import { systemError } from './system-error.ts';

const { EADDRINUSE } = constants.errno;

const AF_INET6 = 10;
const AF_PACKET = 17;
const SOCK_DGRAM = 2;
const SOCK_CLOEXEC = 0o2000000;
const IPPROTO_IPV6 = 41;
const IPV6_JOIN_GROUP = 20;
const IPV6_LEAVE_GROUP = 21;
const SOL_PACKET = 263;
const PACKET_ADD_MEMBERSHIP = 1;
const PACKET_MR_ALLMULTI = 2;

/**
 * Groups joined per interface; all multicast is received for those beyond (`beyond`). The kernel searches its list of groups from the
 * start for every multicast frame that comes in. Measured with 10,000 VIPs: 64 groups cost nothing, 256 a quarter of the
 * solicitations/s, 1,024 four fifths, and 10,000 left 8,000 of 250,000.
 */
const mostGroups = 64;

/** ff02::1:ff00:0 in the first 16 bytes of struct ipv6_mreq; its interface index follows. */
const groupPrefix = [0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff];
const suffixAt = 13;
const indexAt = 16;

export interface WantedGroups {
  readonly interface: string;
  readonly index: number;
  /** The low 24 bits of addresses: addresses that share them share a group. */
  readonly suffixes: ReadonlySet<number>;
}

/** The groups of all interfaces. Needs no privilege, but for the way out when groups cannot be joined (CAP_NET_RAW). */
export class MulticastGroups {
  /** By interface index: an interface that was made anew starts anew. BOUNDED: interfaces of the box. */
  readonly #links = new Map<number, LinkGroups>();

  /** Makes what is joined equal this set; idempotent. Returns a sentence for each interface where it could not. */
  apply(wanted: readonly WantedGroups[]): ReadonlyMap<string, string> {
    const faults = new Map<string, string>();
    const present = new Set(wanted.filter(({ suffixes }) => suffixes.size > 0).map(({ index }) => index));
    for (const [index, link] of this.#links) {
      if (present.has(index)) continue;
      link.close();
      this.#links.delete(index);
    }
    for (const { interface: name, index, suffixes } of wanted) {
      if (!present.has(index)) continue;
      const link = this.#links.get(index) ?? new LinkGroups(index);
      this.#links.set(index, link);
      const fault = link.apply(suffixes);
      if (fault !== '') faults.set(name, fault);
    }
    return faults;
  }

  /** What is wanted on this interface and not joined, and whether the card lets it in all the same. */
  beyond(index: number): { readonly suffixes: ReadonlySet<number>; readonly isReceived: boolean } {
    return this.#links.get(index)?.beyond() ?? { suffixes: new Set(), isReceived: true };
  }

  close(): void {
    this.apply([]);
  }
}

class LinkGroups {
  readonly #index: number;
  /** Holds the memberships; −1 without any. */
  #socket = -1;
  /** BOUNDED: `mostGroups`. */
  readonly #joined = new Set<number>();
  /** Wanted and not joined. BOUNDED: what is wanted. */
  #missing: ReadonlySet<number> = new Set();
  /** Holds the interface in ALLMULTI; −1 while that is not needed. */
  #everything = -1;

  constructor(index: number) {
    this.#index = index;
  }

  apply(wanted: ReadonlySet<number>): string {
    // The kernel forgets memberships when it takes IPv6 off an interface, though our socket still looks joined.
    const inForce = joinedSuffixes(this.#index);
    if (inForce && [...this.#joined].some((suffix) => !inForce.has(suffix))) this.#forget();
    for (const suffix of [...this.#joined]) if (!wanted.has(suffix)) this.#leave(suffix);
    const missing = new Set<number>();
    let reason = 0;
    for (const suffix of wanted) {
      if (this.#joined.has(suffix)) continue;
      const isFull = this.#joined.size >= mostGroups;
      const code = isFull ? 0 : this.#join(suffix);
      if (isFull || code !== 0) missing.add(suffix);
      if (code !== 0) reason = code;
    }
    this.#missing = missing;
    return this.#receiveEverything(missing.size, reason);
  }

  beyond() {
    return { suffixes: this.#missing, isReceived: this.#missing.size === 0 || this.#everything >= 0 };
  }

  close(): void {
    this.#forget();
    this.#missing = new Set();
    this.#receiveEverything(0, 0);
  }

  #join(suffix: number): number {
    if (this.#socket < 0) this.#socket = libc().socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    const request = membership(suffix, this.#index);
    const status = libc().setsockopt(this.#socket, IPPROTO_IPV6, IPV6_JOIN_GROUP, request, request.length);
    const code = status === 0 ? 0 : errno();
    if (code !== 0 && code !== EADDRINUSE) return code;
    this.#joined.add(suffix);
    return 0;
  }

  #leave(suffix: number): void {
    const request = membership(suffix, this.#index);
    // Refused only when the kernel has left the group already, with the interface or with IPv6 on it.
    libc().setsockopt(this.#socket, IPPROTO_IPV6, IPV6_LEAVE_GROUP, request, request.length);
    this.#joined.delete(suffix);
  }

  #forget(): void {
    if (this.#socket >= 0) libc().close(this.#socket);
    this.#socket = -1;
    this.#joined.clear();
  }

  /** The way out: the card hands over every group. A switch that snoops MLD still does not know where we are. */
  #receiveEverything(missing: number, reason: number): string {
    if (missing > 0 && this.#everything < 0) this.#everything = openAllMulticast(this.#index);
    if (missing === 0) {
      if (this.#everything >= 0) libc().close(this.#everything);
      this.#everything = -1;
      return '';
    }
    const why = reason === 0 ? `more than ${mostGroups}` : systemError(reason, 'IPV6_JOIN_GROUP').message;
    const instead =
      this.#everything < 0
        ? 'their solicitations may not arrive'
        : 'all multicast is received instead, which a switch that snoops MLD may keep away';
    return `${missing} solicited-node groups are not joined (${why}): ${instead}`;
  }
}

/** struct ipv6_mreq { struct in6_addr; unsigned int ifindex; } */
function membership(suffix: number, index: number): Uint8Array {
  const request = allocate(20);
  request.set(groupPrefix);
  request[suffixAt] = suffix >>> 16;
  request[suffixAt + 1] = suffix >>> 8;
  request[suffixAt + 2] = suffix;
  new DataView(request.buffer).setUint32(indexAt, index, true);
  return request;
}

/** A packet socket that receives nothing (protocol 0) and holds the interface in ALLMULTI; −1 when refused. */
function openAllMulticast(index: number): number {
  const fd = libc().socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return -1;
  // struct packet_mreq { int ifindex; unsigned short type, alen; unsigned char address[8]; }
  const request = allocate(16);
  const view = new DataView(request.buffer);
  view.setInt32(0, index, true);
  view.setUint16(4, PACKET_MR_ALLMULTI, true);
  if (libc().setsockopt(fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, request, request.length) === 0) return fd;
  libc().close(fd);
  return -1;
}
