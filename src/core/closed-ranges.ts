// Addresses of pools that are never given, and why: ranges, however large.
import type { Family } from '#model/address.ts';
import type { Range } from '#model/range.ts';
import type { Snapshot } from '#model/snapshot.ts';
import { difference, type IntervalSet, intersection, intervalSet } from './interval-set.ts';
import { nodeAddresses } from './node-address.ts';
import { poolState } from './pool-state.ts';

/**
 * `own`: the box's own address; `excluded`: by `lanlord.dev/exclude`; `reserved`: first and last of a block without
 * `allowFirstLastIPs`; `special`: network, broadcast or gateway address of a subnet of this box.
 */
export type ClosedState = 'own' | 'excluded' | 'reserved' | 'special';

export interface ClosedRange {
  readonly pool: string;
  readonly range: Range;
  readonly state: ClosedState;
}

/** Of several reasons the first in the order of `ClosedState` counts. IPv4 first, then by address, per pool. */
export function closedRanges({ observed, desired }: Pick<Snapshot, 'observed' | 'desired'>): readonly ClosedRange[] {
  const node = nodeAddresses(observed);
  return observed.inputs.pools.flatMap((pool) => {
    const state = poolState(pool, desired.memory.goodPools.get(pool.name));
    const { exclude, allowSpecial } = state.annotations;
    const causes: readonly (readonly [ClosedState, readonly Range[]])[] = [
      ['own', node.ownRanges],
      ['excluded', exclude],
      ['reserved', state.reserved],
      ['special', allowSpecial ? [] : node.specialRanges],
    ];
    let open = state.covers;
    const found: ClosedRange[] = [];
    for (const [name, ranges] of causes) {
      const closed = intersection(open, intervalSet(ranges));
      open = difference(open, closed);
      found.push(...listed(closed).map((range) => ({ pool: state.name, range, state: name })));
    }
    return found.sort(({ range: a }, { range: b }) => compareRanges(a, b));
  });
}

function listed(set: IntervalSet): readonly Range[] {
  return [...set.IPv4, ...set.IPv6];
}

const order: Readonly<Record<Family, number>> = { IPv4: 0, IPv6: 1 };

function compareRanges(a: Range, b: Range): number {
  return order[a.family] - order[b.family] || (a.first < b.first ? -1 : a.first > b.first ? 1 : 0);
}
