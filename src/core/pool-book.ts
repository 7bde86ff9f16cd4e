// All pools of one round: which are open, which hold an address, and the next free address of each.
import type { Family, IpAddress } from '#model/address.ts';
import type { Range } from '#model/range.ts';
import { type IntervalSet, intersection, intervalOf, intervalSet } from './interval-set.ts';
import type { Ledger } from './ledger.ts';
import type { NodeAddresses } from './node-address.ts';
import type { PoolConflict } from './pool-conflict.ts';
import { comparePools, type PoolState } from './pool-state.ts';
import type { ServiceFacts } from './service-facts.ts';

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
  /** How many of its addresses are held that are not closed. */
  held: number;
}

interface Placed {
  readonly range: Range;
  readonly use: PoolUse;
}

interface PlacedIndex {
  readonly sorted: readonly Placed[];
  /** For each place the greatest `last` up to it: tells when looking further back is useless. */
  readonly reach: readonly bigint[];
}

export class PoolBook {
  /** In the order in which they are used. */
  readonly uses: readonly PoolUse[];
  readonly #byName: ReadonlyMap<string, PoolUse>;
  readonly #index: Readonly<Record<Family, PlacedIndex>>;
  readonly #overlaps: boolean;
  readonly #alone: ReadonlyMap<string, readonly PoolUse[]>;
  /** Pools that may still have a free address, in order. */
  readonly #notFull: Record<Family, PoolUse[]>;

  constructor(
    states: readonly PoolState[],
    conflicts: ReadonlyMap<string, PoolConflict>,
    node: NodeAddresses,
    released: readonly IpAddress[],
  ) {
    this.uses = [...states].sort(comparePools).map((state, rank) => poolUse(state, rank, conflicts, node, released));
    this.#byName = new Map(this.uses.map((use) => [use.state.name, use]));
    this.#overlaps = conflicts.size > 0;
    this.#alone = new Map(this.uses.map((use) => [use.state.name, [use]]));
    this.#index = { IPv4: index(this.uses, 'IPv4'), IPv6: index(this.uses, 'IPv6') };
    this.#notFull = { IPv4: this.#open('IPv4'), IPv6: this.#open('IPv6') };
  }

  /** For the next round with the same pools. `released` as in the constructor. */
  startRound(released: readonly IpAddress[]): void {
    for (const family of ['IPv4', 'IPv6'] as const) this.#notFull[family] = this.#open(family);
    for (const use of this.uses) {
      if (use.state.annotations.reuse !== 'oldest') continue;
      use.released = releasedIn(use.state, released);
      use.state.ranges.forEach((range, i) => {
        use.next[i] = range.first;
      });
    }
  }

  /** An address that is held no longer is found again. */
  giveBack({ family, value }: IpAddress, pool: PoolState): void {
    for (const { state, next } of this.allWith({ family, value }, pool)) {
      state.ranges.forEach((range, i) => {
        if (range.family === family && range.first <= value && value < (next[i] ?? 0n)) next[i] = value;
      });
    }
  }

