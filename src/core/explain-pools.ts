// Every pool as one service sees it: it serves, or the reason why not.
import { type Family, formatAddress } from '#model/address.ts';
import type { Reason } from '#model/reason.ts';
import { quote } from '#model/safe-text.ts';
import type { Snapshot } from '#model/snapshot.ts';
import { because, type ExplainStep, notReached, passed, placeOf, refusal } from './explain-step.ts';
import { intervalOf, setSize } from './interval-set.ts';
import { nodeAddresses } from './node-address.ts';
import { PoolBook } from './pool-book.ts';
import { poolConflicts } from './pool-conflict.ts';
import { poolState } from './pool-state.ts';
import { isClosed, type PoolUse } from './pool-use.ts';
import { labelOf } from './selector.ts';
import { type SelectorGap, selectorGap } from './selector-gap.ts';
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
    const other = namesAnother(use, facts);
    if (other !== null) return notReached(name, 'POOL', other);
    const unasked = containsNone(use, facts);
    const reason = refusalOf(snapshot, use, facts, families);
    if (!reason) {
      if (unasked !== null) return notReached(name, 'POOL', unasked);
      return passed(name, 'POOL', `It selects the service and ${virtue(facts)}`, placeOf(use.state.declared));
    }
    const matters = isMissing && unasked === null;
    // To change a pool that is not asked, or not needed, would not help.
    const fix = matters ? fixes(use, reason, facts, book) : [];
    const step = refusal(name, matters ? 'fail' : 'skipped', reason, place(use, reason), fix);
    return because(step, reason.code === 'pool_selector' ? gapOf(use, facts)?.why : undefined);
  });
}

/** An address that is asked for by name needs no free one beside it. */
function virtue({ requests }: ServiceFacts): string {
  return requests.length > 0 ? 'contains what is asked for' : 'has free addresses';
}

/** The service names a pool, and it is not this one. */
function namesAnother({ state }: PoolUse, { poolName }: ServiceFacts): string | null {
  if (poolName === null || poolName === state.name) return null;
  return `Not asked: the service names pool ${quote(poolName)} (annotation metallb.io/address-pool)`;
}

/** The service asks for addresses, and none of them is in this pool. */
function containsNone({ state }: PoolUse, { requests }: ServiceFacts): string | null {
  const contains = requests.some(({ address: { family, value } }) => intervalOf(state.covers, family, value) !== null);
  if (requests.length === 0 || contains) return null;
  const asked = requests.slice(0, 3).map(({ address }) => formatAddress(address));
  return `Not asked: it does not contain ${asked.join(', ')}${requests.length > 3 ? ', …' : ''}`;
}

function gapOf({ state }: PoolUse, { service }: ServiceFacts): SelectorGap | null {
  return selectorGap(state.inForce?.serviceSelector, (key) => labelOf(service, key), 'service');
}

function refusalOf(snapshot: Snapshot, use: PoolUse, facts: ServiceFacts, families: readonly Family[]): Reason | null {
  const { state } = use;
  const pool = state.name;
  const closed = closedPool(use);
  if (closed) return closed;
  if (!state.selects(facts)) return { code: 'pool_selector', pool };
  const offered = families.filter((family) => state.covers[family].length > 0);
  if (offered.length === 0) return { code: 'pool_family', pool, family: families.join(' or ') };
  if (facts.requests.length > 0) return null;
  return offered.some((family) => hasFree(snapshot, use, family)) ? null : { code: 'pool_full', pool };
}

/** Why the pool hands out nothing to anybody; null: it does. */
export function closedPool({ state, conflict }: PoolUse): Reason | null {
  const pool = state.name;
  if (!state.inForce) return { code: 'pool_invalid', pool, why: state.fault?.message ?? 'it was never valid' };
  if (state.declared.disabled) return { code: 'pool_disabled', pool };
  return conflict ? { code: 'pool_conflicting', pool, with: conflict.other } : null;
}

function whereIs(book: PoolBook, name: string): string {
  const { file, line } = placeOf(book.byName(name)?.state.declared, 'spec.blocks');
  return file === null ? '' : ` (${name}: ${file}:${line})`;
}

/** Whether an address of the family may still be given. */
function hasFree({ desired }: Snapshot, use: PoolUse, family: Family): boolean {
  const only = (set: PoolUse['closed']) => setSize({ IPv4: [], IPv6: [], [family]: set[family] });
  const open = only(use.state.covers) - only(use.closed);
  // More than anybody could hold: nothing has to be counted.
  if (open > BigInt(desired.allocations.length)) return true;
  const held = new Set<bigint>();
  for (const { address } of desired.allocations) {
    const inside = address.family === family && intervalOf(use.state.covers, family, address.value);
    if (inside && !isClosed(use, address)) held.add(address.value);
  }
  return open > BigInt(held.size);
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

function fixes(use: PoolUse, reason: Reason, facts: ServiceFacts, book: PoolBook): readonly string[] {
  const { state } = use;
  switch (reason.code) {
    case 'pool_invalid':
      return [`Correct ${state.fault?.path || 'the pool'}`];
    case 'pool_disabled':
      return ['Set spec.disabled to false'];
    case 'pool_conflicting':
      return [`Make the blocks of ${state.name} and ${reason.with} disjoint${whereIs(book, reason.with)}`];
    case 'pool_selector':
      return [
        gapOf(use, facts)?.fix ?? 'Change the labels of the service',
        'Or change spec.serviceSelector of the pool',
      ];
    case 'pool_full':
      return ['Add a block to the pool, or remove a service that has one of its addresses'];
    case 'pool_family':
      return [`Add a block of ${reason.family} addresses`];
    default:
      return [];
  }
}
