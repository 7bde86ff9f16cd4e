// The whole pipeline on one page: observed in, desired out. Pure: no clock, no world, no memory but the argument.
import { compareAddresses } from '#model/address.ts';
import type { Allocation, Desired, Memory, Observed, ServiceOutcome } from '#model/snapshot.ts';
import { allocate } from './allocate.ts';
import { type Holding, Ledger } from './ledger.ts';
import { endpointRule, externalAddresses, type LocalRule, match, type Published } from './match.ts';
import { nextMemory } from './next-memory.ts';
import { nodeAddresses } from './node-address.ts';
import { plan } from './plan.ts';
import { type PolicyState, policyConditions, policyState } from './policy-state.ts';
import { PoolBook } from './pool-book.ts';
import { poolConflicts } from './pool-conflict.ts';
import { poolOutcomes } from './pool-outcome.ts';
import { poolState } from './pool-state.ts';
import type { Round, ServiceRound } from './round.ts';
import { compareServices, notHandled, type ServiceFacts, serviceFacts, wantedFamilies } from './service-facts.ts';
import { publishedAddresses } from './service-outcome.ts';
import { serviceVerdicts } from './service-verdicts.ts';
import { sorted, sortedText } from './sorted.ts';
import { findWarnings } from './warnings.ts';

export function evaluate(observed: Observed): Desired {
  const { inputs, options, memory } = observed;
  const node = nodeAddresses(observed);

  const states = byName(inputs.pools).map((pool) => poolState(pool, memory.goodPools.get(pool.name)));
  const book = new PoolBook(states, poolConflicts(states), node, memory.released ?? []);
  const ledger = new Ledger();
  const rounds = serviceRounds(observed);
  const remembered = Map.groupBy(memory.allocations, ({ service }) => service);
  // With the first pool allocation begins, and what stands in statuses is looked at as at a start.
  const active = wasActive(memory);
  const round: Round = { book, ledger, node, nowMs: options.nowMs, adoptStatus: options.adoptStatus || !active };
  const handled = states.length > 0 ? rounds.filter(({ notHandled: refused }) => refused === null) : [];
  const reasons = allocate(round, handled, memory, remembered);

  const services = serviceVerdicts({ rounds, book, ledger, reasons, memory, remembered, wasActive: active });
  const facts = rounds.map((one) => one.facts);
  const pools = poolOutcomes(book, ledger.takeChanges(), null);
  const allocations = allocationsOf(facts, ledger);

  const policies = policyStates(observed);
  const published = facts.map((one, i) => publish(one, services[i]));
  const matches = match(published, policies, localRule(observed));
  const planned = plan({
    matches,
    leadership: observed.leadership,
    config: observed.config,
    options,
    node,
    delivered: observed.deliveredAddresses,
  });
  const policyOutcomes = policies.map((policy) => ({
    name: policy.name,
    matchesNode: policy.matchesNode,
    services: sortedText(matches.byPolicy.get(policy.name) ?? []),
    interfaces: policy.interfaces.map(({ name }) => name),
    conditions: policyConditions(policy),
  }));
  const warnings = findWarnings(observed, states, policies, facts);
  return {
    services,
    pools,
    policies: policyOutcomes,
    allocations,
    ...planned,
    warnings,
    // What is wrong follows from the above; core/problems.ts ranks it together with what the daemon knows.
    problems: [],
    memory: nextMemory({ memory, states, policies, facts, services, allocations, ledger }),
  };
}

/** Whether there was a pool in the round before. */
function wasActive({ goodPools, allocations }: Memory): boolean {
  return goodPools.size > 0 || allocations.length > 0;
}

function byName<T extends { readonly name: string }>(items: readonly T[]): readonly T[] {
  return [...unique(items, ({ name }) => name)].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

/** Each name once; sources refuse duplicates, and a decision must not depend on which of two came first. */
function unique<T>(items: readonly T[], name: (item: T) => string): readonly T[] {
  const seen = new Set(items.map(name));
  if (seen.size === items.length) return items;
  return items.filter((item) => seen.delete(name(item)));
}

/** All services in the order in which they compete. */
function serviceRounds({ inputs, options }: Observed): readonly ServiceRound[] {
  const facts = unique(sorted(inputs.services.map(serviceFacts), compareServices), ({ key }) => key);
  return facts.map((one) => ({
    facts: one,
    families: wantedFamilies(one.service, options),
    notHandled: notHandled(one.service, options),
  }));
}

/** Sorted within a service: the order in which a store gives records back must not show. */
function allocationsOf(facts: readonly ServiceFacts[], ledger: Ledger): readonly Allocation[] {
  return facts.flatMap((one) =>
    sorted(ledger.holdings(one), (a, b) => compareAddresses(a.address, b.address)).map((holding) =>
      recordOf(one.key, one.sharing.signature, holding),
    ),
  );
}

/** The same object as before when nothing changed, so that stores see at a glance what to write. */
function recordOf(service: string, share: string, { address, pool, origin, sinceMs, record }: Holding): Allocation {
  if (record && record.pool === pool.name && (record.share ?? '') === share) return record;
  const allocation = { service, address, pool: pool.name, origin, sinceMs };
  return share === '' ? allocation : { ...allocation, share };
}

function policyStates({ inputs, memory, node, interfaces, config }: Observed): readonly PolicyState[] {
  const declared = inputs.nodes.find(({ name }) => name === node.name);
  const labels = { 'kubernetes.io/hostname': node.name, ...declared?.labels, ...node.labels };
  const view = { labels, interfaces, config };
  return byName(inputs.policies).map((policy) =>
    policyState(policy, memory.goodPolicies.get(policy.name), memory.policyFaults?.get(policy.name) ?? [], view),
  );
}

function publish(facts: ServiceFacts, outcome: ServiceOutcome | undefined): Published {
  const loadBalancer = outcome ? publishedAddresses(outcome, facts) : [];
  return { facts, loadBalancer, external: externalAddresses(facts.service) };
}

function localRule({ inputs, options, node }: Observed): LocalRule {
  return options.localPolicy === 'cluster' ? () => true : endpointRule(inputs.endpointSlices, node.name);
}
