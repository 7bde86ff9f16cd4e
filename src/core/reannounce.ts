// The announcing half of a round in which only services changed: the rows of their addresses are decided again.
import { compareAddresses, type IpAddress } from '#model/address.ts';
import { ledKey, type Observed, type PolicyOutcome } from '#model/snapshot.ts';
import { AddressMap } from './address-map.ts';
import type { Allocated } from './allocated.ts';
import { type Announced, groupedOf, localRule, planTargets } from './announced.ts';
import { compareEntries, type Entry } from './entry.ts';
import { leadershipChanges } from './group-leadership.ts';
import { externalAddresses, match, type Target } from './match.ts';
import { mergeSorted, replaceRows } from './merge-sorted.ts';
import { sameOptions } from './reallocate.ts';
import { sameData } from './same-data.ts';
import { compareText, sorted, sortedText } from './sorted.ts';
import type { EntryChanges, Standing } from './standing.ts';

/** The same as `announceAll`, or null when more than services changed. */
export function reannounce(standing: Standing, observed: Observed, allocated: Allocated): Announced | null {
  const { changes } = allocated;
  if (!changes || !isSameStage(standing, observed)) return null;
  const { policies, targets, desired, groups } = standing;
  const addresses = affected(standing, observed, changes);
  if (!addresses) return null;
  const members = membersOf(addresses, standing, allocated, changes);
  const matches = match(members, policies, localRule(observed), groups?.classes ?? null);
  const fresh: Target[] = [];
  for (const address of addresses) {
    const target = matches.targets.get(address);
    if (target) fresh.push(target);
  }
  const old = addresses.flatMap((address) => targets.get(address) ?? []);
  if (groups && !groups.replace(groupedOf(old), groupedOf(fresh))) return null;
  const rows = planTargets(observed, allocated, fresh);
  for (const address of addresses) targets.delete(address);
  for (const target of fresh) targets.set(target.address, target);
  return {
    policies,
    outcomes: desired.policies.map((outcome) => reselected(outcome, changes, matches.byPolicy.get(outcome.name) ?? [])),
    targets,
    plan: {
      announcements: replaceRows(desired.announcements, addresses, rows.announcements),
      candidacies: replaceRows(desired.candidacies, addresses, rows.candidacies),
      unannounced: replaceRows(desired.unannounced, addresses, rows.unannounced),
    },
    groups,
    isAnew: false,
  };
}

/** Policies, interfaces and the settings of the node decide about every row. */
function isSameStage({ observed: before }: Standing, observed: Observed): boolean {
  const { inputs } = observed;
  return (
    sameData(before.inputs.policies, inputs.policies) &&
    sameData(before.inputs.nodes, inputs.nodes) &&
    sameData(before.inputs.endpointSlices, inputs.endpointSlices) &&
    sameOptions(before.options, observed.options) &&
    sameData(before.node, observed.node) &&
    sameData(before.config, observed.config) &&
    (before.drained ?? false) === (observed.drained ?? false) &&
    sameData(before.interfaces, observed.interfaces) &&
    sameData(before.deliveredAddresses, observed.deliveredAddresses)
  );
}

/** Beyond this part of all addresses it is cheaper to plan all of them again. */
const mostAffected = 1 / 4;

/**
 * Addresses of services that changed, before or after, and those of groups that have another leader, sorted, each once.
 * Null: all of them, or so many that it makes no difference.
 */
function affected(
  { observed: before, desired, targets }: Standing,
  { leadership }: Observed,
  { gone, come }: EntryChanges,
): readonly IpAddress[] | null {
  const found = new AddressMap<IpAddress>();
  for (const entry of [...gone, ...come]) for (const address of published(entry)) found.set(address, address);
  if (!sameData(before.leadership, leadership)) {
    const changed = leadershipChanges(before.leadership, leadership);
    if (!changed) return null;
    let count = 0;
    for (const { address, interface: name, group } of desired.candidacies) {
      if (!changed.has(ledKey(name, group))) continue;
      found.set(address, address);
      count++;
    }
    if (count > targets.size * mostAffected) return null;
  }
  return sorted(found.values(), compareAddresses);
}

function published({ facts, outcome }: Entry): readonly IpAddress[] {
  return [...outcome.addresses, ...externalAddresses(facts.service)];
}

/** Everybody who has one of the addresses now, and all that changed, in the order in which services compete. */
function membersOf(
  addresses: readonly IpAddress[],
  { targets }: Standing,
  { byKey }: Allocated,
  { come }: EntryChanges,
): readonly Entry[] {
  const members = new Set(come);
  for (const address of addresses) {
    for (const key of targets.get(address)?.services ?? []) {
      const entry = byKey.get(key);
      if (entry) members.add(entry);
    }
  }
  return sorted([...members], compareEntries);
}

/** `selected`: of the services that were looked at, those that the policy selects now. */
function reselected(outcome: PolicyOutcome, { gone, come }: EntryChanges, selected: readonly string[]): PolicyOutcome {
  const changed = new Set([...gone, ...come].map(({ facts }) => facts.key));
  const fresh = sortedText(selected.filter((key) => changed.has(key)));
  const services = mergeSorted(outcome.services, [...changed], fresh, compareText);
  return services === outcome.services ? outcome : { ...outcome, services };
}
