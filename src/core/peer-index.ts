// The records of other boxes by service and by address.
import type { IpAddress } from '#model/address.ts';
import type { PeerRecord, PeerRecords } from '#model/records.ts';
import { AddressMap } from './address-map.ts';

/** The least that rounds need to know of other boxes. */
export interface PeerIndex {
  /** As merged: each service and address once. */
  readonly records: readonly PeerRecord[];
  of(service: string): readonly PeerRecord[];
  at(address: IpAddress): readonly PeerRecord[];
}

const nothing: readonly PeerRecord[] = [];
const indexes = new WeakMap<readonly PeerRecord[], PeerIndex>();

/** Pure memoization: a list of records never changes. */
export function peerIndex({ records }: Pick<PeerRecords, 'records'>): PeerIndex {
  const known = indexes.get(records);
  if (known) return known;
  const byService = Map.groupBy(records, ({ service }) => service);
  let byAddress: AddressMap<PeerRecord[]> | null = null;
  const index: PeerIndex = {
    records,
    of: (service) => byService.get(service) ?? nothing,
    at(address) {
      byAddress ??= addressIndex(records);
      return byAddress.get(address) ?? nothing;
    },
  };
  indexes.set(records, index);
  return index;
}

function addressIndex(records: readonly PeerRecord[]): AddressMap<PeerRecord[]> {
  const index = new AddressMap<PeerRecord[]>();
  for (const record of records) {
    const known = index.get(record.address);
    if (known) known.push(record);
    else index.set(record.address, [record]);
  }
  return index;
}
