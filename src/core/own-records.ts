// What this box tells the others about the addresses of its services.
import type { PeerRecord } from '#model/records.ts';
import type { Allocation } from '#model/snapshot.ts';
import { shareMark } from './share-mark.ts';

const told = new WeakMap<Allocation, PeerRecord>();

/** One record per allocation; the same object as long as the allocation is. */
export function ownRecords(allocations: readonly Allocation[], self: string): readonly PeerRecord[] {
  return allocations.map((allocation) => {
    const known = told.get(allocation);
    if (known?.by === self) return known;
    const { service, address, sinceMs, node = self, pool, origin, share = '' } = allocation;
    const record = { service, address, sinceMs, node, pool, origin, mark: shareMark(share), by: self };
    told.set(allocation, record);
    return record;
  });
}
