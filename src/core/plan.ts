// Allocations ∩ matches ∩ leadership: the rows this node answers for, and why the other addresses have none.
import { compareAddresses, type Family, formatAddress, type IpAddress, parseAddress } from '#model/address.ts';
import { soloGroup } from '#model/group-index.ts';
import type { NodeConfig } from '#model/node-config.ts';
import { parseCidr, type Range, rangeContains } from '#model/range.ts';
import type { Reason } from '#model/reason.ts';
import type { Interface } from '#model/resources.ts';
import type { Announcement, Candidacy, EvaluateOptions, Leadership, Unannounced } from '#model/snapshot.ts';
import type { Target } from './match.ts';
import { inUse, isUnicast, type NodeAddresses, subnetOf } from './node-address.ts';
import type { PolicyState } from './policy-state.ts';
import { compareText, sorted, sortedText } from './sorted.ts';

export interface PlanInput {
  readonly targets: readonly Target[];
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
  for (const target of sorted(input.targets, byAddress)) {
    const reasons: Reason[] = [];
    const refused = targetReason(target, input, allowed);
    if (refused) reasons.push(refused);
    const rows = refused ? [] : rowsOf(target, links, reasons);
    const leads = leadsTarget(target, input.leadership);
    for (const row of rows) candidacies.push({ ...row, leads });
    if (leads) announcements.push(...rows);
    else reasons.push(...rows.slice(0, 1).map(notLeader));
    if (rows.length > 0 && leads) continue;
    unannounced.push({ address: target.address, services: sortedText(target.services), reasons });
  }
  return { announcements, candidacies, unannounced };
}

function byAddress(a: Target, b: Target): number {
  return compareAddresses(a.address, b.address);
}

/** Why the address has no row at all, whatever the interfaces are. */
function targetReason(
  { address, selected, withoutEndpoint }: Target,
  input: PlanInput,
  allowed: readonly Range[],
): Reason | null {
  if (selected.length === 0) {
    return withoutEndpoint === null ? { code: 'no_policy' } : { code: 'no_local_endpoint', service: withoutEndpoint };
  }
  const enabled = address.family === 'IPv4' ? input.options.ipv4 : input.options.ipv6;
  if (!enabled) return { code: 'family_disabled', family: address.family };
  if (!isUnicast(address)) return { code: 'not_unicast', address: formatAddress(address) };
  const own = input.node.own.get(address);
  if (own !== undefined) return { code: 'own_address', address: formatAddress(address), interface: own };
  const taken = input.node.taken.get(address);
  if (taken) return inUse(formatAddress(address), taken);
  if (input.config.allowedPrefixes.length === 0 || allowed.some((range) => rangeContains(range, address))) return null;
  return { code: 'prefix_not_allowed', address: formatAddress(address) };
}

/** The rows of one address; what keeps an interface out is added to `reasons`. */
function rowsOf({ address, selected }: Target, links: Links, reasons: Reason[]): readonly Announcement[] {
  const rows: { -readonly [Field in keyof Announcement]: Announcement[Field] }[] = [];
  for (const { policy, services } of selected) {
    if (policy.interfaces.length === 0) reasons.push({ code: 'policy_no_interface', policy: policy.name });
    for (const device of policy.interfaces) {
      const reason = linkReason(device, address, policy, links);
      const row = selected.length > 1 ? rows.find((other) => other.interface === device.name) : undefined;
      if (reason) reasons.push(reason);
      else if (row) {
        row.services = sortedText(new Set([...row.services, ...services]));
        row.policies = sortedText([...row.policies, policy.name]);
      } else {
        // Lists are shared between rows until a second policy adds to one.
        const policies = links.nameOf(policy);
        rows.push({ address, interface: device.name, services: sortedText(services), policies, group: soloGroup });
      }
    }
  }
  return sorted(rows, (a, b) => compareText(a.interface, b.interface));
}

function linkReason(device: Interface, address: IpAddress, policy: PolicyState, links: Links): Reason | null {
  // A carrier loss keeps the row: the capture waits for the link. An interface that is down has none.
  if (!device.up) return { code: 'interface_down', address: formatAddress(address), interface: device.name };
  if (policy.allowsOffLink || links.isOnLink(device, address)) return null;
  return { code: 'off_link', address: formatAddress(address), interface: device.name };
}

/** What many rows share: the subnets of interfaces, and names of policies. An interface without an address of the family takes every address. */
class Links {
  readonly #delivered: ReadonlySet<string>;
  readonly #subnets = new Map<Interface, Readonly<Record<Family, readonly Range[]>>>();

  readonly #names = new Map<PolicyState, readonly string[]>();

  constructor(delivered: ReadonlySet<string>) {
    this.#delivered = delivered;
  }

  /** One list for all rows of a policy. */
  nameOf(policy: PolicyState): readonly string[] {
    const known = this.#names.get(policy);
    if (known) return known;
    const names = [policy.name];
    this.#names.set(policy, names);
    return names;
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

function notLeader({ address, interface: name, group }: Announcement): Reason {
  return { code: 'not_leader', address: formatAddress(address), interface: name, group, leader: null };
}

/** Leadership is per address: a shared address is led for all its services or for none. */
function leadsTarget({ address, services }: Target, leadership: Leadership): boolean {
  if (leadership.kind !== 'some') return leadership.kind === 'all';
  if (leadership.addresses.has(formatAddress(address))) return true;
  return services.some((service) => leadership.services.has(service));
}
