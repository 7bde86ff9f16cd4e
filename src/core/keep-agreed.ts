// Who keeps which address when other boxes hold addresses too: the earliest record of a service and of an address wins,
// whoever holds it, so that all boxes that know the same records and declare the same decide the same.
import type { IpAddress } from '#model/address.ts';
import type { PeerRecord } from '#model/records.ts';
import type { Allocation, Memory } from '#model/snapshot.ts';
import { AddressMap } from './address-map.ts';
import { type Claim, claimOf, keep, type Remembered, statusClaims } from './keep-holders.ts';
import { compareBids, compareGiven, type Given } from './merge-records.ts';
import type { PeerIndex } from './peer-index.ts';
import { excludes } from './reservations.ts';
import type { Round, ServiceRound } from './round.ts';
import { shareMark } from './share-mark.ts';
import { sorted } from './sorted.ts';

/** A record that is honored in its turn. Without a claim: this box would not give it so, but another one has. */
interface Bid extends Given {
  readonly service: string;
  readonly address: IpAddress;
  readonly claim: Claim | null;
  readonly theirs: PeerRecord | null;
}

/** Bids of services in their turn, and those of sharers that were edited, which come after their peers. */
interface Bids {
  readonly first: Bid[];
  readonly edited: Bid[];
  readonly hints: Claim[];
}

/** Whose holdings are to be found again. */
export interface Holders {
  /** Handled ones. */
  readonly services: readonly ServiceRound[];
  /** Records of other boxes of services that are not handled here. */
  readonly strangers: readonly PeerRecord[];
  readonly memory: Memory;
  readonly remembered: Remembered;
}

export function keepAgreed(round: Round, peers: PeerIndex, { services, strangers, memory, remembered }: Holders): void {
  const bids: Bids = { first: strangers.map(strange), edited: [], hints: [] };
  for (const service of services) {
    const { key } = service.facts;
    const [own, theirs] = [remembered.get(key) ?? [], peers.of(key)];
    if (own.length + theirs.length > 0) addBids(round, service, own, theirs, bids);
    else if (round.adoptStatus) bids.hints.push(...statusClaims(round, service, memory));
  }
  const seats = new Seats(round);
  for (const bid of sorted(bids.first, compareBids)) seats.take(bid);
  round.ledger.settle();
  for (const bid of sorted(bids.edited, compareBids)) seats.take(bid);
  for (const hint of bids.hints) seats.offer(hint);
}

function addBids(
  round: Round,
  service: ServiceRound,
  own: readonly Allocation[],
  theirs: readonly PeerRecord[],
  { first, edited }: Bids,
): void {
  const { signature } = service.facts.sharing;
  const others = new AddressMap(theirs.map((record) => [record.address, record]));
  for (const allocation of own) {
    const record = others.get(allocation.address);
    others.delete(allocation.address);
    const bid = ownBid(round, service, allocation, record);
    // One that became invalid here may still be held elsewhere.
    if (!bid.claim && !record) continue;
    const isEdited = bid.claim !== null && (allocation.share ?? '') !== signature;
    (isEdited ? edited : first).push(bid);
  }
  for (const record of others.values()) {
    const claim = claimOf(round, service, record, null);
    const isEdited = claim !== null && record.mark !== shareMark(signature);
    (isEdited ? edited : first).push({ ...strange(record), claim });
  }
}

/** A record of this box, told from an earlier one of the same address elsewhere, which is adopted. */
function ownBid(round: Round, service: ServiceRound, own: Allocation, theirs: PeerRecord | undefined): Bid {
  const { address, sinceMs } = own;
  const given = { sinceMs, node: own.node ?? round.self ?? '' };
  const isEarlier = theirs !== undefined && compareGiven(theirs, given) < 0;
  const claim = isEarlier ? claimOf(round, service, theirs, null) : claimOf(round, service, own, own);
  return { service: own.service, address, ...(isEarlier ? theirs : given), claim, theirs: theirs ?? null };
}

function strange(record: PeerRecord): Bid {
  const { service, address, sinceMs, node } = record;
  return { service, address, sinceMs, node, claim: null, theirs: record };
}

/** Who sits where, in the order of the bids. */
class Seats {
  readonly #round: Round;
  /** Addresses that records of other boxes take. BOUNDED: those records. */
  readonly #strangers = new AddressMap<readonly PeerRecord[]>();

  constructor(round: Round) {
    this.#round = round;
  }

  /** A claim by a hint, which is no record yet. */
  offer(claim: Claim): boolean {
    return this.#isOpen(claim) && !this.#hasOther(claim) && keep(this.#round, claim);
  }

  #isOpen({ address, facts }: Pick<Claim, 'address' | 'facts'>): boolean {
    const strangers = this.#strangers.get(address) ?? [];
    return !strangers.some((record) => excludes(record, facts));
  }

  take({ claim, theirs, address }: Bid): void {
    if (!claim) {
      if (theirs) this.#strangers.set(address, [...(this.#strangers.get(address) ?? []), theirs]);
      return;
    }
    if (!this.offer(claim)) this.#round.ledger.reservations.isDisputed = true;
  }

  /** A service that asks for no certain address has one per family: that of the earliest record. */
  #hasOther({ facts, address }: Claim): boolean {
    if (facts.requests.length > 0) return false;
    return this.#round.ledger.holdings(facts).some((holding) => holding.address.family === address.family);
  }
}
