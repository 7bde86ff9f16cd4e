// A service with everything that one round decides for it.
import type { Family, IpAddress } from '#model/address.ts';
import { compareAddresses } from '#model/address.ts';
import type { Reason } from '#model/reason.ts';
import type { Allocation, Memory, ServiceOutcome } from '#model/snapshot.ts';
import type { Remembered } from './keep-holders.ts';
import type { Holding, Ledger } from './ledger.ts';
import type { PoolBook } from './pool-book.ts';
import type { ServiceRound } from './round.ts';
import { compareServices, type ServiceFacts, sortedAddresses, type WantedFamily } from './service-facts.ts';
import { oursBefore, ownedAfter, serviceOutcome } from './service-outcome.ts';
import { sorted } from './sorted.ts';

export interface Entry extends ServiceRound {
  /** Why allocation could not give something, first failing family first. */
  readonly missing: readonly Reason[];
  readonly outcome: ServiceOutcome;
  /** What is remembered of its addresses, by address. */
  readonly records: readonly Allocation[];
  /** Canonical addresses in its status that stay ours to remove. */
  readonly owned: readonly string[];
  /** The outcome depends on the round before, so that the next one decides again. */
  readonly isPassing: boolean;
}

export interface EntryContext {
  readonly book: PoolBook;
  readonly ledger: Ledger;
  readonly memory: Memory;
  readonly remembered: Remembered;
  /** There was a pool in the round before. */
  readonly wasActive: boolean;
}

export function entryOf(service: ServiceRound, missing: readonly Reason[] | undefined, context: EntryContext): Entry {
  const { facts, families, notHandled } = service;
  const { book, ledger, memory, remembered, wasActive } = context;
  const reasons = missing ?? none;
  const addresses = inOrder(facts, ledger);
  let before: ReadonlySet<string> | null = null;
  const outcome = serviceOutcome({
    facts,
    notHandled,
    families: familyNames(families),
    addresses,
    reasons,
    selected: addresses.length > 0 || book.selects(facts),
    ours: () => {
      before ??= oursBefore(facts.key, memory, remembered);
      return before;
    },
    dormant: book.uses.length === 0,
    wasActive,
  });
  const owned = ownedAfter(outcome, facts);
  return {
    facts,
    families,
    notHandled,
    missing: reasons,
    outcome,
    records: recordsOf(facts, ledger.holdings(facts)),
    owned,
    isPassing: isPassing(before, wasActive, owned),
  };
}

/** `before`: addresses that were ours, where the outcome depends on them. */
function isPassing(before: ReadonlySet<string> | null, wasActive: boolean, owned: readonly string[]): boolean {
  return before !== null && (!wasActive || before.size > 0 || owned.length > 0);
}

export function compareEntries(a: ServiceRound, b: ServiceRound): number {
  return compareServices(a.facts, b.facts);
}

const none: readonly Reason[] = [];
const noRecords: readonly Allocation[] = [];
const names = new WeakMap<readonly WantedFamily[], readonly Family[]>();

function familyNames(families: readonly WantedFamily[]): readonly Family[] {
  let list = names.get(families);
  if (!list) {
    list = families.map(({ family }) => family);
    names.set(families, list);
  }
  return list;
}

/** IPv4 before IPv6; requested addresses in the order of the request, others by number. */
function inOrder(facts: ServiceFacts, ledger: Ledger): readonly IpAddress[] {
  const held = sortedAddresses(ledger.holdings(facts).map(({ address }) => address));
  if (held.length < 2 || facts.requests.length === 0) return held;
  const values = { IPv4: new Set<bigint>(), IPv6: new Set<bigint>() };
  for (const { family, value } of held) values[family].add(value);
  const requested = facts.requests.flatMap(({ address }) =>
    values[address.family].has(address.value) ? [address] : [],
  );
  return [
    ...requested.filter(({ family }) => family === 'IPv4'),
    ...requested.filter(({ family }) => family === 'IPv6'),
  ];
}

/** Sorted within a service: the order in which a store gives records back must not show. */
function recordsOf(facts: ServiceFacts, holdings: readonly Holding[]): readonly Allocation[] {
  if (holdings.length === 0) return noRecords;
  return sorted(holdings, byAddress).map((holding) => {
    holding.record = recordOf(facts, holding);
    return holding.record;
  });
}

function byAddress(a: Holding, b: Holding): number {
  return compareAddresses(a.address, b.address);
}

/** The same object as before when nothing changed, so that stores see at a glance what to write. */
function recordOf(
  { key, sharing }: ServiceFacts,
  { address, pool, origin, sinceMs, node, record }: Holding,
): Allocation {
  const share = sharing.signature;
  if (record && record.pool === pool.name && (record.share ?? '') === share) return record;
  const allocation = { service: key, address, pool: pool.name, origin, sinceMs };
  if (share === '' && node === undefined) return allocation;
  return { ...allocation, ...(share === '' ? {} : { share }), ...(node === undefined ? {} : { node }) };
}
