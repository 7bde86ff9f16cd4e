// One address per wanted family for a service that requests none by itself.
import type { Family, IpAddress } from '#model/address.ts';
import type { Reason } from '#model/reason.ts';
import type { Allocation } from '#model/snapshot.ts';
import type { Ledger } from './ledger.ts';
import type { NodeAddresses } from './node-address.ts';
import type { PoolBook, PoolUse } from './pool-book.ts';
import type { ServiceFacts } from './service-facts.ts';
import type { SharedIndex } from './shared-index.ts';

/** What all steps of one round look at. */
export interface Round {
  readonly book: PoolBook;
  readonly ledger: Ledger;
  readonly node: NodeAddresses;
  readonly nowMs: number;
  readonly adoptStatus: boolean;
  readonly isClosed: (use: PoolUse, address: IpAddress) => boolean;
}

export interface ServiceRound {
  readonly facts: ServiceFacts;
  readonly families: readonly { readonly family: Family; readonly enabled: boolean }[];
}

/** Fills what is missing. The reasons say what could not be given, IPv4 first. */
export function giveAutomatic(round: Round, shared: SharedIndex, { facts, families }: ServiceRound): readonly Reason[] {
  const held = round.ledger.holdings(facts.key);
  const reasons: Reason[] = [];
  for (const { family, enabled } of families) {
    if (held.some(({ address }) => address.family === family)) continue;
    const reason = enabled ? giveOne(round, shared, facts, family) : ({ code: 'family_disabled', family } as const);
    if (reason) reasons.push(reason);
  }
  return reasons;
}

function giveOne(round: Round, shared: SharedIndex, facts: ServiceFacts, family: Family): Reason | null {
  const slot = shared.find(facts, family);
  if (slot) {
    give(round, facts, slot.address, slot.pool, 'shared');
    return null;
  }
  const free = round.book.next(facts, family, round.ledger);
  if (!free) return round.book.serves(facts, family) ? { code: 'out_of_ips' } : { code: 'no_pool', address: null };
  shared.add(give(round, facts, free.address, free.use.state, 'auto'));
  return null;
}

export function give(
  { ledger, nowMs }: Round,
  facts: ServiceFacts,
  address: IpAddress,
  pool: PoolUse['state'],
  origin: Allocation['origin'],
) {
  return ledger.hold(facts, { address, pool, origin, sinceMs: nowMs });
}
