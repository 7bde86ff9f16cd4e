// Why a pool never gives one of its addresses.
import { formatAddress, type IpAddress } from '#model/address.ts';
import { rangeContains } from '#model/range.ts';
import type { Reason } from '#model/reason.ts';
import { inUse, type NodeAddresses, peerAddress } from './node-address.ts';
import type { PoolState } from './pool-state.ts';

/** Null: it is given when it is free. Of several reasons the first in the order of `closedRanges` counts. */
export function closedReason(
  { name, annotations, reserved }: Pick<PoolState, 'name' | 'annotations' | 'reserved'>,
  node: NodeAddresses,
  address: IpAddress,
): Reason | null {
  const text = formatAddress(address);
  const own = node.own.get(address);
  if (own !== undefined) return { code: 'own_address', address: text, interface: own };
  const taken = node.taken.get(address);
  if (taken) return inUse(text, taken);
  const foreign = node.foreign.get(address);
  if (foreign) return peerAddress(text, foreign);
  const within = (range: PoolState['reserved'][number]) => rangeContains(range, address);
  if (annotations.exclude.some(within)) return { code: 'excluded_address', address: text, pool: name };
  if (reserved.some(within)) return { code: 'reserved_address', address: text, pool: name };
  const special = annotations.allowSpecial ? undefined : node.special.get(address);
  return special ? { code: 'special_address', address: text, why: special.why } : null;
}
