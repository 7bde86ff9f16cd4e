// The rtnetlink requests this project sends: dumps, and adding or deleting one address.
// Read RFC 3549 §2.3.3, linux/if_addr.h and linux/rtnetlink.h before changing this file.

import { parseIp } from './ip-text.ts';
import { attribute, emitMessage, MESSAGE_FLAG, textAttribute, u32Attribute, viewOf } from './netlink-message.ts';
import { AF, RTM } from './rtnetlink-codec.ts';

const HOST_ORDER = true;
const IFLA_EXT_MASK = 29;
// RTEXT_FILTER_SKIP_STATS: counters are most of a link's bytes and nobody here reads them.
const SKIP_STATISTICS = 1 << 3;
const IFA = { address: 1, local: 2, label: 3, cacheInfo: 6, flags: 8, protocol: 11 } as const;
const IFA_F_NODAD = 0x02;
const IFA_F_NOPREFIXROUTE = 0x200;
// INFINITY_LIFE_TIME: the address never expires.
const FOREVER = 0xffffffff;

export type AddressChange = {
  /** Interface index, positive. */
  ifindex: number;
  /** IPv4 or IPv6 text without prefix length. */
  address: string;
  /** 0–32 or 0–128. */
  prefixLength: number;
  /** IPv4 only: at most 15 characters, starting with the interface's name. Ignored for IPv6, which has no labels. */
  label?: string;
  /** RT_SCOPE_*; default 0 (global). The kernel computes the scope of IPv6 addresses itself. */
  scope?: number;
  /** Accepts traffic but is never chosen as the source of new connections while the node has another address. */
  deprecated?: boolean;
  /** IFA_PROTO, 1–255: who added the address. Kernels before 5.18 ignore it. */
  protocol?: number;
};

/** A request for all links. */
export function emitLinkDump(sequence: number): Uint8Array {
  const header = new Uint8Array(16);
  return emitMessage(RTM.getLink, MESSAGE_FLAG.request | MESSAGE_FLAG.dump, sequence, [
    header,
    u32Attribute(IFLA_EXT_MASK, SKIP_STATISTICS),
  ]);
}

/** A request for all addresses of both families. */
export function emitAddressDump(sequence: number): Uint8Array {
  return emitMessage(RTM.getAddress, MESSAGE_FLAG.request | MESSAGE_FLAG.dump, sequence, [new Uint8Array(8)]);
}

/** A request for all routes of one family. */
export function emitRouteDump(sequence: number, family: 'IPv4' | 'IPv6'): Uint8Array {
  const header = new Uint8Array(12);
  header[0] = family === 'IPv4' ? AF.inet : AF.inet6;
  return emitMessage(RTM.getRoute, MESSAGE_FLAG.request | MESSAGE_FLAG.dump, sequence, [header]);
}

/** A request that adds an address for ever, without a prefix route and without duplicate address detection; null when the text is no address. */
export function emitNewAddress(sequence: number, change: AddressChange): Uint8Array | null {
  const flags = MESSAGE_FLAG.request | MESSAGE_FLAG.acknowledge | MESSAGE_FLAG.create | MESSAGE_FLAG.exclusive;
  const body = addressBody(change);
  if (body === null) return null;
  const lifetimes = new Uint8Array(16);
  // ifa_cacheinfo: preferred lifetime, then valid lifetime; preferred 0 is what makes an address deprecated.
  viewOf(lifetimes).setUint32(0, change.deprecated === true ? 0 : FOREVER, HOST_ORDER);
  viewOf(lifetimes).setUint32(4, FOREVER, HOST_ORDER);
  body.push(attribute(IFA.cacheInfo, lifetimes), u32Attribute(IFA.flags, IFA_F_NOPREFIXROUTE | IFA_F_NODAD));
  if (change.protocol !== undefined) body.push(attribute(IFA.protocol, Uint8Array.of(change.protocol)));
  return emitMessage(RTM.newAddress, flags, sequence, body);
}

/** A request that deletes the address (with a label: only when it carries that label); null when the text is no address. */
export function emitDeleteAddress(sequence: number, change: AddressChange): Uint8Array | null {
  const body = addressBody(change);
  return body && emitMessage(RTM.deleteAddress, MESSAGE_FLAG.request | MESSAGE_FLAG.acknowledge, sequence, body);
}

function addressBody(change: AddressChange): Uint8Array[] | null {
  const address = parseIp(change.address);
  if (address === null) return null;
  const ipv4 = address.length === 4;
  const header = new Uint8Array(8);
  header[0] = ipv4 ? AF.inet : AF.inet6;
  header[1] = change.prefixLength;
  header[3] = change.scope ?? 0;
  viewOf(header).setUint32(4, change.ifindex, HOST_ORDER);
  const body = [header, attribute(IFA.local, address), attribute(IFA.address, address)];
  if (ipv4 && change.label !== undefined) body.push(textAttribute(IFA.label, change.label));
  return body;
}
