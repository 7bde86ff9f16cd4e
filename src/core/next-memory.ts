// What the next round has to know about this one.
import type { IpAddress } from '#model/address.ts';
import type { Allocation, Memory, ServiceOutcome } from '#model/snapshot.ts';
import { intervalOf } from './interval-set.ts';
import type { Ledger } from './ledger.ts';
import type { PolicyState } from './policy-state.ts';
import type { PoolState } from './pool-state.ts';
import type { ServiceFacts } from './service-facts.ts';
import { ownedAfter } from './service-outcome.ts';

export interface RoundResult {
  readonly memory: Memory;
  readonly states: readonly PoolState[];
  readonly policies: readonly PolicyState[];
  readonly facts: readonly ServiceFacts[];
  /** Same order as `facts`. */
  readonly services: readonly ServiceOutcome[];
  readonly allocations: readonly Allocation[];
  readonly ledger: Ledger;
}

export function nextMemory(result: RoundResult): Memory {
  const owned = new Map<string, readonly string[]>();
  result.facts.forEach((facts, i) => {
    const outcome = result.services[i];
    const texts = outcome ? ownedAfter(outcome, facts) : [];
    if (texts.length > 0) owned.set(facts.key, texts);
  });
  return {
    allocations: result.allocations,
    goodPools: new Map(result.states.flatMap(({ name, inForce }) => (inForce ? [[name, inForce] as const] : []))),
    goodPolicies: new Map(result.policies.flatMap(({ name, inForce }) => (inForce ? [[name, inForce] as const] : []))),
    owned,
    released: released(result),
    policyFaults: new Map(
      result.policies.flatMap(({ name, faultTypes }) => (faultTypes.length > 0 ? [[name, faultTypes] as const] : [])),
    ),
  };
}

/** As many as the shared table has rows by default: beyond, the longest-released count as never used. */
const maxReleased = 65_536;

/** Addresses of `reuse: oldest` pools that were given back, oldest first. */
function released({ memory, states, ledger }: RoundResult): readonly IpAddress[] {
  const pools = states.filter(({ annotations }) => annotations.reuse === 'oldest');
  if (pools.length === 0) return [];
  const remembered = ({ family, value }: IpAddress) =>
    !ledger.isHeld(family, value) && pools.some(({ covers }) => intervalOf(covers, family, value));
  const before = (memory.released ?? []).filter(remembered);
  const known = new Set(before.map(({ family, value }) => `${family} ${value}`));
  const now = new Map<string, IpAddress>();
  for (const { address } of memory.allocations) {
    const key = `${address.family} ${address.value}`;
    if (!known.has(key) && remembered(address)) now.set(key, address);
  }
  const fresh = [...now.values()].sort((a, b) => (a.value < b.value ? -1 : a.value > b.value ? 1 : 0));
  return [...before, ...fresh].slice(-maxReleased);
}
