// Links, addresses and default routes as the kernel's rtnetlink messages tell them.
// Read RFC 3549 §2.3.3, linux/if_link.h, linux/if_addr.h and linux/rtnetlink.h before changing this file.

import { type AddressFamily, formatIp } from './ip-text.ts';
import { attributeText, attributeU32, type NetlinkMessage, readAttributes, viewOf } from './netlink-message.ts';

const HOST_ORDER = true;

export const RTM = {
  newLink: 16,
  deleteLink: 17,
  getLink: 18,
  newAddress: 20,
  deleteAddress: 21,
  getAddress: 22,
  newRoute: 24,
  deleteRoute: 25,
  getRoute: 26,
} as const;

export const AF = { unspecified: 0, inet: 2, bridge: 7, inet6: 10 } as const;

/** RT_SCOPE_*: how far an address is valid. */
export const SCOPE = { universe: 0, link: 253, host: 254 } as const;

const IFF_UP = 0x1;
const IFF_LOOPBACK = 0x8;
const IFF_NOARP = 0x80;
const IFF_LOWER_UP = 0x10000;

const IFLA = { address: 1, name: 3, mtu: 4, wireless: 11, master: 10, linkInfo: 18, carrierUpCount: 47 } as const;
const IFLA_INFO = { kind: 1, slaveKind: 4 } as const;
/** IFA_F_TENTATIVE: duplicate address detection goes on, or has failed. */
const TENTATIVE = 0x40;
const IFA = { address: 1, local: 2, label: 3, flags: 8, protocol: 11 } as const;
const RTA = { oif: 4, gateway: 5, multipath: 9, via: 18 } as const;

// RTN_UNICAST: the only route type with a gateway.
const ROUTE_TYPE_UNICAST = 1;
const LINK_HEADER_BYTES = 16;
const ADDRESS_HEADER_BYTES = 8;
const ROUTE_HEADER_BYTES = 12;
const NEXT_HOP_HEADER_BYTES = 8;
const NO_BYTES = new Uint8Array(0);

export type LinkMessage = {
  /** 0 for the link itself; AF_BRIDGE for messages about a bridge port, which say nothing about the link's existence. */
  family: number;
  index: number;
  name: string;
  /** Lower-case, colon-separated; empty when the link has no link-layer address. */
  mac: string;
  up: boolean;
  carrier: boolean;
  /** IFLA_CARRIER_UP_COUNT: how often the carrier came up; shows a flap that was over before anybody looked. */
  carrierUps: number;
  loopback: boolean;
  arp: boolean;
  /** ARPHRD_* (1 is Ethernet, 772 loopback). */
  type: number;
  kind: string | null;
  slaveKind: string | null;
  /** Interface index of the bridge or bond this link is enslaved to. */
  master: number | null;
  mtu: number;
  /** A wireless event (a scan, a roam): no change of the link. */
  wirelessEvent: boolean;
};

export type AddressMessage = {
  index: number;
  family: AddressFamily;
  address: string;
  prefixLength: number;
  /** RT_SCOPE_*: 0 global, 253 link, 254 host. */
  scope: number;
  label: string | null;
  /** IFA_F_*. */
  flags: number;
  /** IPv6: duplicate address detection goes on, or has failed. */
  tentative: boolean;
  /** IFA_PROTO, who added the address; 0 when nobody said so or the kernel is older than 5.18. */
  protocol: number;
};

export type RouteMessage = {
  family: AddressFamily;
  /** Prefix length of the destination; 0 is a default route. */
  destinationLength: number;
  unicast: boolean;
  hops: { index: number; gateway: string }[];
};

/** Reads RTM_NEWLINK or RTM_DELLINK; null when it is too short or nameless. */
export function parseLink(message: NetlinkMessage): LinkMessage | null {
  const { payload } = message;
  if (payload.length < LINK_HEADER_BYTES) return null;
  const view = viewOf(payload);
  const flags = view.getUint32(8, HOST_ORDER);
  const link: LinkMessage = {
    family: view.getUint8(0),
    index: view.getInt32(4, HOST_ORDER),
    name: '',
    mac: '',
    up: (flags & IFF_UP) !== 0,
    // IFF_LOWER_UP is dev_get_flags()'s "running driver and carrier on"; it is right for veth and loopback alike,
    // whose operstate is UNKNOWN.
    carrier: (flags & IFF_LOWER_UP) !== 0,
    carrierUps: 0,
    loopback: (flags & IFF_LOOPBACK) !== 0,
    arp: (flags & IFF_NOARP) === 0,
    type: view.getUint16(2, HOST_ORDER),
    kind: null,
    slaveKind: null,
    master: null,
    mtu: 0,
    wirelessEvent: false,
  };
  for (const { type, value } of readAttributes(payload.subarray(LINK_HEADER_BYTES)))
    readLinkAttribute(link, type, value);
  return link.name === '' ? null : link;
}

