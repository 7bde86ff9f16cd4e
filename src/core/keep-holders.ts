// What services hold stays theirs as long as it is valid, before anybody who waits is looked at.
import { formatAddress, type IpAddress } from '#model/address.ts';
import type { Allocation, Memory } from '#model/snapshot.ts';
import { satisfiedType } from './condition-types.ts';
import { isClosed, type PoolUse } from './pool-use.ts';
import type { Round, ServiceRound } from './round.ts';
import type { ServiceFacts } from './service-facts.ts';

/** The records of the round before, by service. */
export type Remembered = ReadonlyMap<string, readonly Allocation[]>;

export interface Claim {
  readonly facts: ServiceFacts;
  readonly address: IpAddress;
  readonly home: PoolUse;
  readonly origin: Allocation['origin'];
  readonly sinceMs: number;
  readonly node: string | undefined;
  readonly record: Allocation | null;
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
export function statusClaims(round: Round, service: ServiceRound, memory: Memory): readonly Claim[] {
  const { facts } = service;
  if (facts.status.length === 0) return [];
  const overruled = new Set(memory.owned?.get(facts.key) ?? []);
  const claims: Claim[] = [];
  for (const address of facts.status) {
    const text = formatAddress(address);
    const { own, foreign } = round.node;
    if (overruled.has(text) || own.get(address) !== undefined || foreign.get(address) !== undefined) continue;
    const claim = claimOf(round, service, { address, pool: '', origin: 'restored', ...now(round) }, null);
    // An address that is reserved by now is taken back only by a service that had been served before.
    if (claim && (!isClosed(claim.home, address) || wasServed(facts))) claims.push(claim);
  }
  return claims;
}

/** Of an address that is given in this round. */
function now({ nowMs, self }: Round): Pick<Claim, 'sinceMs' | 'node'> {
  return { sinceMs: nowMs, node: self };
}

function wasServed({ service }: ServiceFacts): boolean {
  return service.status.conditions.some(({ type }) => type === satisfiedType);
}

type Wish = Omit<Allocation, 'service' | 'share' | 'node'> & { readonly node?: string | undefined };

/** The claim of a service on an address, or null when it is not valid (any more). */
export function claimOf(
  round: Round,
  { facts, families }: ServiceRound,
  { address, pool, origin, sinceMs, node }: Wish,
  record: Allocation | null,
): Claim | null {
  if (facts.unreadable.length > 0) return null;
  // Whoever holds an address that turned out to be another host's gets the next one, or waits for the one it asks for.
  if (round.node.taken.get(address)) return null;
  if (!families.some(({ family, enabled }) => enabled && family === address.family)) return null;
  const requested = facts.requests;
  if (requested.length > 0 && !requested.some((wish) => sameAddress(wish.address, address))) return null;
  const home = round.book.homeOf(address, pool, facts);
  return home && { facts, address, home, origin, sinceMs, node, record };
}

function sameAddress(a: IpAddress, b: IpAddress): boolean {
  return a.value === b.value && a.family === b.family;
}

/** False: somebody else has it. */
export function keep({ ledger }: Round, { facts, address, home, origin, sinceMs, node, record }: Claim): boolean {
  const slot = ledger.slot(address);
  if (slot?.holders.includes(facts)) return true;
  if (slot && ledger.obstacle(slot, facts)) return false;
  ledger.hold(facts, { address, pool: home.state, origin, sinceMs, node, record });
  return true;
}
