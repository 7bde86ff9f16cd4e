// Which network links exist, with their state, addresses and default gateways, and whether any of it changed.
// Read rtnetlink(7) before changing this file.

import type { AddressFamily } from './ip-text.ts';
import type { NetlinkMessage } from './netlink-message.ts';
import { NetlinkSocket } from './netlink-socket.ts';
import { AF, type LinkMessage, parseAddress, parseLink, parseRoute, RTM } from './rtnetlink-codec.ts';
import { emitAddressDump, emitLinkDump, emitRouteDump } from './rtnetlink-request.ts';
import type { Result } from './system-error.ts';

const RTNLGRP = { link: 1, ipv4Address: 5, ipv4Route: 7, ipv6Address: 9, ipv6Route: 11 } as const;

// A dump that a change interrupted is taken again; after that often, the change behind it shows in the next drain() anyway.
const DUMP_ATTEMPTS = 5;
// BOUNDED: routes read per family and snapshot. Default routes come first in a table's dump, so a router with a full
// Internet table costs one part of it and not a million messages every time a link changes.
const ROUTES_READ = 50_000;

export type LinkAddress = {
  family: AddressFamily;
  address: string;
  prefixLength: number;
  /** RT_SCOPE_*: 0 global, 253 link, 254 host. */
  scope: number;
  /** IPv4 only. */
  label: string | null;
  /** IFA_PROTO: who added it, 0 unknown (kernels before 5.18 always say 0). */
  protocol: number;
  /** IPv6: duplicate address detection goes on, or has failed. */
  tentative: boolean;
};

export type LinkInfo = Omit<LinkMessage, 'family' | 'wirelessEvent'> & {
  addresses: LinkAddress[];
  /** Gateways of default routes through this link, any table, both families, without duplicates. */
  gateways: string[];
};

export type LinkMonitor = {
  /** Becomes readable when something changed. */
  readonly fd: number;
  /** Everything as it is now, sorted by index. Blocks for one kernel dump (about 10 ms per 1,000 links). */
  snapshot(): Result<LinkInfo[]>;
  /** Reads all pending changes without waiting; true when a snapshot would differ or may differ (messages were lost). */
  drain(): boolean;
  close(): void;
};

/** Subscribes to changes in the calling thread's network namespace; `snapshot` reads the namespace its caller is in. Needs no privilege. */
export function openLinkMonitor(): Result<LinkMonitor> {
  const subscribed = NetlinkSocket.open(Object.values(RTNLGRP));
  if (!subscribed.ok) return subscribed;
  const changes = subscribed.value;
  return {
    ok: true,
    value: {
      fd: changes.fd,
      snapshot: readLinks,
      drain() {
        let relevant = false;
        const lost = changes.drain((message) => {
          relevant ||= isRelevant(message);
        });
        return relevant || lost;
      },
      close: () => changes.close(),
    },
  };
}

function isRelevant(message: NetlinkMessage): boolean {
  switch (message.type) {
    case RTM.newLink:
    case RTM.deleteLink:
      return parseLink(message)?.wirelessEvent !== true;
    case RTM.newAddress:
    case RTM.deleteAddress:
      return true;
    case RTM.newRoute:
    case RTM.deleteRoute:
      return parseRoute(message)?.destinationLength === 0;
    default:
      return false;
  }
}

/** All links with addresses and gateways, from one socket that lives only for this call. */
export function readLinks(): Result<LinkInfo[]> {
  const links = new Map<number, LinkInfo>();
  const dumps = [
    (socket: NetlinkSocket) => dumpLinks(socket, links),
    (socket: NetlinkSocket) => dumpAddresses(socket, links),
    (socket: NetlinkSocket) => dumpGateways(socket, links, 'IPv4'),
    (socket: NetlinkSocket) => dumpGateways(socket, links, 'IPv6'),
  ];
  for (const dump of dumps) {
    for (let attempt = 1; attempt <= DUMP_ATTEMPTS; attempt++) {
      // A socket of its own for each dump: one that was given up half-way cannot be used again.
      const opened = NetlinkSocket.open();
      if (!opened.ok) return opened;
      const done = dump(opened.value);
      opened.value.close();
      if (!done.ok) return done;
      if (!done.value.interrupted) break;
    }
  }
  return { ok: true, value: [...links.values()].sort((a, b) => a.index - b.index) };
}

function dumpLinks(socket: NetlinkSocket, links: Map<number, LinkInfo>): ReturnType<NetlinkSocket['dump']> {
  links.clear();
  return socket.dump(emitLinkDump(socket.nextSequence()), 'RTM_GETLINK', (message) => {
    const link = message.type === RTM.newLink ? parseLink(message) : null;
    if (link === null || link.family !== AF.unspecified) return true;
    const { family: _family, wirelessEvent: _event, ...facts } = link;
    links.set(link.index, { ...facts, addresses: [], gateways: [] });
    return true;
  });
}

function dumpAddresses(socket: NetlinkSocket, links: Map<number, LinkInfo>): ReturnType<NetlinkSocket['dump']> {
  for (const link of links.values()) link.addresses = [];
  return socket.dump(emitAddressDump(socket.nextSequence()), 'RTM_GETADDR', (message) => {
    const parsed = message.type === RTM.newAddress ? parseAddress(message) : null;
    if (parsed === null) return true;
    const { index, flags: _flags, ...address } = parsed;
    links.get(index)?.addresses.push(address);
    return true;
  });
}

function dumpGateways(
  socket: NetlinkSocket,
  links: Map<number, LinkInfo>,
  family: AddressFamily,
): ReturnType<NetlinkSocket['dump']> {
  let read = 0;
  return socket.dump(emitRouteDump(socket.nextSequence(), family), 'RTM_GETROUTE', (message) => {
    const route = message.type === RTM.newRoute ? parseRoute(message) : null;
    if (route?.unicast && route.destinationLength === 0) {
      for (const { index, gateway } of route.hops) {
        const gateways = links.get(index)?.gateways;
        if (gateways !== undefined && !gateways.includes(gateway)) gateways.push(gateway);
      }
    }
    return ++read < ROUTES_READ;
  });
}
