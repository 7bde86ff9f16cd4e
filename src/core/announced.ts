// The announcing half of a round, decided from the ground up.

import { formatAddress, type IpAddress } from '#model/address.ts';
import { hasGroups } from '#model/node-config.ts';
import type { PeerRecords } from '#model/records.ts';
import type { Observed, PolicyOutcome } from '#model/snapshot.ts';
import type { AddressMap } from './address-map.ts';
import type { Allocated } from './allocated.ts';
import { GroupBook, type Grouped } from './group-book.ts';
import { endpointRule, type LocalRule, match, type Target } from './match.ts';
import { leadRule } from './may-lead.ts';
import { type Plan, plan } from './plan.ts';
import { type PolicyState, policyConditions, policyState } from './policy-state.ts';
import { byName, sortedText } from './sorted.ts';

/** Which addresses this node answers for, and what follows for policies. */
export interface Announced {
  readonly policies: readonly PolicyState[];
  readonly outcomes: readonly PolicyOutcome[];
  readonly targets: AddressMap<Target>;
  readonly plan: Plan;
  /** Null on a box that is alone. */
  readonly groups: GroupBook | null;
  /** False: policies are judged as in the round before. */
  readonly isAnew: boolean;
}

export function announceAll(observed: Observed, allocated: Allocated): Announced {
  const { entries } = allocated;
  const policies = policyStates(observed);
  const groups = groupBook(observed);
  const { targets, byPolicy } = match(entries, policies, localRule(observed), groups?.classes ?? null);
  groups?.fill(groupedOf(targets.values()));
  const outcomes = policies.map((policy) => ({
    name: policy.name,
    matchesNode: policy.matchesNode,
    services: sortedText(byPolicy.get(policy.name) ?? []),
    interfaces: policy.interfaces.map(({ name }) => name),
    conditions: policyConditions(policy),
  }));
  return {
    policies,
    outcomes,
    targets,
    plan: planTargets(observed, allocated, targets.values()),
    groups,
    isAnew: true,
  };
}

export function groupedOf(targets: readonly Target[]): readonly Grouped[] {
  return targets.flatMap(({ grouped }) => grouped ?? []);
}

function groupBook({ inputs, config }: Observed): GroupBook | null {
  return hasGroups(config) ? new GroupBook(inputs.policies, config.election.vrrp) : null;
}

/** The rows of these targets. What only the plan needed of them is let go: they stand for long. */
export function planTargets(
  observed: Observed,
  { node, ledger, states: pools }: Pick<Allocated, 'node' | 'ledger' | 'states'>,
  targets: readonly Target[],
): Plan {
  const { leadership, config, options, deliveredAddresses: delivered, drained = false, peers } = observed;
  const mayLead = hasGroups(config) ? leadRule(observed) : null;
  const contest = (address: IpAddress) => (isAnswered(address, peers) ? undefined : ledger.contest(address));
  const rows = plan({ targets, leadership, config, options, node, pools, delivered, mayLead, drained, contest });
  for (const target of targets) target.selected = nothing;
  return rows;
}

/** Whoever holds a contested address already goes on. */
function isAnswered(address: IpAddress, peers: PeerRecords | undefined): boolean {
  return peers === undefined || peers.answered.has(formatAddress(address));
}

const nothing: Target['selected'] = [];

function policyStates({ inputs, memory, node, interfaces, config }: Observed): readonly PolicyState[] {
  const declared = inputs.nodes.find(({ name }) => name === node.name);
  const labels = { 'kubernetes.io/hostname': node.name, ...declared?.labels, ...node.labels };
  const view = { labels, interfaces, config };
  return byName(inputs.policies).map((policy) =>
    policyState(policy, memory.goodPolicies.get(policy.name), memory.policyFaults?.get(policy.name) ?? [], view),
  );
}

export function localRule({ inputs, options, node }: Observed): LocalRule {
  return options.localPolicy === 'cluster' ? () => true : endpointRule(inputs.endpointSlices, node.name);
}
