// Allocations ∩ matches ∩ leadership: the rows this node answers for, and why the other addresses have none.
import { type Family, type IpAddress, parseAddress } from '#model/address.ts';
import type { NodeConfig } from '#model/node-config.ts';
import { parseCidr, type Range, rangeContains } from '#model/range.ts';
import type { Reason } from '#model/reason.ts';
import type { Interface } from '#model/resources.ts';
import type { Announcement, Candidacy, EvaluateOptions, Leadership, Unannounced } from '#model/snapshot.ts';
import type { Matches, Target } from './match.ts';
import { inUse, isUnicast, type NodeAddresses, subnetOf } from './node-address.ts';
import type { PolicyState } from './policy-state.ts';
import { sortedText } from './sorted-text.ts';

export interface PlanInput {
  readonly matches: Matches;
  readonly leadership: Leadership;
  readonly config: NodeConfig;
  readonly options: EvaluateOptions;
  readonly node: NodeAddresses;
  readonly delivered: ReadonlySet<string>;
}

export interface Plan {
  readonly announcements: readonly Announcement[];
  readonly candidacies: readonly Candidacy[];
  readonly unannounced: readonly Unannounced[];
}

/** One row per (address, interface); rows are sorted by family, number and interface. */
export function plan(input: PlanInput): Plan {
  const announcements: Announcement[] = [];
  const candidacies: Candidacy[] = [];
  const unannounced: Unannounced[] = [];
  const allowed = input.config.allowedPrefixes.map(parseCidr).filter((range) => range !== null);
  const links = new Links(input.delivered);
  for (const target of [...input.matches.targets.values()].sort(byAddress)) {
    const reasons: Reason[] = [];
    const refused = targetReason(target, input, allowed);
    if (refused) reasons.push(refused);
    const rows = refused ? [] : rowsOf(target, links, reasons);
    const leads = leadsTarget(target, input.leadership);
    for (const row of rows) candidacies.push({ ...row, leads });
    if (leads) announcements.push(...rows);
    else if (rows.length > 0) reasons.push({ code: 'not_leader', address: target.text });
    if (rows.length > 0 && leads) continue;
    unannounced.push({ address: target.address, services: sortedText(target.services), reasons });
  }
  return { announcements, candidacies, unannounced };
}

function byAddress(a: Target, b: Target): number {
  if (a.address.family !== b.address.family) return a.address.family === 'IPv4' ? -1 : 1;
  return a.address.value < b.address.value ? -1 : 1;
}

/** Why the address has no row at all, whatever the interfaces are. */
function targetReason(
  { address, text, selected, withoutEndpoint }: Target,
  input: PlanInput,
  allowed: readonly Range[],
): Reason | null {
  if (selected.size === 0) {
    const [service] = withoutEndpoint;
    return service === undefined ? { code: 'no_policy' } : { code: 'no_local_endpoint', service };
  }
  const enabled = address.family === 'IPv4' ? input.options.ipv4 : input.options.ipv6;
  if (!enabled) return { code: 'family_disabled', family: address.family };
  if (!isUnicast(address)) return { code: 'not_unicast', address: text };
  const own = input.node.own.get(text);
  if (own !== undefined) return { code: 'own_address', address: text, interface: own };
  const taken = input.node.taken.get(text);
  if (taken) return inUse(text, taken);
  const inside = allowed.some((range) => rangeContains(range, address));
  return input.config.allowedPrefixes.length > 0 && !inside ? { code: 'prefix_not_allowed', address: text } : null;
}

interface Collected {
  readonly services: Set<string>;
  readonly policies: Set<string>;
}

/** The rows of one address; what keeps an interface out is added to `reasons`. */
function rowsOf({ address, text, selected }: Target, links: Links, reasons: Reason[]): Announcement[] {
  const rows = new Map<string, Collected>();
  for (const [policy, services] of selected) {
    if (policy.interfaces.length === 0) reasons.push({ code: 'policy_no_interface', policy: policy.name });
    for (const device of policy.interfaces) {
      const reason = linkReason(device, address, text, policy, links);
      if (reason) {
        reasons.push(reason);
        continue;
      }
      const row = rows.get(device.name) ?? { services: new Set(), policies: new Set() };
      for (const service of services) row.services.add(service);
      row.policies.add(policy.name);
      rows.set(device.name, row);
    }
  }
  return sortedText(rows.keys()).map((name) => ({
    address,
    interface: name,
    services: sortedText(rows.get(name)?.services ?? []),
    policies: sortedText(rows.get(name)?.policies ?? []),
    group: 0,
  }));
}

function linkReason(
  device: Interface,
  address: IpAddress,
  text: string,
  policy: PolicyState,
  links: Links,
): Reason | null {
  // A carrier loss keeps the row: the capture waits for the link. An interface that is down has none.
  if (!device.up) return { code: 'interface_down', address: text, interface: device.name };
  if (policy.allowsOffLink || links.isOnLink(device, address)) return null;
  return { code: 'off_link', address: text, interface: device.name };
}

/** The subnets of interfaces. An interface without an address of the family takes every address. */
class Links {
  readonly #delivered: ReadonlySet<string>;
  readonly #subnets = new Map<Interface, Readonly<Record<Family, readonly Range[]>>>();

  constructor(delivered: ReadonlySet<string>) {
    this.#delivered = delivered;
  }

  isOnLink(device: Interface, address: IpAddress): boolean {
    const subnets = this.#of(device)[address.family];
    return subnets.length === 0 || subnets.some((subnet) => rangeContains(subnet, address));
  }

  #of(device: Interface): Readonly<Record<Family, readonly Range[]>> {
    const known = this.#subnets.get(device);
    if (known) return known;
    const subnets: Record<Family, Range[]> = { IPv4: [], IPv6: [] };
    for (const { address: text, prefixLength } of device.addresses) {
      const address = parseAddress(text);
      // Every IPv6 interface has a link-local address (RFC 4291 §2.1): it says nothing about the LAN's prefixes.
      if (!address || this.#delivered.has(text) || isLinkLocal(address)) continue;
      const subnet = subnetOf(address, prefixLength);
      if (subnet) subnets[address.family].push(subnet);
    }
    this.#subnets.set(device, subnets);
    return subnets;
  }
}

/** RFC 4291 §2.5.6: fe80::/10. */
function isLinkLocal({ family, value }: IpAddress): boolean {
  return family === 'IPv6' && value >> 118n === 0x3fan;
}

/** Leadership is per address: a shared address is led for all its services or for none. */
function leadsTarget({ text, services }: Target, leadership: Leadership): boolean {
  if (leadership.kind !== 'some') return leadership.kind === 'all';
  if (leadership.addresses.has(text)) return true;
  for (const service of services) if (leadership.services.has(service)) return true;
  return false;
}
