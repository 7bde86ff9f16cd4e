// The statuses that a round would publish, from what stands there and what was decided. Pure.
import { formatAddress, parseAddress } from '#model/address.ts';
import type { Condition, ServiceStatus } from '#model/resources.ts';
import type { PolicyOutcome, PoolOutcome, ServiceOutcome } from '#model/snapshot.ts';
import {
  availableType,
  badInterfaceRegexType,
  badNodeSelectorType,
  badServiceSelectorType,
  conflictType,
  poolValidType,
  satisfiedType,
  totalType,
  usedType,
} from './condition-types.ts';

const poolTypes: ReadonlySet<string> = new Set([conflictType, totalType, availableType, usedType, poolValidType]);
const policyTypes: ReadonlySet<string> = new Set([badNodeSelectorType, badInterfaceRegexType, badServiceSelectorType]);

/** The status of a service after the round, or null: nothing is to be written. Conditions of others stay. */
export function serviceStatus(current: ServiceStatus, outcome: ServiceOutcome): ServiceStatus | null {
  const ingress = nextIngress(current, outcome);
  const conditions = nextConditions(current.conditions, outcome);
  if (ingress === null && conditions === null) return null;
  return { ingress: ingress ?? current.ingress, conditions: conditions ?? current.conditions };
}

/** Null: the list stays as it is. */
function nextIngress(current: ServiceStatus, { ingress, withdrawn }: ServiceOutcome): ServiceStatus['ingress'] | null {
  const next =
    ingress?.map((address) => ({ ip: formatAddress(address), hostname: '' })) ??
    current.ingress.filter(({ ip }) => !withdrawn.includes(canonical(ip)));
  const same =
    next.length === current.ingress.length &&
    next.every((entry, i) => {
      const old = current.ingress[i];
      return old !== undefined && old.hostname === entry.hostname && canonical(old.ip) === canonical(entry.ip);
    });
  return same ? null : next;
}

function canonical(text: string): string {
  const address = parseAddress(text);
  return address ? formatAddress(address) : text;
}

function nextConditions(current: readonly Condition[], outcome: ServiceOutcome): readonly Condition[] | null {
  const own = current.filter(({ type }) => type === satisfiedType);
  if (!outcome.condition) {
    if (!outcome.clearsCondition || own.length === 0) return null;
    return current.filter(({ type }) => type !== satisfiedType);
  }
  return merge(current, [outcome.condition], new Set([satisfiedType]));
}

/** The conditions of a pool's status after the round, or null: nothing is to be written. */
export function poolStatus(current: readonly Condition[], outcome: PoolOutcome): readonly Condition[] | null {
  return merge(current, outcome.conditions, poolTypes);
}

/** The conditions of a policy's status after the round, or null: nothing is to be written. */
export function policyStatus(current: readonly Condition[], outcome: PolicyOutcome): readonly Condition[] | null {
  return merge(current, outcome.conditions, policyTypes);
}

/** Others' conditions followed by ours, each of our types once; null when that changes nothing. */
function merge(
  current: readonly Condition[],
  wanted: readonly Condition[],
  ours: ReadonlySet<string>,
): readonly Condition[] | null {
  const own = current.filter(({ type }) => ours.has(type));
  const same =
    own.length === wanted.length && wanted.every((condition) => own.some((old) => sameCondition(old, condition)));
  return same ? null : [...current.filter(({ type }) => !ours.has(type)), ...wanted];
}

function sameCondition(a: Condition, b: Condition): boolean {
  return a.type === b.type && a.status === b.status && a.reason === b.reason && a.message === b.message;
}
