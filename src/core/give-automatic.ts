// One address per wanted family for a service that requests none by itself.
import type { Family } from '#model/address.ts';
import type { Reason } from '#model/reason.ts';
import { give, type Round, type ServiceRound } from './round.ts';
import type { ServiceFacts } from './service-facts.ts';
import type { SharedIndex } from './shared-index.ts';

/** Fills what is missing. The reasons say what could not be given, IPv4 first. */
export function giveAutomatic(round: Round, shared: SharedIndex, { facts, families }: ServiceRound): readonly Reason[] {
  const held = round.ledger.holdings(facts);
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
