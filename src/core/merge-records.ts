// Puts the records of several boxes together: what is kept of one service and address is the same in whatever order.
import { compareAddresses, type Family } from '#model/address.ts';
import type { PeerRecord } from '#model/records.ts';
import { compareText, sorted } from './sorted.ts';

/** When and by whom an address was given. */
export interface Given {
  readonly sinceMs: number;
  readonly node: string;
}

/** The earlier one wins; of those of one millisecond the box with the lesser name. Clocks of two boxes order, they do not measure. */
export function compareGiven(a: Given, b: Given): number {
  return a.sinceMs - b.sinceMs || compareText(a.node, b.node);
}

type Bid = Given & Pick<PeerRecord, 'service' | 'address'>;

/** The order in which records are honored. */
export function compareBids(a: Bid, b: Bid): number {
  return compareGiven(a, b) || compareText(a.service, b.service) || compareAddresses(a.address, b.address);
}

function compareRecords(a: PeerRecord, b: PeerRecord): number {
  return (
    compareBids(a, b) ||
    compareText(a.origin, b.origin) ||
    compareText(a.pool, b.pool) ||
    compareText(a.mark, b.mark) ||
    compareText(a.by, b.by)
  );
}

/**
 * Of each service and address the earliest record, in the order in which records are honored. Idempotent, commutative and
 * associative: the least element per key of a total order. Which of two records that exclude each other stays is not
 * decided here (a loser of a loser may stay), but from the whole, by `evaluate`.
 */
export function mergeRecords(...sets: readonly (readonly PeerRecord[])[]): readonly PeerRecord[] {
  const earliest = new Map<string, PeerRecord>();
  for (const set of sets) {
    for (const record of set) {
      const key = keyOf(record);
      const known = earliest.get(key);
      if (!known || compareRecords(record, known) < 0) earliest.set(key, record);
    }
  }
  return sorted([...earliest.values()], compareRecords);
}

const letters: Readonly<Record<Family, string>> = { IPv4: '4', IPv6: '6' };

function keyOf({ service, address }: PeerRecord): string {
  return `${service} ${letters[address.family]}${address.value}`;
}