  #open(family: Family): PoolUse[] {
    return this.uses.filter((use) => use.isOpen && use.state.covers[family].length > 0);
  }

  byName(name: string): PoolUse | undefined {
    return this.#byName.get(name);
  }

  /** Pools that hold the address, in the order of use. */
  containing({ family, value }: IpAddress): readonly PoolUse[] {
    const { sorted, reach } = this.#index[family];
    const found: PoolUse[] = [];
    for (let at = lastStarting(sorted, value); at >= 0; at--) {
      if ((reach[at] ?? -1n) < value) break;
      const placed = sorted[at];
      if (placed && placed.range.last >= value) found.push(placed.use);
    }
    return found.length > 1 ? found.sort((a, b) => a.rank - b.rank) : found;
  }

  /** The same for an address that a pool is known to hold: without overlaps no other does. */
  allWith(address: IpAddress, { name }: PoolState): readonly PoolUse[] {
    const alone = this.#overlaps ? undefined : this.#alone.get(name);
    return alone ?? this.containing(address);
  }

  /** The pool under which a holder keeps its address: the known one, else an open one, else any that selects it. */
  homeOf(address: IpAddress, known: string, facts: ServiceFacts): PoolUse | null {
    const last = this.#byName.get(known);
    if (last && intervalOf(last.state.covers, address.family, address.value) && last.state.selects(facts)) return last;
    const homes = this.containing(address).filter((use) => use.state.selects(facts));
    return homes.find((use) => use.isOpen) ?? homes[0] ?? null;
  }

  /** Whether some pool selects the service, open or not. */
  selects(facts: ServiceFacts): boolean {
    return this.uses.some(({ state }) => state.selects(facts));
  }

  /** Whether some open pool with addresses of this family selects the service, full or not. */
  serves(facts: ServiceFacts, family: Family): boolean {
    return this.uses.some((use) => use.isOpen && use.state.covers[family].length > 0 && use.state.selects(facts));
  }

  /** The next free address for the service, from the first pool in order that selects it and has one. */
  next(facts: ServiceFacts, family: Family, ledger: Ledger): { address: IpAddress; use: PoolUse } | null {
    const pools = this.#notFull[family];
    for (let i = 0; i < pools.length; i++) {
      const use = pools[i];
      if (!use?.state.selects(facts)) continue;
      const address = freeAddress(use, family, ledger);
      if (address) return { address, use };
      pools.splice(i--, 1);
    }
    return null;
  }
}

function poolUse(
  state: PoolState,
  rank: number,
  conflicts: ReadonlyMap<string, PoolConflict>,
  node: NodeAddresses,
  released: readonly IpAddress[],
): PoolUse {
  const conflict = conflicts.get(state.name) ?? null;
  const special = state.annotations.allowSpecial ? [] : node.specialRanges;
  return {
    state,
    conflict,
    isOpen: state.inForce !== null && !state.declared.disabled && conflict === null,
    closed: intersection(
      state.covers,
      intervalSet([...state.reserved, ...node.ownRanges, ...node.takenRanges, ...special]),
    ),
    rank,
    next: state.ranges.map((range) => range.first),
    released: releasedIn(state, released),
    held: 0,
  };
}

function releasedIn({ annotations, covers }: PoolState, released: readonly IpAddress[]): Map<string, IpAddress> {
  if (annotations.reuse !== 'oldest') return new Map();
  const mine = released.filter(({ family, value }) => intervalOf(covers, family, value));
  return new Map(mine.map((address) => [`${address.family} ${address.value}`, address]));
}

/** The lowest free address in spec order of the blocks; with `reuse: oldest` never-used ones first, then the oldest. */
function freeAddress(use: PoolUse, family: Family, ledger: Ledger): IpAddress | null {
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
    else if (ledger.isHeld(family, value) || wasReleased(use, family, value)) value++;
    else break;
  }
  return value;
}

function oldestReleased(use: PoolUse, family: Family, ledger: Ledger): IpAddress | null {
  for (const [key, address] of use.released) {
    if (ledger.isHeld(address.family, address.value) || isClosed(use, address)) use.released.delete(key);
    else if (address.family === family) return address;
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

function index(uses: readonly PoolUse[], family: Family): PlacedIndex {
  const sorted = uses
    .flatMap((use) => use.state.covers[family].map((range) => ({ range, use })))
    .sort((a, b) => (a.range.first < b.range.first ? -1 : a.range.first > b.range.first ? 1 : 0));
  let furthest = -1n;
  const reach = sorted.map(({ range }) => {
    if (range.last > furthest) furthest = range.last;
    return furthest;
  });
  return { sorted, reach };
}

/** Index of the last range that starts at or before `value`. */
function lastStarting(sorted: readonly Placed[], value: bigint): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const placed = sorted[middle];
    if (placed && placed.range.first <= value) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
