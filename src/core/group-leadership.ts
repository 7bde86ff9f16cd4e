// Who leads what, made ready to be asked for every row.
import { formatAddress } from '#model/address.ts';
import { type Leadership, ledKey } from '#model/snapshot.ts';
import type { Target } from './match.ts';

/** Whether this node leads an address in a group on an interface. */
export type LeadTest = (target: Target, interfaceName: string, group: number) => boolean;

export function leadTest(leadership: Leadership): LeadTest {
  if (leadership.kind === 'groups') return groupTest(leadership.active);
  // Leadership of an address counts on all interfaces: a shared address is led for all its services or for none.
  return (target) => leadsTarget(target, leadership);
}

function leadsTarget({ address, services }: Target, leadership: Exclude<Leadership, { kind: 'groups' }>): boolean {
  if (leadership.kind !== 'some') return leadership.kind === 'all';
  if (leadership.addresses.has(formatAddress(address))) return true;
  return services.some((service) => leadership.services.has(service));
}

function groupTest(active: ReadonlySet<string>): LeadTest {
  /** Per interface and group: a text for every row would be felt. BOUNDED: interfaces × 512. */
  const known = new Map<string, Map<number, boolean>>();
  return (_target, name, group) => {
    let groups = known.get(name);
    if (!groups) {
      groups = new Map();
      known.set(name, groups);
    }
    let leads = groups.get(group);
    if (leads === undefined) {
      leads = active.has(ledKey(name, group));
      groups.set(group, leads);
    }
    return leads;
  };
}

/** Who leads a group on an interface, as far as known. */
export function leaderOf(leadership: Leadership, interfaceName: string, group: number): string | null {
  if (leadership.kind !== 'groups') return null;
  return leadership.leaders.get(ledKey(interfaceName, group)) ?? null;
}

/** Keys of groups for which the two say something else, or null: they are of different kinds. */
export function leadershipChanges(before: Leadership, after: Leadership): ReadonlySet<string> | null {
  if (before.kind !== 'groups' || after.kind !== 'groups') return null;
  const changed = new Set<string>();
  for (const key of before.active) if (!after.active.has(key)) changed.add(key);
  for (const key of after.active) if (!before.active.has(key)) changed.add(key);
  for (const [key, leader] of before.leaders) if (after.leaders.get(key) !== leader) changed.add(key);
  for (const key of after.leaders.keys()) if (!before.leaders.has(key)) changed.add(key);
  return changed;
}

/** Groups that another box is known to lead, on any interface. */
export function ledByOthers(leadership: Leadership): ReadonlySet<number> {
  if (leadership.kind !== 'groups') return noGroups;
  return new Set([...leadership.leaders.keys()].map((key) => Number(key.slice(key.lastIndexOf(' ') + 1))));
}

const noGroups: ReadonlySet<number> = new Set();
