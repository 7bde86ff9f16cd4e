// One address per wanted family for a service that requests none by itself.
import type { Family } from '#model/address.ts';
import type { Reason } from '#model/reason.ts';
import { give, type Round, type ServiceRound } from './round.ts';
import type { ServiceFacts } from './service-facts.ts';
import type { SharedIndex } from './shared-index.ts';

// One object for all who wait: a hundred thousand of them are told apart from those that changed at a glance.
const outOfIps: Reason = { code: 'out_of_ips' };
const onlyOutOfIps: readonly Reason[] = [outOfIps];
const nothing: readonly Reason[] = [];

/** Fills what is missing. The reasons say what could not be given, IPv4 first. */
export function giveAutomatic(round: Round, shared: SharedIndex, { facts, families }: ServiceRound): readonly Reason[] {
  const held = round.ledger.holdings(facts);
  let reasons: readonly Reason[] = nothing;
  for (const { family, enabled } of families) {
    if (held.some(({ address }) => address.family === family)) continue;
    const reason = enabled ? giveOne(round, shared, facts, family) : ({ code: 'family_disabled', family } as const);
    if (reason) reasons = reason === outOfIps && reasons.length === 0 ? onlyOutOfIps : [...reasons, reason];
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
  if (!free) return round.book.serves(facts, family) ? outOfIps : { code: 'no_pool', address: null };
  shared.add(give(round, facts, free.address, free.use.state, 'auto'));
  return null;
}
