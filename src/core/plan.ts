// Allocations ∩ matches ∩ leadership: the rows this node answers for, and why the other addresses have none.
import { compareAddresses, formatAddress, type IpAddress } from '#model/address.ts';
import { soloGroup } from '#model/group-index.ts';
import type { NodeConfig } from '#model/node-config.ts';
import { parseCidr, type Range, rangeContains } from '#model/range.ts';
import type { Reason } from '#model/reason.ts';
import type { PeerRecord } from '#model/records.ts';
import type { Interface } from '#model/resources.ts';
import type { Announcement, Candidacy, EvaluateOptions, Leadership, Unannounced } from '#model/snapshot.ts';
import { leaderOf, leadTest } from './group-leadership.ts';
import { intervalOf } from './interval-set.ts';
import type { Target } from './match.ts';
import type { LeadRule } from './may-lead.ts';
import { inUse, isUnicast, type NodeAddresses, peerAddress } from './node-address.ts';
import { PlanLinks } from './plan-links.ts';
import type { PolicyState } from './policy-state.ts';
import type { PoolState } from './pool-state.ts';
import { compareText, sorted, sortedText } from './sorted.ts';

export interface PlanInput {
  readonly targets: readonly Target[];
  readonly leadership: Leadership;
  readonly config: NodeConfig;
  readonly options: EvaluateOptions;
  readonly node: NodeAddresses;
  /** A pool with `lanlord.dev/allow-special` lets its network, broadcast and gateway addresses be announced. */
  readonly pools: readonly Pick<PoolState, 'annotations' | 'covers'>[];
  readonly delivered: ReadonlySet<string>;
  /** Among several boxes: what keeps this one from leading. Null: there are no others. */
  readonly mayLead: LeadRule | null;
  readonly drained: boolean;
  /** Who has an address elsewhere for another service, so that nobody begins to answer for it. */
  readonly contest: (address: IpAddress) => PeerRecord | undefined;
}

export interface Plan {
  readonly announcements: readonly Announcement[];
  readonly candidacies: readonly Candidacy[];
  readonly unannounced: readonly Unannounced[];
}

/** One row per (address, interface); rows are sorted by family, number and interface. */
export function plan(input: PlanInput): Plan {
  const made = {
    announcements: [] as Announcement[],
    candidacies: [] as Candidacy[],
    unannounced: [] as Unannounced[],
  };
  const allowed = input.config.allowedPrefixes.map(parseCidr).filter((range) => range !== null);
  const links = new PlanLinks(input.delivered);
  const leads = leadTest(input.leadership);
  for (const target of sorted(input.targets, byAddress)) {
    const { address, grouped } = target;
    const reasons: Reason[] = [];
    const refused = targetReason(target, input, allowed) ?? noGroup(grouped);
    if (refused) reasons.push(refused);
    const group = typeof grouped?.group === 'number' ? grouped.group : soloGroup;
    const rows = refused ? [] : rowsOf(target, links, group, reasons);
    const led = rows.filter(({ row }) => leads(target, row.interface, group));
    for (const one of rows) made.candidacies.push(candidacy(one, led.includes(one), input));
    for (const { row } of led) made.announcements.push(row);
    if (led.length > 0) continue;
    reasons.push(...notLed(rows, input));
    made.unannounced.push({ address, services: sortedText(target.services), reasons, group });
  }
  return made;
}

function noGroup(grouped: Target['grouped']): Reason | null {
  return grouped && typeof grouped.group !== 'number' ? grouped.group : null;
}

function candidacy({ row, device }: Row, leads: boolean, { mayLead }: PlanInput): Candidacy {
  return { ...row, leads, refusal: mayLead?.(device, row.address.family) ?? null };
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
  const occupied = occupant(address, input.node);
  if (occupied) return occupied;
  const special = input.node.special.get(address);
  if (special && !allowsSpecial(input.pools, address)) return { code: 'special_address', ...special };
  // Alone, nobody takes over; among several boxes the rows stay until another one does.
  if (input.drained && !input.mayLead) return { code: 'drained' };
  const isAllowed = allowed.some((range) => rangeContains(range, address));
  if (input.config.allowedPrefixes.length > 0 && !isAllowed)
    return { code: 'prefix_not_allowed', address: formatAddress(address) };
  const other = input.contest(address);
  if (!other) return null;
  return { code: 'allocation_split', address: formatAddress(address), service: other.service, node: other.by };
}

/** Who has it already: this box itself, a stranger, or another box of ours itself. */
function occupant(address: IpAddress, { own, taken, foreign }: NodeAddresses): Reason | null {
  const name = own.get(address);
  if (name !== undefined) return { code: 'own_address', address: formatAddress(address), interface: name };
  const stranger = taken.get(address);
  if (stranger) return inUse(formatAddress(address), stranger);
  const peer = foreign.get(address);
  return peer ? peerAddress(formatAddress(address), peer) : null;
}

/** To answer for the gateway takes the way out from everybody, whoever wrote the address into a service. */
function allowsSpecial(pools: PlanInput['pools'], { family, value }: IpAddress): boolean {
  return pools.some(
    ({ annotations, covers }) => annotations.allowSpecial && intervalOf(covers, family, value) !== null,
  );
}

interface Row {
  readonly row: Announcement;
  readonly device: Interface;
}

/** The rows of one address; what keeps an interface out is added to `reasons`. */
function rowsOf({ address, selected }: Target, links: PlanLinks, group: number, reasons: Reason[]): readonly Row[] {
  const rows: { row: { -readonly [Field in keyof Announcement]: Announcement[Field] }; device: Interface }[] = [];
  for (const { policy, services } of selected) {
    if (policy.interfaces.length === 0) reasons.push({ code: 'policy_no_interface', policy: policy.name });
    for (const device of policy.interfaces) {
      const reason = linkReason(device, address, policy, links);
      const known = selected.length > 1 ? rows.find((other) => other.row.interface === device.name)?.row : undefined;
      if (reason) reasons.push(reason);
      else if (known) {
        known.services = sortedText(new Set([...known.services, ...services]));
        known.policies = sortedText([...known.policies, policy.name]);
      } else {
        // Lists are shared between rows until a second policy adds to one.
        const policies = links.nameOf(policy);
        rows.push({
          row: { address, interface: device.name, services: sortedText(services), policies, group },
          device,
        });
      }
    }
  }
  return sorted(rows, (a, b) => compareText(a.row.interface, b.row.interface));
}

function linkReason(device: Interface, address: IpAddress, policy: PolicyState, links: PlanLinks): Reason | null {
  // A carrier loss keeps the row: the capture waits for the link. An interface that is down has none.
  if (!device.up) return { code: 'interface_down', address: formatAddress(address), interface: device.name };
  if (policy.allowsOffLink || links.isOnLink(device, address)) return null;
  return { code: 'off_link', address: formatAddress(address), interface: device.name };
}

/** Why nobody answers here although there are rows: per interface among several boxes, once otherwise. */
function notLed(rows: readonly Row[], { leadership, mayLead }: PlanInput): readonly Reason[] {
  const some = leadership.kind === 'groups' ? rows : rows.slice(0, 1);
  return some.map(({ row, device }) => {
    const { address, interface: name, group } = row;
    const refusal = mayLead?.(device, address.family);
    const leader = leaderOf(leadership, name, group);
    return refusal ?? { code: 'not_leader', address: formatAddress(address), interface: name, group, leader };
  });
}
