// All pools of one round: which are open, which hold an address, and the next free address of each.
import type { Family, IpAddress } from '#model/address.ts';
import type { Range } from '#model/range.ts';
import { intervalOf } from './interval-set.ts';
import type { Ledger } from './ledger.ts';
import type { NodeAddresses } from './node-address.ts';
import { PoolChoice } from './pool-choice.ts';
import type { PoolConflict } from './pool-conflict.ts';
import { comparePools, type PoolState } from './pool-state.ts';
import { freeAddress, gives, type PoolUse, poolUse, releasedIn } from './pool-use.ts';
import type { ServiceFacts } from './service-facts.ts';

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
  #choice: PoolChoice;

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
    this.#choice = new PoolChoice(this.uses);
  }

  /** For the next round with the same pools. `released` as in the constructor. */
  startRound(released: readonly IpAddress[]): void {
    this.#choice.startRound();
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

  /** The same for an address that was reserved. */
  reopen({ family, value }: IpAddress): void {
    for (const { state } of this.containing({ family, value })) this.giveBack({ family, value }, state);
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
    return this.#choice.of(facts).uses.some(({ state }) => state.selects(facts));
  }

  /** Whether some open pool with addresses of this family selects the service, full or not. */
  serves(facts: ServiceFacts, family: Family): boolean {
    return this.#choice.of(facts).uses.some((use) => gives(use, family) && use.state.selects(facts));
  }

  /** The next free address for the service, from the first pool in order that selects it and has one. */
  next(facts: ServiceFacts, family: Family, ledger: Ledger): { address: IpAddress; use: PoolUse } | null {
    const choice = this.#choice.of(facts);
    const { uses } = choice;
    for (let i = choice.start[family]; i < uses.length; i++) {
      const use = uses[i];
      if (!use) break;
      if (use.isFull[family]) {
        if (i === choice.start[family]) choice.start[family]++;
      } else if (use.state.selects(facts)) {
        const address = freeAddress(use, family, ledger);
        if (address) return { address, use };
        use.isFull[family] = true;
      }
    }
    return null;
  }
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
