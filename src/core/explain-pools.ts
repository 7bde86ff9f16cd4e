// Every pool as one service sees it: it serves, or the reason why not.
import type { Family } from '#model/address.ts';
import type { Reason } from '#model/reason.ts';
import type { Snapshot } from '#model/snapshot.ts';
import { type ExplainStep, passed, placeOf, refusal } from './explain-step.ts';
import { intervalOf, setSize } from './interval-set.ts';
import { nodeAddresses } from './node-address.ts';
import { PoolBook } from './pool-book.ts';
import { poolConflicts } from './pool-conflict.ts';
import { poolState } from './pool-state.ts';
import { isClosed, type PoolUse } from './pool-use.ts';
import type { ServiceFacts } from './service-facts.ts';

/** The pools of a snapshot as they stood after its round. */
export function poolBookOf({ observed, desired }: Snapshot): PoolBook {
  const states = observed.inputs.pools.map((pool) => poolState(pool, desired.memory.goodPools.get(pool.name)));
  const node = nodeAddresses(observed);
  return new PoolBook(states, poolConflicts(states), node, []);
}

/** One step per pool and missing family, in the order in which pools are tried. */
export function poolSteps(
  snapshot: Snapshot,
  book: PoolBook,
  facts: ServiceFacts,
  families: readonly Family[],
  isMissing: boolean,
): readonly ExplainStep[] {
  return book.uses.map((use) => {
    const name = `pool ${use.state.name}`;
    const reason = refusalOf(snapshot, use, facts, families);
    if (!reason)
      return passed(name, 'POOL', 'It selects the service and has free addresses', placeOf(use.state.declared));
    return refusal(name, isMissing ? 'fail' : 'skipped', reason, place(use, reason), fixes(use, reason, facts));
  });
}

function refusalOf(snapshot: Snapshot, use: PoolUse, facts: ServiceFacts, families: readonly Family[]): Reason | null {
  const { state, conflict } = use;
  const pool = state.name;
  if (!state.inForce) return { code: 'pool_invalid', pool, why: state.fault?.message ?? 'it was never valid' };
  if (state.declared.disabled) return { code: 'pool_disabled', pool };
  if (conflict) return { code: 'pool_conflicting', pool, with: conflict.other };
  if (!state.selects(facts)) return { code: 'pool_selector', pool };
  const offered = families.filter((family) => state.covers[family].length > 0);
  if (offered.length === 0) return { code: 'pool_family', pool, family: families.join(' or ') };
  return offered.some((family) => freeCount(snapshot, use, family) > 0n) ? null : { code: 'pool_full', pool };
}

/** Addresses of the family that may still be given. */
export function freeCount({ desired }: Snapshot, use: PoolUse, family: Family): bigint {
  const only = (set: PoolUse['closed']) => setSize({ IPv4: [], IPv6: [], [family]: set[family] });
  const held = new Set<bigint>();
  for (const { address } of desired.allocations) {
    const inside = address.family === family && intervalOf(use.state.covers, family, address.value);
    if (inside && !isClosed(use, address)) held.add(address.value);
  }
  return only(use.state.covers) - only(use.closed) - BigInt(held.size);
}

function place({ state }: PoolUse, { code }: Reason): Pick<ExplainStep, 'file' | 'line'> {
  const { declared, fault } = state;
  switch (code) {
    case 'pool_invalid':
      return placeOf(declared, `${fault?.path}.cidr`, `${fault?.path}.start`, fault?.path ?? '');
    case 'pool_disabled':
      return placeOf(declared, 'spec.disabled');
    case 'pool_selector':
      return placeOf(declared, 'spec.serviceSelector');
    default:
      return placeOf(declared, 'spec.blocks');
  }
}

function fixes({ state }: PoolUse, reason: Reason, facts: ServiceFacts): readonly string[] {
  switch (reason.code) {
    case 'pool_invalid':
      return [`Correct ${state.fault?.path || 'the pool'}`];
    case 'pool_disabled':
      return ['Set spec.disabled to false'];
    case 'pool_conflicting':
      return [`Make the blocks of ${state.name} and ${reason.with} disjoint`];
    case 'pool_selector':
      return facts.poolName !== null && facts.poolName !== state.name
        ? [`The service names pool ${facts.poolName} (metallb.io/address-pool)`]
        : ["Change the labels of the service, or the pool's spec.serviceSelector"];
    case 'pool_full':
    case 'pool_family':
      return ['Add a block'];
    default:
      return [];
  }
}
