// What the next round has to know about this one.
import type { IpAddress } from '#model/address.ts';
import type { Memory } from '#model/snapshot.ts';
import type { Allocated } from './allocated.ts';
import type { Announced } from './announced.ts';
import type { Entry } from './entry.ts';
import { intervalOf } from './interval-set.ts';
import type { Ledger } from './ledger.ts';
import type { PoolState } from './pool-state.ts';
import type { EntryChanges } from './standing.ts';

/** `memory`: what the round began with. */
export function nextMemory(
  memory: Memory,
  { states, entries, allocations, ledger, changes }: Allocated,
  { policies, isAnew }: Announced,
): Memory {
  const samePools = changes !== null;
  return {
    allocations,
    goodPools: samePools ? memory.goodPools : inForceByName(states),
    goodPolicies: isAnew ? inForceByName(policies) : memory.goodPolicies,
    owned: changes && memory.owned && !changesOwned(changes) ? memory.owned : ownedByService(entries),
    released: released(memory, states, ledger),
    policyFaults:
      !isAnew && memory.policyFaults
        ? memory.policyFaults
        : new Map(policies.flatMap(({ name, faultTypes }) => (faultTypes.length > 0 ? [[name, faultTypes]] : []))),
  };
}

function inForceByName<T>(states: readonly { readonly name: string; readonly inForce: T | null }[]): Map<string, T> {
  return new Map(states.flatMap(({ name, inForce }) => (inForce ? [[name, inForce] as const] : [])));
}

function changesOwned({ gone, come }: EntryChanges): boolean {
  const owns = ({ owned }: Entry) => owned.length > 0;
  return gone.some(owns) || come.some(owns);
}

function ownedByService(entries: readonly Entry[]): ReadonlyMap<string, readonly string[]> {
  const owned = new Map<string, readonly string[]>();
  for (const entry of entries) if (entry.owned.length > 0) owned.set(entry.facts.key, entry.owned);
  return owned;
}

const none: readonly IpAddress[] = [];

/** As many as the shared table has rows by default: beyond, the longest-released count as never used. */
const maxReleased = 65_536;

/** Addresses of `reuse: oldest` pools that were given back, oldest first. */
function released(memory: Memory, states: readonly PoolState[], ledger: Ledger): readonly IpAddress[] {
  const pools = states.filter(({ annotations }) => annotations.reuse === 'oldest');
  if (pools.length === 0) return none;
  const remembered = ({ family, value }: IpAddress) =>
    !ledger.isHeld(family, value) && pools.some(({ covers }) => intervalOf(covers, family, value));
  const before = (memory.released ?? []).filter(remembered);
  const known = new Set(before.map(({ family, value }) => `${family} ${value}`));
  const now = new Map<string, IpAddress>();
  for (const { address } of memory.allocations) {
    if (!remembered(address)) continue;
    const key = `${address.family} ${address.value}`;
    if (!known.has(key)) now.set(key, address);
  }
  const fresh = [...now.values()].sort((a, b) => (a.value < b.value ? -1 : a.value > b.value ? 1 : 0));
  return [...before, ...fresh].slice(-maxReleased);
}
