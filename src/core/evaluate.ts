// The whole pipeline on one page: observed in, desired out. Pure: no clock, no world, no memory but the argument.
import type { Desired, Observed } from '#model/snapshot.ts';
import { type Allocated, allocateAll } from './allocated.ts';
import { type Announced, announceAll } from './announced.ts';
import { nextMemory } from './next-memory.ts';
import { reallocate } from './reallocate.ts';
import { reannounce } from './reannounce.ts';
import { leaveStanding, type Standing, takeStanding } from './standing.ts';
import { findWarnings, mayWarn } from './warnings.ts';

/**
 * Costs what changed since the round that returned this memory, while that is known and only services did; else
 * everything is decided again. The result is the same.
 */
export function evaluate(observed: Observed): Desired {
  const standing = takeStanding(observed.memory);
  const allocated = (standing && reallocate(standing, observed)) ?? allocateAll(observed);
  const announced = (standing && reannounce(standing, observed, allocated)) ?? announceAll(observed, allocated);
  const desired = desiredOf(observed, allocated, announced, standing);
  leaveStanding({ ...allocated, ...announced, observed, desired });
  return desired;
}

function desiredOf(observed: Observed, allocated: Allocated, announced: Announced, standing: Standing | null): Desired {
  const { entries, states, pools, allocations } = allocated;
  return {
    services: entries.map(({ outcome }) => outcome),
    pools,
    policies: announced.outcomes,
    allocations,
    ...announced.plan,
    warnings:
      standing && hasSameWarnings(allocated, announced)
        ? standing.desired.warnings
        : findWarnings(observed, states, announced.policies, entries),
    groups: announced.groups?.outcomes() ?? [],
    // What else is wrong follows from the above; core/problems.ts ranks it together with what the daemon knows.
    problems: announced.groups?.problems() ?? [],
    memory: nextMemory(observed.memory, allocated, announced),
  };
}

function hasSameWarnings({ changes }: Allocated, { isAnew }: Announced): boolean {
  return changes !== null && !isAnew && ![...changes.gone, ...changes.come].some(({ facts }) => mayWarn(facts));
}
