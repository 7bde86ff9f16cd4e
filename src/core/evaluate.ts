// The whole pipeline on one page: observed in, desired out. Pure: no clock, no world, no memory but the argument.
import { compareAddresses } from '#model/address.ts';
import type { Reason } from '#model/reason.ts';
import type { Allocation, Desired, Memory, Observed, ServiceOutcome } from '#model/snapshot.ts';
import { allocate } from './allocate.ts';
import { Ledger } from './ledger.ts';
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
import {
  compareServices,
  notHandled,
  type ServiceFacts,
  serviceFacts,
  sortedAddresses,
  wantedFamilies,
} from './service-facts.ts';
import { oursBefore, publishedAddresses, serviceOutcome } from './service-outcome.ts';
import { sortedText } from './sorted-text.ts';
import { findWarnings } from './warnings.ts';

export function evaluate(observed: Observed): Desired {
  const { inputs, options, memory } = observed;
  const node = nodeAddresses(observed);

  const states = byName(inputs.pools).map((pool) => poolState(pool, memory.goodPools.get(pool.name)));
  const book = new PoolBook(states, poolConflicts(states), node, memory.released ?? []);
  const ledger = new Ledger();
  const facts = unique(inputs.services.map(serviceFacts).sort(compareServices), ({ key }) => key);
  // With the first pool allocation begins, and what stands in statuses is looked at as at a start.
  const adoptStatus = options.adoptStatus || !wasActive(memory);
  const round: Round = { book, ledger, node, nowMs: options.nowMs, adoptStatus };
  const reasons =
    states.length > 0 ? allocate(round, handled(facts, observed), memory) : new Map<string, readonly Reason[]>();

  const services = outcomes(facts, observed, book, ledger, reasons);
  const pools = poolOutcomes(book, ledger);
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
  const seen = new Map<string, T>();
  for (const item of items) if (!seen.has(name(item))) seen.set(name(item), item);
  return seen.size === items.length ? items : [...seen.values()];
}

function handled(facts: readonly ServiceFacts[], { options }: Observed): readonly ServiceRound[] {
  return facts
    .filter(({ service }) => notHandled(service, options) === null)
    .map((one) => ({ facts: one, families: wantedFamilies(one.service, options) }));
}

function outcomes(
  facts: readonly ServiceFacts[],
  { options, memory }: Observed,
  book: PoolBook,
  ledger: Ledger,
  reasons: ReadonlyMap<string, readonly Reason[]>,
): readonly ServiceOutcome[] {
  const ours = oursBefore(memory);
  const dormant = book.uses.length === 0;
  return facts.map((one) => {
    const addresses = inOrder(one, ledger);
    return serviceOutcome({
      facts: one,
      notHandled: notHandled(one.service, options),
      families: wantedFamilies(one.service, options).map(({ family }) => family),
      addresses,
      reasons: reasons.get(one.key) ?? [],
      selected: addresses.length > 0 || book.uses.some(({ state }) => state.selects(one)),
      ours: ours(one.key),
      dormant,
      wasActive: wasActive(memory),
    });
  });
}

/** IPv4 before IPv6; requested addresses in the order of the request, others by number. */
function inOrder(facts: ServiceFacts, ledger: Ledger): ServiceOutcome['addresses'] {
  const held = sortedAddresses(ledger.holdings(facts.key).map(({ address }) => address));
  if (held.length < 2 || facts.requests.length === 0) return held;
  const isHeld = (wish: { readonly address: (typeof held)[number] }) =>
    held.some(({ family, value }) => family === wish.address.family && value === wish.address.value);
  const requested = facts.requests.filter(isHeld).map(({ address }) => address);
  return [
    ...requested.filter(({ family }) => family === 'IPv4'),
    ...requested.filter(({ family }) => family === 'IPv6'),
  ];
}

function allocationsOf(facts: readonly ServiceFacts[], ledger: Ledger): readonly Allocation[] {
  return facts.flatMap(({ key, sharing }) => {
    const share = sharing.signature === '' ? {} : { share: sharing.signature };
    // Sorted: the order in which a store gives records back must not show.
    const holdings = ledger.holdings(key).toSorted((a, b) => compareAddresses(a.address, b.address));
    return holdings.map(({ address, pool, origin, sinceMs }) => ({
      service: key,
      address,
      pool: pool.name,
      origin,
      sinceMs,
      ...share,
    }));
  });
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
