// All routes of the kernel, local ones included: where traffic to an address would go.
// Read RFC 3549 §2.3.3 and linux/rtnetlink.h before changing this file.

import { type AddressFamily, formatIp } from './ip-text.ts';
import { attributeU32, type NetlinkAttribute, type NetlinkMessage, readAttributes, viewOf } from './netlink-message.ts';
import { NetlinkSocket } from './netlink-socket.ts';
import { AF, RTM } from './rtnetlink-codec.ts';
import { emitRouteDump } from './rtnetlink-request.ts';
import type { Result } from './system-error.ts';

const HOST_ORDER = true;
const NO_BYTES = new Uint8Array(0);
const ROUTE_HEADER_BYTES = 12;
const NEXT_HOP_HEADER_BYTES = 8;
const RTA = { destination: 1, oif: 4, gateway: 5, multipath: 9, via: 18 } as const;
const RTN = { unicast: 1, local: 2 } as const;

// BOUNDED: routes read per family; a router with a full Internet table has a route for everything anyway.
const ROUTES_READ = 50_000;

export type RouteHop = {
  /** Interface index. */
  interface: number;
  /** False: the destination is expected on the link itself. */
  hasGateway: boolean;
};

export type RouteEntry = {
  family: AddressFamily;
  /** Canonical text of the destination's first address; `0.0.0.0` or `::` for a default route. */
  destination: string;
  prefixLength: number;
  /** `local`: this box accepts it; `refused`: blackhole, unreachable, broadcast and the like. */
  kind: 'local' | 'unicast' | 'refused';
  hops: RouteHop[];
};

/** The routes of all tables, of both families. Blocks for one kernel dump per family. */
export function readRoutes(): Result<RouteEntry[]> {
  const routes: RouteEntry[] = [];
  for (const family of ['IPv4', 'IPv6'] as const) {
    const opened = NetlinkSocket.open();
    if (!opened.ok) return opened;
    const socket = opened.value;
    let read = 0;
    const done = socket.dump(emitRouteDump(socket.nextSequence(), family), 'RTM_GETROUTE', (message) => {
      const route = message.type === RTM.newRoute ? parseRouteEntry(message) : null;
      if (route !== null) routes.push(route);
      return ++read < ROUTES_READ;
    });
    socket.close();
    if (!done.ok) return done;
  }
  return { ok: true, value: routes };
}

/** Reads RTM_NEWROUTE; null when it is too short or of another family. */
export function parseRouteEntry({ payload }: NetlinkMessage): RouteEntry | null {
  if (payload.length < ROUTE_HEADER_BYTES) return null;
  const ipv4 = payload[0] === AF.inet;
  if (!ipv4 && payload[0] !== AF.inet6) return null;
  const attributes = [...readAttributes(payload.subarray(ROUTE_HEADER_BYTES))];
  const attributeOf = (wanted: number) => attributes.find(({ type }) => type === wanted)?.value;
  const index = attributeU32(attributeOf(RTA.oif) ?? NO_BYTES);
  const hops = parseHops(attributeOf(RTA.multipath) ?? NO_BYTES);
  if (index !== 0) hops.push({ interface: index, hasGateway: leadsOn(attributes) });
  return {
    family: ipv4 ? 'IPv4' : 'IPv6',
    destination: formatIp(attributeOf(RTA.destination) ?? NO_BYTES) ?? (ipv4 ? '0.0.0.0' : '::'),
    prefixLength: payload[1] ?? 0,
    kind: kindOf(payload[7] ?? 0),
    hops,
  };
}

function leadsOn(attributes: readonly NetlinkAttribute[]): boolean {
  return attributes.some(({ type }) => type === RTA.gateway || type === RTA.via);
}

function kindOf(type: number): RouteEntry['kind'] {
  if (type === RTN.unicast) return 'unicast';
  return type === RTN.local ? 'local' : 'refused';
}

function parseHops(bytes: Uint8Array): RouteHop[] {
  const hops: RouteHop[] = [];
  const view = viewOf(bytes);
  let offset = 0;
  while (offset + NEXT_HOP_HEADER_BYTES <= bytes.length) {
    const length = view.getUint16(offset, HOST_ORDER);
    if (length < NEXT_HOP_HEADER_BYTES || offset + length > bytes.length) break;
    const attributes = [...readAttributes(bytes.subarray(offset + NEXT_HOP_HEADER_BYTES, offset + length))];
    hops.push({ interface: view.getInt32(offset + 4, HOST_ORDER), hasGateway: leadsOn(attributes) });
    offset += (length + 3) & ~3;
  }
  return hops;
}
