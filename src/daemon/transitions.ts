// What happened between two snapshots, as entries of the journal.
import { formatAddress, type IpAddress } from '#model/address.ts';
import type { Interface } from '#model/resources.ts';
import type { Allocation, Announcement, Desired, Snapshot } from '#model/snapshot.ts';
import type { EntryTally } from './entry-tally.ts';
import type { Leading } from './store.ts';

/** BOUNDED: terms of rows that are gone. */
const forgottenTerms = 256;

/** Pairs of service and address that one list of allocations has and the other has not. */
export interface AllocationChanges {
  readonly given: readonly Allocation[];
  readonly taken: readonly Allocation[];
}

export function compareAllocations(before: readonly Allocation[], after: readonly Allocation[]): AllocationChanges {
  if (before === after) return { given: [], taken: [] };
  const old = Map.groupBy(before, ({ service }) => service);
  const given = after.filter((allocation) => {
    const held = old.get(allocation.service);
    const at = held?.findIndex(({ address }) => sameAddress(address, allocation.address)) ?? -1;
    if (at >= 0) held?.splice(at, 1);
    return at < 0;
  });
  return { given, taken: [...old.values()].flat() };
}

function sameAddress(a: IpAddress, b: IpAddress): boolean {
  return a.value === b.value && a.family === b.family;
}

/** Addresses given, taken, and moved: a service that lost one and got another of the same family. */
export function tallyAllocations({ given, taken }: AllocationChanges, timeMs: number, tally: EntryTally): void {
  const gone = Map.groupBy(taken, ({ service, address }) => `${service} ${address.family}`);
  for (const { service, address } of given) {
    const from = gone.size > 0 ? gone.get(`${service} ${address.family}`)?.shift() : undefined;
    tally.add(from ? 'allocation.moved' : 'allocation.given', () => {
      const ip = formatAddress(address);
      const entry = base(timeMs, `svc/${service}`);
      if (!from) return { ...entry, message: `${service} got ${ip}`, fields: { ip, service } };
      const old = formatAddress(from.address);
      return { ...entry, message: `${service} moved from ${old} to ${ip}`, fields: { ip, from: old, service } };
    });
  }
  for (const { service, address } of [...gone.values()].flat()) {
    tally.add('allocation.released', () => {
      const ip = formatAddress(address);
      return { ...base(timeMs, `svc/${service}`), message: `${service} gave ${ip} back`, fields: { ip, service } };
    });
  }
}

/** Which rows this node leads after a round, and what changed. `terms` counts per row for the life of the process. */
export function followLeading(
  before: ReadonlyMap<string, Leading>,
  announcements: readonly Announcement[],
  terms: Map<string, number>,
  timeMs: number,
  tally: EntryTally,
): ReadonlyMap<string, Leading> {
  const leading = new Map<string, Leading>();
  for (const { address, interface: name, services } of announcements) {
    const ip = formatAddress(address);
    const key = `${ip}%${name}`;
    const held = before.get(key);
    const term = held?.term ?? (terms.get(key) ?? 0) + 1;
    leading.set(key, held ?? { sinceMs: timeMs, term });
    if (held) continue;
    terms.set(key, term);
    tally.add('leader.acquired', () => {
      const fields = { ip, interface: name, services: services.join(' '), term };
      return { ...base(timeMs, `ip/${ip}`), message: `Answering for ${ip} on ${name}`, fields };
    });
  }
  for (const [key, { sinceMs, term }] of before) {
    if (leading.has(key)) continue;
    const at = key.indexOf('%');
    const [ip, name] = [key.slice(0, at), key.slice(at + 1)];
    tally.add('leader.lost', () => {
      const fields = { ip, interface: name, term, heldSeconds: (timeMs - sinceMs) / 1000 };
      return { ...base(timeMs, `ip/${ip}`), message: `No longer answering for ${ip} on ${name}`, fields };
    });
  }
  // Terms of rows that are gone are worth keeping for a while, not for ever.
  if (terms.size > 2 * leading.size + forgottenTerms)
    for (const key of terms.keys()) if (!leading.has(key)) terms.delete(key);
  return leading;
}

/** Names of the interfaces that policies select on this node. */
export function selectedInterfaces({ policies }: Desired): readonly string[] {
  return [...new Set(policies.flatMap((policy) => (policy.matchesNode ? policy.interfaces : [])))].sort();
}

/** Selected interfaces that came up, went down or vanished. Others (containers' by the hundred) are nobody's business. */
export function tallyLinks(before: Snapshot, after: Snapshot, timeMs: number, tally: EntryTally): void {
  const names = new Set([...selectedInterfaces(before.desired), ...selectedInterfaces(after.desired)]);
  for (const name of names) {
    const was = linkWord(before.observed.interfaces, name);
    const is = linkWord(after.observed.interfaces, name);
    if (was === is) continue;
    tally.add(`link.${is}`, () => ({
      ...base(timeMs, `interface/${name}`),
      severity: is === 'up' ? 'info' : 'warning',
      message: `Interface ${name} is ${is}`,
      fields: { interface: name, was },
    }));
  }
}

function linkWord(interfaces: readonly Interface[], name: string): 'up' | 'down' | 'gone' {
  const link = interfaces.find((candidate) => candidate.name === name);
  if (!link) return 'gone';
  return link.up && link.carrier ? 'up' : 'down';
}

function base(timeMs: number, object: string) {
  return { timeMs, severity: 'info' as const, object };
}
