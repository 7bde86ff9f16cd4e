// One round of allocation: what all its steps look at, and how an address is given.
import type { IpAddress } from '#model/address.ts';
import type { Reason } from '#model/reason.ts';
import type { Allocation } from '#model/snapshot.ts';
import type { Ledger, Slot } from './ledger.ts';
import type { NodeAddresses } from './node-address.ts';
import type { PeerIndex } from './peer-index.ts';
import type { PoolBook } from './pool-book.ts';
import type { PoolUse } from './pool-use.ts';
import type { ServiceFacts, WantedFamily } from './service-facts.ts';

/** What all steps of one round look at. */
export interface Round {
  readonly book: PoolBook;
  readonly ledger: Ledger;
  readonly node: NodeAddresses;
  readonly nowMs: number;
  readonly adoptStatus: boolean;
  /** What other boxes hold; null: this box is alone by decree. */
  readonly peers: PeerIndex | null;
  /** The name of this box, where other boxes read records of it. */
  readonly self: string | undefined;
}

export interface ServiceRound {
  readonly facts: ServiceFacts;
  readonly families: readonly WantedFamily[];
  /** Null: ours. */
  readonly notHandled: Reason | null;
}

/** A new allocation. The caller has made sure that the service may have the address. */
export function give(
  { ledger, nowMs, self }: Round,
  facts: ServiceFacts,
  address: IpAddress,
  pool: PoolUse['state'],
  origin: Allocation['origin'],
): Slot {
  return ledger.hold(facts, { address, pool, origin, sinceMs: nowMs, node: self, record: null });
}
