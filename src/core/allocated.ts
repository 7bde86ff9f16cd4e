// The allocating half of a round, decided from the ground up.
import type { PeerRecord } from '#model/records.ts';
import type { Service } from '#model/resources.ts';
import type { Allocation, Memory, Observed, PoolOutcome } from '#model/snapshot.ts';
import { allocate } from './allocate.ts';
import { type Entry, entryOf } from './entry.ts';
import { Ledger } from './ledger.ts';
import { type NodeAddresses, nodeAddresses } from './node-address.ts';
import { type PeerIndex, peerIndex } from './peer-index.ts';
import { PoolBook } from './pool-book.ts';
import { poolConflicts } from './pool-conflict.ts';
import { poolOutcomes } from './pool-outcome.ts';
import { type PoolState, poolState } from './pool-state.ts';
import type { Round, ServiceRound } from './round.ts';
import { compareServices, notHandled, type ServiceFacts, serviceFacts, wantedFamilies } from './service-facts.ts';
import { byName, sorted } from './sorted.ts';
import type { EntryChanges } from './standing.ts';

/** Who has which address, and what follows for services and pools. */
export interface Allocated {
  readonly node: NodeAddresses;
  readonly states: readonly PoolState[];
  readonly book: PoolBook;
  readonly ledger: Ledger;
  /** In the order in which services compete. */
  readonly entries: readonly Entry[];
  readonly byKey: Map<string, Entry>;
  readonly pools: readonly PoolOutcome[];
  readonly allocations: readonly Allocation[];
  /** What differs from the round before; null: everything may. */
  readonly changes: EntryChanges | null;
}

export function allocateAll(observed: Observed): Allocated {
  const { inputs, options, memory } = observed;
  const node = nodeAddresses(observed);
  const states = byName(inputs.pools).map((pool) => poolState(pool, memory.goodPools.get(pool.name)));
  const book = new PoolBook(states, poolConflicts(states), node, memory.released ?? []);
  const ledger = new Ledger();
  const services = serviceRounds(observed);
  const remembered = Map.groupBy(memory.allocations, ({ service }) => service);
  // With the first pool allocation begins, and what stands in statuses is looked at as at a start.
  const active = wasActive(memory);
  const adoptStatus = options.adoptStatus || !active;
  const round: Round = { book, ledger, node, nowMs: options.nowMs, adoptStatus, ...peersOf(observed) };
  const handled = states.length > 0 ? services.filter(({ notHandled: refused }) => refused === null) : [];
  const strangers = strangersTo(handled, round.peers);
  const missing = allocate(round, { services: handled, strangers, memory, remembered });
  const context = { book, ledger, memory, remembered, wasActive: active };
  const entries = services.map((service) => entryOf(service, missing.get(service.facts), context));
  const byKey = new Map<string, Entry>();
  for (const entry of entries) byKey.set(entry.facts.key, entry);
  if (byKey.size < entries.length) return allocateAll({ ...observed, inputs: { ...inputs, services: once(services) } });
  return {
    node,
    states,
    book,
    ledger,
    entries,
    byKey,
    pools: poolOutcomes(book, ledger.takeChanges(), null),
    allocations: entries.flatMap(({ records }) => records),
    changes: null,
  };
}

/** What a round has to know of other boxes. */
export function peersOf({ peers, node }: Observed): Pick<Round, 'peers' | 'self'> {
  return peers ? { peers: peerIndex(peers), self: node.name } : { peers: null, self: undefined };
}

/** Records of services that are not handled here: not declared (yet, or any more), or not ours to give. */
function strangersTo(handled: readonly ServiceRound[], peers: PeerIndex | null): readonly PeerRecord[] {
  if (!peers || peers.records.length === 0) return [];
  const known = new Set(handled.map(({ facts }) => facts.key));
  return peers.records.filter(({ service }) => !known.has(service));
}

/** Whether there was a pool in the round before. */
export function wasActive({ goodPools, allocations }: Memory): boolean {
  return goodPools.size > 0 || allocations.length > 0;
}

/** All services in the order in which they compete. */
function serviceRounds({ inputs, options }: Observed): readonly ServiceRound[] {
  return sorted(inputs.services.map(serviceFacts), compareServices).map((facts) => serviceRound(facts, options));
}

export function serviceRound(facts: ServiceFacts, options: Observed['options']): ServiceRound {
  return {
    facts,
    families: wantedFamilies(facts.service, options),
    notHandled: notHandled(facts.service, options),
  };
}

/** Each name once; sources refuse duplicates, and a decision must not depend on which of two came first. */
function once(services: readonly ServiceRound[]): readonly Service[] {
  const seen = new Set<string>();
  return services.flatMap(({ facts: { key, service } }) => {
    if (seen.has(key)) return [];
    seen.add(key);
    return [service];
  });
}
