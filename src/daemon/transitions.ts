// What happened between two snapshots, as entries of the journal.
import { listChanges } from '#core/list-changes.ts';
import { formatAddress, type IpAddress } from '#model/address.ts';
import type { Interface } from '#model/resources.ts';
import type { Allocation, Desired, Snapshot } from '#model/snapshot.ts';
import type { EntryTally } from './entry-tally.ts';

/** Pairs of service and address that one list of allocations has and the other has not. */
export interface AllocationChanges {
  readonly given: readonly Allocation[];
  readonly taken: readonly Allocation[];
}

export function compareAllocations(before: readonly Allocation[], after: readonly Allocation[]): AllocationChanges {
  // Nearly all records are the objects that they were.
  const { gone, come } = listChanges(before, after);
  const old = Map.groupBy(gone, ({ service }) => service);
  const given = come.filter((allocation) => {
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
