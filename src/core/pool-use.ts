// One pool in use: what it never gives, what is taken, and its next free address.
import type { Family, IpAddress } from '#model/address.ts';
import type { Range } from '#model/range.ts';
import { type IntervalSet, intersection, intervalOf, intervalSet } from './interval-set.ts';
import type { Ledger } from './ledger.ts';
import type { NodeAddresses } from './node-address.ts';
import type { PoolConflict } from './pool-conflict.ts';
import type { PoolState } from './pool-state.ts';

/** One pool with its bookkeeping. */
export interface PoolUse {
  readonly state: PoolState;
  readonly conflict: PoolConflict | null;
  /** Gives addresses: in force, neither disabled nor conflicting. */
  readonly isOpen: boolean;
  /** Addresses of the pool that are never given: reserved, excluded, own, special ones and those of other hosts. */
  readonly closed: IntervalSet;
  /** Place in the order in which pools are used. */
  readonly rank: number;
  /** Per range: everything below is taken. */
  readonly next: bigint[];
  /** Given back earlier, oldest first; only with `reuse: oldest`. */
  released: Map<string, IpAddress>;
  /** Gives no address of the family (any more): while addresses are given, holders only come. */
  readonly isFull: Record<Family, boolean>;
  /** How many of its addresses are held that are not closed. */
  held: number;
}

export function poolUse(
  state: PoolState,
  rank: number,
  conflicts: ReadonlyMap<string, PoolConflict>,
  node: NodeAddresses,
  released: readonly IpAddress[],
): PoolUse {
  const conflict = conflicts.get(state.name) ?? null;
  const special = state.annotations.allowSpecial ? [] : node.specialRanges;
  const isOpen = state.inForce !== null && !state.declared.disabled && conflict === null;
  return {
    state,
    conflict,
    isOpen,
    closed: intersection(
      state.covers,
      intervalSet([...state.reserved, ...node.ownRanges, ...node.takenRanges, ...node.foreignRanges, ...special]),
    ),
    rank,
    next: state.ranges.map((range) => range.first),
    released: releasedIn(state, released),
    isFull: { IPv4: !gives({ isOpen, state }, 'IPv4'), IPv6: !gives({ isOpen, state }, 'IPv6') },
    held: 0,
  };
}

export function releasedIn({ annotations, covers }: PoolState, released: readonly IpAddress[]): Map<string, IpAddress> {
  if (annotations.reuse !== 'oldest') return new Map();
  const mine = released.filter(({ family, value }) => intervalOf(covers, family, value));
  return new Map(mine.map((address) => [`${address.family} ${address.value}`, address]));
}

/** The lowest free address in spec order of the blocks; with `reuse: oldest` never-used ones first, then the oldest. */
export function freeAddress(use: PoolUse, family: Family, ledger: Ledger): IpAddress | null {
  const { ranges } = use.state;
  for (let i = 0; i < ranges.length; i++) {
    const range = ranges[i];
    if (range?.family !== family) continue;
    const value = lowestFree(use, range, use.next[i] ?? range.first, ledger);
    use.next[i] = value;
    if (value <= range.last) return { family, value };
  }
  return oldestReleased(use, family, ledger);
}

/** The first address from `value` on that may be given; beyond the end of the range when there is none. */
function lowestFree(use: PoolUse, { family, last }: Range, from: bigint, ledger: Ledger): bigint {
  let value = from;
  while (value <= last) {
    const closed = intervalOf(use.closed, family, value);
    if (closed) value = closed.last + 1n;
    else if (ledger.isOccupied(family, value) || wasReleased(use, family, value)) value++;
    else break;
  }
  return value;
}

function oldestReleased(use: PoolUse, family: Family, ledger: Ledger): IpAddress | null {
  for (const [key, address] of use.released) {
    if (ledger.isHeld(address.family, address.value) || isClosed(use, address)) use.released.delete(key);
    else if (address.family === family && !ledger.isOccupied(family, address.value)) return address;
  }
  return null;
}

function wasReleased(use: PoolUse, family: Family, value: bigint): boolean {
  return use.released.size > 0 && use.released.has(`${family} ${value}`);
}

/** Whether the pool never gives this address. */
export function isClosed(use: PoolUse, { family, value }: IpAddress): boolean {
  return intervalOf(use.closed, family, value) !== null;
}

/** Whether the pool is open and has addresses of the family, free or not. */
export function gives({ isOpen, state }: Pick<PoolUse, 'isOpen' | 'state'>, family: Family): boolean {
  return isOpen && state.covers[family].length > 0;
}
