// What this box does with traffic to addresses: its routes, whether it forwards, and what its packet filter mentions.

import { filterMentions } from './packet-filter.ts';
import { type RouteEntry, readRoutes } from './route-table.ts';
import { readSetting } from './sysctl.ts';

export type Traffic = {
  routes: RouteEntry[];
  forwards: { IPv4: boolean; IPv6: boolean };
  /** Addresses in rules of the packet filter; null when those cannot be read. */
  mentioned: ReadonlySet<string> | null;
};

/** Null when the routes cannot be read. `addresses`: canonical texts to look for in the packet filter. */
export function readTraffic(addresses: readonly string[]): Traffic | null {
  const routes = readRoutes();
  if (!routes.ok) return null;
  const mentioned = filterMentions(addresses);
  return {
    routes: routes.value,
    forwards: { IPv4: isForwarding('ipv4'), IPv6: isForwarding('ipv6') },
    mentioned: mentioned.ok ? mentioned.value : null,
  };
}

/** conf/all/forwarding is net.ipv4.ip_forward. An unreadable setting counts as on: it must not make a complaint. */
function isForwarding(family: 'ipv4' | 'ipv6'): boolean {
  const all = readSetting({ family, interface: 'all', key: 'forwarding' });
  return !all.ok || all.value !== 0;
}
