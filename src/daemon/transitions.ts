// What happened between two snapshots, as entries of the journal.
import { formatAddress } from '#model/address.ts';
import type { Interface } from '#model/resources.ts';
import type { Allocation, Announcement, Desired, Snapshot } from '#model/snapshot.ts';
import type { JournalEntry } from '#ports.ts';
import type { Leading } from './store.ts';

/** BOUNDED: more of one kind in one round (a start with 10,000 addresses) become one entry, or they evict all history. */
const listedPerKind = 256;

/** Pairs of service and address that one list of allocations has and the other has not. */
export interface AllocationChanges {
  readonly given: readonly ServiceAddress[];
  readonly taken: readonly ServiceAddress[];
}

interface ServiceAddress {
  readonly service: string;
  readonly ip: string;
  readonly family: string;
}

export function compareAllocations(before: readonly Allocation[], after: readonly Allocation[]): AllocationChanges {
  if (before === after) return { given: [], taken: [] };
  const old = new Map(before.map((allocation) => [pairKey(allocation), allocation]));
  const given: ServiceAddress[] = [];
  for (const allocation of after) if (!old.delete(pairKey(allocation))) given.push(serviceAddress(allocation));
  return { given, taken: [...old.values()].map(serviceAddress) };
}

function pairKey({ service, address }: Allocation): string {
  return `${service} ${address.family} ${address.value}`;
}

function serviceAddress({ service, address }: Allocation): ServiceAddress {
  return { service, ip: formatAddress(address), family: address.family };
}

/** Addresses given, taken, and moved: a service that lost one and got another of the same family. */
export function allocationEntries({ given, taken }: AllocationChanges, timeMs: number): JournalEntry[] {
  const gone = Map.groupBy(taken, ({ service, family }) => `${service} ${family}`);
  const entries: JournalEntry[] = [];
  for (const { service, family, ip } of given) {
    const from = gone.get(`${service} ${family}`)?.shift();
    const object = `svc/${service}`;
    if (from) {
      const message = `${service} moved from ${from.ip} to ${ip}`;
      entries.push({ ...base(timeMs, 'allocation.moved', object), message, fields: { ip, from: from.ip, service } });
    } else {
      const message = `${service} got ${ip}`;
      entries.push({ ...base(timeMs, 'allocation.given', object), message, fields: { ip, service } });
    }
  }
  for (const { service, ip } of [...gone.values()].flat()) {
    const message = `${service} gave ${ip} back`;
    entries.push({ ...base(timeMs, 'allocation.released', `svc/${service}`), message, fields: { ip, service } });
  }
  return entries;
}

/** Which rows this node leads after a round, and what changed. `terms` counts per row for the life of the process. */
export function followLeading(
  before: ReadonlyMap<string, Leading>,
  announcements: readonly Announcement[],
  terms: Map<string, number>,
  timeMs: number,
): { readonly leading: ReadonlyMap<string, Leading>; readonly entries: readonly JournalEntry[] } {
  const leading = new Map<string, Leading>();
  const entries: JournalEntry[] = [];
  for (const { address, interface: name, services } of announcements) {
    const ip = formatAddress(address);
    const key = `${ip}%${name}`;
    const held = before.get(key);
    const term = held?.term ?? (terms.get(key) ?? 0) + 1;
    leading.set(key, held ?? { sinceMs: timeMs, term });
    if (held) continue;
    terms.set(key, term);
    const message = `Answering for ${ip} on ${name}`;
    const fields = { ip, interface: name, services: services.join(' '), term };
    entries.push({ ...base(timeMs, 'leader.acquired', `ip/${ip}`), message, fields });
  }
  for (const [key, { sinceMs, term }] of before) {
    if (leading.has(key)) continue;
    const at = key.indexOf('%');
    const [ip, name] = [key.slice(0, at), key.slice(at + 1)];
    const fields = { ip, interface: name, term, heldSeconds: (timeMs - sinceMs) / 1000 };
    entries.push({
      ...base(timeMs, 'leader.lost', `ip/${ip}`),
      message: `No longer answering for ${ip} on ${name}`,
      fields,
    });
  }
  // Terms of rows that are gone are worth keeping for a while, not for ever.
  if (terms.size > 2 * leading.size + listedPerKind)
    for (const key of terms.keys()) if (!leading.has(key)) terms.delete(key);
  return { leading, entries };
}

/** Names of the interfaces that policies select on this node. */
export function selectedInterfaces({ policies }: Desired): readonly string[] {
  return [...new Set(policies.flatMap((policy) => (policy.matchesNode ? policy.interfaces : [])))].sort();
}

/** Selected interfaces that came up, went down or vanished. Others (containers' by the hundred) are nobody's business. */
export function linkEntries(before: Snapshot, after: Snapshot, timeMs: number): JournalEntry[] {
  const names = new Set([...selectedInterfaces(before.desired), ...selectedInterfaces(after.desired)]);
  return [...names].flatMap((name) => {
    const was = linkWord(before.observed.interfaces, name);
    const is = linkWord(after.observed.interfaces, name);
    if (was === is) return [];
    const severity = is === 'up' ? ('info' as const) : ('warning' as const);
    const message = `Interface ${name} is ${is}`;
    return [
      { ...base(timeMs, `link.${is}`, `interface/${name}`), severity, message, fields: { interface: name, was } },
    ];
  });
}

function linkWord(interfaces: readonly Interface[], name: string): 'up' | 'down' | 'gone' {
  const link = interfaces.find((candidate) => candidate.name === name);
  if (!link) return 'gone';
  return link.up && link.carrier ? 'up' : 'down';
}

/** One entry per kind instead of many, where there are too many. */
export function summarize(entries: readonly JournalEntry[]): JournalEntry[] {
  if (entries.length <= listedPerKind) return [...entries];
  return [...Map.groupBy(entries, (entry) => entry.kind)].flatMap(([kind, group]) => {
    const [first] = group;
    if (group.length <= listedPerKind || !first) return group;
    const message = `${kind}: ${group.length} at once, such as: ${first.message}`;
    return [{ ...first, object: 'many', message, fields: { count: group.length } }];
  });
}

function base(timeMs: number, kind: string, object: string) {
  return { timeMs, kind, severity: 'info' as const, object };
}
