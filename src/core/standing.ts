// What one round leaves for the next, so that a change costs what it touches. Pure memoization: nothing but time depends
// on it, and a round that finds nothing decides everything again.
import type { Allocation, Desired, Memory, Observed } from '#model/snapshot.ts';
import type { AddressMap } from './address-map.ts';
import type { Entry } from './entry.ts';
import type { GroupBook } from './group-book.ts';
import type { Ledger } from './ledger.ts';
import type { Target } from './match.ts';
import type { NodeAddresses } from './node-address.ts';
import type { PolicyState } from './policy-state.ts';
import type { PoolBook } from './pool-book.ts';
import type { PoolState } from './pool-state.ts';

export interface Standing {
  readonly observed: Observed;
  readonly desired: Desired;
  readonly node: NodeAddresses;
  readonly states: readonly PoolState[];
  readonly book: PoolBook;
  readonly ledger: Ledger;
  /** In the order in which services compete. */
  readonly entries: readonly Entry[];
  readonly byKey: Map<string, Entry>;
  readonly policies: readonly PolicyState[];
  readonly targets: AddressMap<Target>;
  /** Null on a box that is alone. */
  readonly groups: GroupBook | null;
}

/** What changed since the round before. */
export interface EntryChanges {
  readonly gone: readonly Entry[];
  readonly come: readonly Entry[];
}

const standings = new WeakMap<readonly Allocation[], Standing>();

export function leaveStanding(standing: Standing): void {
  const { allocations } = standing.desired.memory;
  // The list itself may be an old one that others hold too: a new round owns what it left last.
  standings.set(allocations, standing);
}

/**
 * The standing of the round that this memory came from, or null. It is handed out once: the next round goes on with its
 * ledger, after which that no longer fits the memory.
 */
export function takeStanding(memory: Memory): Standing | null {
  const standing = standings.get(memory.allocations);
  if (!standing) return null;
  standings.delete(memory.allocations);
  const left = standing.desired.memory;
  const same =
    memory.goodPools === left.goodPools &&
    memory.goodPolicies === left.goodPolicies &&
    memory.owned === left.owned &&
    memory.released === left.released &&
    memory.policyFaults === left.policyFaults;
  return same ? standing : null;
}
