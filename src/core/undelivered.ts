// Addresses that attract traffic which nothing on this box accepts or forwards.
import { type Family, familyBits, formatAddress, type IpAddress, parseAddress } from '#model/address.ts';
import type { Snapshot } from '#model/snapshot.ts';
import type { Route, Traffic, Undelivered } from '#model/traffic.ts';

/**
 * Packets arrive, and the route with the longest prefix decides: a local one accepts them, one that leads on forwards
 * them where forwarding is on. The subnet of the announcing interface does neither: that is where they came from.
 */
export function findUndelivered(
  snapshot: Pick<Snapshot, 'observed' | 'desired'>,
  traffic: Traffic,
): readonly Undelivered[] {
  const table = new RouteTable(traffic.routes);
  const { observed } = snapshot;
  const local = new Set(observed.interfaces.flatMap(({ addresses }) => addresses.map(({ address }) => address)));
  const indexes = new Map(observed.interfaces.map(({ name, index }) => [name, index]));
  const found: Undelivered[] = [];
  // Most addresses are announced on the same interfaces as the one before.
  let links: ReadonlySet<number> = new Set();
  let linksOf: readonly string[] = [];
  for (const { address, services, interfaces } of announced(snapshot)) {
    const ip = formatAddress(address);
    if (local.has(ip) || traffic.mentioned?.has(ip)) continue;
    if (interfaces.length !== linksOf.length || interfaces.some((name, i) => name !== linksOf[i])) {
      links = new Set(interfaces.flatMap((name) => indexes.get(name) ?? []));
      linksOf = interfaces;
    }
    const why = refusal(table.find(address), links, address.family, traffic);
    if (why !== null) found.push({ ip, services, interfaces: linksOf, why });
  }
  return found;
}

/** BOUNDED: announced addresses that are looked at, the lowest ones: what takes traffic seldom differs between so many. */
export const mostLookedAt = 5000;

/** The first `mostLookedAt` addresses that are announced, each once with its interfaces. */
export function* announced({ desired }: Pick<Snapshot, 'desired'>) {
  // Rows are sorted by address.
  let current: { address: IpAddress; services: readonly string[]; interfaces: string[] } | null = null;
  let seen = 0;
  for (const { address, services, interface: name } of desired.announcements) {
    if (current && current.address.value === address.value && current.address.family === address.family) {
      current.interfaces.push(name);
      continue;
    }
    if (current) yield current;
    if (++seen > mostLookedAt) return;
    current = { address, services, interfaces: [name] };
  }
  if (current) yield current;
}

/** Why no route takes the traffic, or null when one does. `routes`: of the longest prefix, in any table. */
function refusal(
  routes: readonly Route[],
  links: ReadonlySet<number>,
  family: Family,
  { forwards, mentioned }: Traffic,
): string | null {
  if (routes.some(({ kind }) => kind === 'local')) return null;
  const leads = routes.some(
    ({ kind, hops }) => kind === 'unicast' && hops.some((hop) => hop.hasGateway || !links.has(hop.interface)),
  );
  if (leads && forwards[family]) return null;
  if (leads) return noForwarding[family];
  return mentioned === null ? unknownFilter : silentFilter;
}

const noForwarding: Readonly<Record<Family, string>> = {
  IPv4: 'a route leads on, but this box does not forward (net.ipv4.ip_forward is 0)',
  IPv6: 'a route leads on, but this box does not forward (net.ipv6.conf.all.forwarding is 0)',
};
const noTaker = 'the box has neither the address nor a route for it';
const unknownFilter = `${noTaker}, and its packet filter cannot be read`;
const silentFilter = `${noTaker}, and no rule of its packet filter names it`;

/** Looks up by longest prefix. */
class RouteTable {
  /** By prefix length, longest first; by the prefix as a number. BOUNDED: the routes. */
  readonly #lengths: Readonly<Record<Family, (readonly [number, Map<bigint, Route[]>])[]>>;

  constructor(routes: readonly Route[]) {
    const lengths = { IPv4: new Map<number, Map<bigint, Route[]>>(), IPv6: new Map<number, Map<bigint, Route[]>>() };
    for (const route of routes) {
      const first = parseAddress(route.destination);
      if (!first || first.family !== route.family) continue;
      const prefix = first.value >> BigInt(familyBits(route.family) - route.prefixLength);
      const ofLength = lengths[route.family].get(route.prefixLength) ?? new Map<bigint, Route[]>();
      lengths[route.family].set(route.prefixLength, ofLength);
      const known = ofLength.get(prefix);
      if (known) known.push(route);
      else ofLength.set(prefix, [route]);
    }
    const sorted = (family: Family) => [...lengths[family]].sort(([a], [b]) => b - a);
    this.#lengths = { IPv4: sorted('IPv4'), IPv6: sorted('IPv6') };
  }

  find({ family, value }: IpAddress): readonly Route[] {
    for (const [length, routes] of this.#lengths[family]) {
      const found = routes.get(value >> BigInt(familyBits(family) - length));
      if (found) return found;
    }
    return [];
  }
}
