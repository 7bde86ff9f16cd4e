// The parts of two memories that differ: a change among a hundred thousand records costs what it touches.
import { listChanges } from '#core/list-changes.ts';
import type { Memory } from '#model/snapshot.ts';
import type { Entries } from './records.ts';

export interface ChangedPart {
  readonly before: Memory;
  readonly after: Memory;
}

/** What is the same object in both is left out of both. The rest may still be equal. */
export function changedPart(before: Memory, after: Memory): ChangedPart {
  const { gone, come } = listChanges(before.allocations, after.allocations);
  const pools = changedEntries(before.goodPools, after.goodPools);
  const policies = changedEntries(before.goodPolicies, after.goodPolicies);
  const owned = changedEntries(before.owned, after.owned);
  const faults = changedEntries(before.policyFaults, after.policyFaults);
  const claimed = changedEntries(before.claimed, after.claimed);
  return {
    before: {
      ...before,
      allocations: gone,
      goodPools: pools.gone,
      goodPolicies: policies.gone,
      owned: owned.gone,
      policyFaults: faults.gone,
      claimed: claimed.gone,
    },
    after: {
      ...after,
      allocations: come,
      goodPools: pools.come,
      goodPolicies: policies.come,
      owned: owned.come,
      policyFaults: faults.come,
      claimed: claimed.come,
    },
  };
}

const nothing: ReadonlyMap<string, never> = new Map<string, never>();

function changedEntries<T>(
  before: ReadonlyMap<string, T> = nothing,
  after: ReadonlyMap<string, T> = nothing,
): { readonly gone: ReadonlyMap<string, T>; readonly come: ReadonlyMap<string, T> } {
  if (before === after) return { gone: nothing, come: nothing };
  return { gone: without(before, after), come: without(after, before) };
}

function without<T>(all: ReadonlyMap<string, T>, others: ReadonlyMap<string, T>): ReadonlyMap<string, T> {
  const rest = new Map<string, T>();
  for (const [name, value] of all) if (others.get(name) !== value) rest.set(name, value);
  return rest;
}

/** The seal of `entries` once those of `before` have made place for those of `after`. */
export function nextSeal(entries: Entries, before: Entries, after: Entries): string {
  let combined = 0;
  for (const all of [entries, before, after]) for (const { crc } of all.values()) combined ^= crc;
  return `${entries.size - before.size + after.size} ${(combined >>> 0).toString(16)}`;
}

/** Makes the replacement that `writeDifference` wrote. */
export function replaceEntries(entries: Entries, before: Entries, after: Entries): void {
  for (const key of before.keys()) entries.delete(key);
  for (const [key, entry] of after) entries.set(key, entry);
}
