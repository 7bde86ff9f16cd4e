// Which service has which address: holders first, then statuses read as hints, then waiters in order of age.
import { formatAddress, type IpAddress } from '#model/address.ts';
import type { Reason } from '#model/reason.ts';
import type { Allocation, Memory } from '#model/snapshot.ts';
import { satisfiedType } from './condition-types.ts';
import { giveAutomatic } from './give-automatic.ts';
import { giveRequested } from './give-requested.ts';
import { isClosed, type PoolUse } from './pool-use.ts';
import type { Round, ServiceRound } from './round.ts';
import type { ServiceFacts } from './service-facts.ts';
import { SharedIndex } from './shared-index.ts';

/** The records of the round before, by service. */
export type Remembered = ReadonlyMap<string, readonly Allocation[]>;

/** Why services lack something. */
export type Missing = ReadonlyMap<ServiceFacts, readonly Reason[]>;

interface Claim {
  readonly facts: ServiceFacts;
  readonly address: IpAddress;
  readonly home: PoolUse;
  readonly origin: Allocation['origin'];
  readonly sinceMs: number;
  readonly record: Allocation | null;
}

/**
 * Decides the round: fills the ledger and returns the reasons of every service that lacks something, first failing
 * family first. `services` are the handled ones in the order in which they compete.
 */
export function allocate(
  round: Round,
  services: readonly ServiceRound[],
  memory: Memory,
  remembered: Remembered,
): Missing {
  keepHolders(round, services, memory, remembered);
  return giveMissing(round, services);
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

/** Everything that is still valid stays where it is, before anybody waiting is looked at. */
export function keepHolders(
  round: Round,
  services: readonly ServiceRound[],
  memory: Memory,
  remembered: Remembered,
): void {
  const edited: Claim[] = [];
  const hints: Claim[] = [];
  for (const service of services) {
    const allocations = remembered.get(service.facts.key);
    if (allocations) keepUnedited(round, service, allocations, edited);
    else if (round.adoptStatus) hints.push(...statusClaims(round, service, memory));
  }
  round.ledger.settle();
  for (const claim of edited) keep(round, claim);
  for (const claim of hints) keep(round, claim);
}

/** A sharer whose sharing facts changed is the edited one: it comes after its peers, which stay. */
function keepUnedited(round: Round, service: ServiceRound, allocations: readonly Allocation[], edited: Claim[]): void {
  for (const allocation of allocations) {
    const claim = claimOf(round, service, allocation, allocation);
    if (!claim) continue;
    if ((allocation.share ?? '') === service.facts.sharing.signature) keep(round, claim);
    else edited.push(claim);
  }
}

/** A status is a hint for a service that memory does not know. Addresses that were overruled once are none. */
function statusClaims(round: Round, service: ServiceRound, memory: Memory): readonly Claim[] {
  const { facts } = service;
  if (facts.status.length === 0) return [];
  const overruled = new Set(memory.owned?.get(facts.key) ?? []);
  const claims: Claim[] = [];
  for (const address of facts.status) {
    const text = formatAddress(address);
    if (overruled.has(text) || round.node.own.get(address) !== undefined) continue;
    const claim = claimOf(round, service, { address, pool: '', origin: 'restored', sinceMs: round.nowMs }, null);
    // An address that is reserved by now is taken back only by a service that had been served before.
    if (claim && (!isClosed(claim.home, address) || wasServed(facts))) claims.push(claim);
  }
  return claims;
}

function wasServed({ service }: ServiceFacts): boolean {
  return service.status.conditions.some(({ type }) => type === satisfiedType);
}

/** The claim of a service on an address, or null when it is not valid (any more). */
function claimOf(
  round: Round,
  { facts, families }: ServiceRound,
  { address, pool, origin, sinceMs }: Omit<Allocation, 'service' | 'share'>,
  record: Allocation | null,
): Claim | null {
  if (facts.unreadable.length > 0) return null;
  // Whoever holds an address that turned out to be another host's gets the next one, or waits for the one it asks for.
  if (round.node.taken.get(address)) return null;
  if (!families.some(({ family, enabled }) => enabled && family === address.family)) return null;
  const requested = facts.requests;
  if (requested.length > 0 && !requested.some((wish) => sameAddress(wish.address, address))) return null;
  const home = round.book.homeOf(address, pool, facts);
  return home && { facts, address, home, origin, sinceMs, record };
}

function sameAddress(a: IpAddress, b: IpAddress): boolean {
  return a.value === b.value && a.family === b.family;
}

function keep({ ledger }: Round, { facts, address, home, origin, sinceMs, record }: Claim): void {
  const slot = ledger.slot(address);
  if (slot && (slot.holders.includes(facts) || ledger.obstacle(slot, facts))) return;
  ledger.hold(facts, { address, pool: home.state, origin, sinceMs, record });
}