function readLinkAttribute(link: LinkMessage, type: number, value: Uint8Array): void {
  switch (type) {
    case IFLA.address:
      link.mac = formatMac(value);
      break;
    case IFLA.name:
      link.name = attributeText(value);
      break;
    case IFLA.mtu:
      link.mtu = attributeU32(value);
      break;
    case IFLA.master:
      link.master = attributeU32(value) || null;
      break;
    case IFLA.carrierUpCount:
      link.carrierUps = attributeU32(value);
      break;
    case IFLA.wireless:
      link.wirelessEvent = true;
      break;
    case IFLA.linkInfo:
      for (const info of readAttributes(value)) {
        if (info.type === IFLA_INFO.kind) link.kind = attributeText(info.value);
        if (info.type === IFLA_INFO.slaveKind) link.slaveKind = attributeText(info.value);
      }
      break;
  }
}

// Tunnels carry an IP address (4 or 16 bytes) here, InfiniBand 20 bytes, loopback zeros: none of them is a MAC.
function formatMac(bytes: Uint8Array): string {
  if (bytes.length !== 6 || bytes.every((byte) => byte === 0)) return '';
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(':');
}

function familyName(family: number): AddressFamily | null {
  if (family === AF.inet) return 'IPv4';
  return family === AF.inet6 ? 'IPv6' : null;
}

/** Reads RTM_NEWADDR or RTM_DELADDR; null when it is too short, of another family or without an address. */
export function parseAddress(message: NetlinkMessage): AddressMessage | null {
  const { payload } = message;
  if (payload.length < ADDRESS_HEADER_BYTES) return null;
  const view = viewOf(payload);
  const family = familyName(view.getUint8(0));
  if (family === null) return null;
  const values = new Map<number, Uint8Array>();
  for (const { type, value } of readAttributes(payload.subarray(ADDRESS_HEADER_BYTES))) values.set(type, value);
  // On point-to-point links IFA_ADDRESS is the far end; IFA_LOCAL, when present, is always ours.
  const address = formatIp(values.get(IFA.local) ?? values.get(IFA.address) ?? NO_BYTES);
  if (address === null || address.includes(':') !== (family === 'IPv6')) return null;
  const label = values.get(IFA.label);
  // The header has room for the eight lowest flags only.
  const flags = attributeU32(values.get(IFA.flags) ?? NO_BYTES, view.getUint8(2));
  return {
    index: view.getUint32(4, HOST_ORDER),
    family,
    address,
    prefixLength: view.getUint8(1),
    scope: view.getUint8(3),
    label: label === undefined ? null : attributeText(label),
    flags,
    tentative: (flags & TENTATIVE) !== 0,
    protocol: values.get(IFA.protocol)?.[0] ?? 0,
  };
}

/** Reads RTM_NEWROUTE or RTM_DELROUTE; null when it is too short or of another family. */
export function parseRoute(message: NetlinkMessage): RouteMessage | null {
  const { payload } = message;
  if (payload.length < ROUTE_HEADER_BYTES) return null;
  const family = familyName(payload[0] ?? 0);
  if (family === null) return null;
  const hops: RouteMessage['hops'] = [];
  let index = 0;
  let gateway: string | null = null;
  for (const { type, value } of readAttributes(payload.subarray(ROUTE_HEADER_BYTES))) {
    if (type === RTA.oif) index = attributeU32(value);
    else if (type === RTA.multipath) hops.push(...parseNextHops(value));
    else gateway = gatewayOf(type, value) ?? gateway;
  }
  if (gateway !== null && index !== 0) hops.push({ index, gateway });
  return { family, destinationLength: payload[1] ?? 0, unicast: payload[7] === ROUTE_TYPE_UNICAST, hops };
}

// RTA_GATEWAY has the family of the route; RTA_VIA carries its own family in front (an IPv4 route via IPv6).
function gatewayOf(type: number, value: Uint8Array): string | null {
  if (type === RTA.gateway) return formatIp(value);
  return type === RTA.via && value.length > 2 ? formatIp(value.subarray(2)) : null;
}

function parseNextHops(bytes: Uint8Array): RouteMessage['hops'] {
  const hops: RouteMessage['hops'] = [];
  const view = viewOf(bytes);
  let offset = 0;
  while (offset + NEXT_HOP_HEADER_BYTES <= bytes.length) {
    const length = view.getUint16(offset, HOST_ORDER);
    if (length < NEXT_HOP_HEADER_BYTES || offset + length > bytes.length) break;
    const index = view.getInt32(offset + 4, HOST_ORDER);
    for (const { type, value } of readAttributes(bytes.subarray(offset + NEXT_HOP_HEADER_BYTES, offset + length))) {
      const gateway = gatewayOf(type, value);
      if (gateway !== null) hops.push({ index, gateway });
    }
    offset += (length + 3) & ~3;
  }
  return hops;
}
