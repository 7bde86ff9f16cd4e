// What follows for one service: its addresses, and what its status is to say.
import { type Family, formatAddress, type IpAddress } from '#model/address.ts';
import { explain, type Reason } from '#model/reason.ts';
import type { Condition } from '#model/resources.ts';
import type { Memory, ServiceOutcome } from '#model/snapshot.ts';
import { satisfiedType } from './condition-types.ts';
import type { Remembered } from './keep-holders.ts';
import type { ServiceFacts } from './service-facts.ts';

export interface ServiceVerdict {
  readonly facts: ServiceFacts;
  /** Null: ours. */
  readonly notHandled: Reason | null;
  readonly families: readonly Family[];
  readonly addresses: readonly IpAddress[];
  readonly reasons: readonly Reason[];
  /** Whether some pool in force selects it: then its whole ingress list is ours. */
  readonly selected: boolean;
  /** Canonical addresses that were ours before this round. */
  readonly ours: () => ReadonlySet<string>;
  /** No pool at all: statuses are left alone. */
  readonly dormant: boolean;
  /** There was a pool in the round before. */
  readonly wasActive: boolean;
}

const satisfied: Condition = { type: satisfiedType, status: 'True', reason: 'satisfied', message: '' };
const nothing: readonly string[] = [];

type Publication = Pick<ServiceOutcome, 'ingress' | 'withdrawn' | 'condition' | 'clearsCondition'>;

export function serviceOutcome(verdict: ServiceVerdict): ServiceOutcome {
  const { facts, notHandled } = verdict;
  const { ingress, withdrawn, condition, clearsCondition } = publication(verdict);
  const addresses = publishedAddresses({ ingress, withdrawn }, facts);
  const reasons = shownReasons(verdict, addresses.length);
  return {
    key: facts.key,
    namespace: facts.service.namespace,
    name: facts.service.name,
    handled: notHandled === null,
    state: reasons.length === 0 ? 'ready' : addresses.length === 0 ? 'pending' : 'partial',
    addresses,
    families: verdict.families,
    reasons,
    ingress,
    withdrawn,
    condition,
    clearsCondition,
  };
}

/** Also says why nothing was tried: not ours, no pool at all, or no family that is enabled. */
function shownReasons(
  { reasons, notHandled, dormant, facts, families }: ServiceVerdict,
  count: number,
): readonly Reason[] {
  if (notHandled) return count > 0 ? [] : [notHandled];
  if (dormant) return count > 0 ? [] : [{ code: 'dormant' }];
  if (reasons.length > 0 || families.length > 0) return reasons;
  return [{ code: 'family_disabled', family: facts.service.ipFamilies.join(' and ') || 'IPv4 and IPv6' }];
}

function publication(verdict: ServiceVerdict): Publication {
  const { facts, notHandled, dormant } = verdict;
  if (notHandled) return notHandled.code === 'not_load_balancer' ? leftType(verdict) : partly(verdict, null);
  if (dormant) return partly(verdict, null);
  const condition = satisfiedCondition(verdict);
  // A classless service that no pool selects may belong to somebody else: only what we assigned is removed.
  const ownsList = verdict.selected || verdict.addresses.length > 0 || Boolean(facts.service.loadBalancerClass);
  if (!ownsList) return partly(verdict, condition);
  return { ingress: verdict.addresses, withdrawn: nothing, condition, clearsCondition: condition === null };
}

/** The list stays, without what was ours. */
function partly({ facts, ours, notHandled, wasActive }: ServiceVerdict, condition: Condition | null): Publication {
  const mine = ours();
  const withdrawn = facts.status.map(formatAddress).filter((text) => mine.has(text));
  const clearsCondition = condition === null && (mine.size > 0 || (notHandled === null && wasActive));
  return { ingress: null, withdrawn, condition, clearsCondition };
}

/** A service that stopped being of type LoadBalancer loses the whole list and our condition, as Cilium does it. */
function leftType({ facts, ours, wasActive, dormant }: ServiceVerdict): Publication {
  const marked = facts.service.status.conditions.some(({ type }) => type === satisfiedType);
  const wasOurs = ours().size > 0 || (marked && (wasActive || !dormant));
  return { ingress: wasOurs ? [] : null, withdrawn: [], condition: null, clearsCondition: wasOurs };
}

/** Null when the service asks for nothing that is enabled here: Cilium writes no condition then. */
function satisfiedCondition({ reasons, families, facts }: ServiceVerdict): Condition | null {
  // Of several requested addresses the last failing one gives the reason, as in Cilium; of families the first one.
  const telling = facts.requests.length > 0 ? reasons.at(-1) : reasons[0];
  if (!telling) {
    if (families.length === 0 && facts.requests.length === 0) return null;
    return satisfied;
  }
  const shown = reasons.slice(0, mostReasons).map(explain);
  const more = reasons.length > mostReasons ? ` (and ${reasons.length - mostReasons} more)` : '';
  const message = `${[...new Set(shown)].join('; ')}${more}`;
  return { type: satisfiedType, status: 'False', reason: reasonWord(telling), message };
}

/** A request can list any number of addresses; a condition is for reading. */
const mostReasons = 8;

/** Cilium's reason word, so that what watches for it goes on working. */
export function reasonWord(reason: Reason): string {
  switch (reason.code) {
    case 'dormant':
    case 'family_disabled':
      return 'no_pool';
    case 'own_address':
    case 'special_address':
    case 'address_in_use':
    case 'excluded_address':
    case 'reserved_address':
    case 'reserved_by_peer':
    case 'peer_address':
      return 'already_allocated';
    default:
      return reason.code;
  }
}

/** Addresses that the status shows after this round: ours, or what is left alone in it. */
export function publishedAddresses(
  outcome: Pick<ServiceOutcome, 'ingress' | 'withdrawn'>,
  facts: ServiceFacts,
): readonly IpAddress[] {
  if (outcome.ingress !== null) return outcome.ingress;
  if (outcome.withdrawn.length === 0) return facts.status;
  const withdrawn = new Set(outcome.withdrawn);
  return facts.status.filter((address) => !withdrawn.has(formatAddress(address)));
}

/** Addresses in the status that are ours to remove but no longer held, to be remembered while they stand there. */
export function ownedAfter(outcome: ServiceOutcome, facts: ServiceFacts): readonly string[] {
  if (facts.status.length === 0) return nothing;
  if (outcome.ingress === null) return outcome.withdrawn;
  const held = new Set(outcome.ingress.map(formatAddress));
  return facts.status.map(formatAddress).filter((text) => !held.has(text));
}

/** Canonical addresses that were ours before the round: held by the service, or remembered as ours to remove. */
export function oursBefore(service: string, memory: Memory, remembered: Remembered): ReadonlySet<string> {
  const held = (remembered.get(service) ?? []).map(({ address }) => formatAddress(address));
  return new Set([...held, ...(memory.owned?.get(service) ?? [])]);
}
