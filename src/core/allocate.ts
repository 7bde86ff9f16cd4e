// Which service has which address: holders first, then statuses read as hints, then waiters in order of age.

import type { Reason } from '#model/reason.ts';
import { giveAutomatic } from './give-automatic.ts';
import { giveRequested } from './give-requested.ts';
import { type Holders, keepAgreed } from './keep-agreed.ts';
import { keepHolders } from './keep-holders.ts';
import type { Round, ServiceRound } from './round.ts';
import type { ServiceFacts } from './service-facts.ts';
import { SharedIndex } from './shared-index.ts';

/** Why services lack something. */
export type Missing = ReadonlyMap<ServiceFacts, readonly Reason[]>;

/**
 * Decides the round: fills the ledger and returns the reasons of every service that lacks something, first failing
 * family first. Services are in the order in which they compete.
 */
export function allocate(round: Round, holders: Holders): Missing {
  holdAgain(round, holders);
  return giveMissing(round, holders.services);
}

/** Gives back what these services hold, and reserves what other boxes hold for others. */
export function holdAgain(round: Round, holders: Holders): void {
  const { services, strangers, memory, remembered } = holders;
  const { ledger, peers } = round;
  if (peers === null) {
    keepHolders(round, services, memory, remembered);
    return;
  }
  keepAgreed(round, peers, holders);
  for (const record of strangers) ledger.reservations.add(record);
  for (const { facts } of services) {
    for (const record of peers.of(facts.key)) {
      if (!ledger.isHeldBy(facts, record.address)) ledger.reservations.add(record);
    }
  }
}

/** Gives everybody what is missing, in turn; the reasons of those who lack something still. */
export function giveMissing(round: Round, services: readonly ServiceRound[]): Missing {
  const shared = new SharedIndex(round);
  const reasons = new Map<ServiceFacts, readonly Reason[]>();
  for (const service of services) {
    const { facts } = service;
    const missing =
      facts.unreadable.length > 0
        ? facts.unreadable
        : facts.requests.length > 0
          ? giveRequested(round, shared, service)
          : giveAutomatic(round, shared, service);
    if (missing.length > 0) reasons.set(facts, missing);
  }
  return reasons;
}
