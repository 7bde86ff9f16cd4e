// Pools, addresses, services and policies as the API lists them.
import { annotation } from '#core/annotation.ts';
import { closedRanges } from '#core/closed-ranges.ts';
import { reasonWord } from '#core/service-outcome.ts';
import { compareAddresses, formatAddress } from '#model/address.ts';
import type { Quarantined } from '#model/claims.ts';
import { formatRange, rangeContains } from '#model/range.ts';
import { explain } from '#model/reason.ts';
import { type Service, serviceKey } from '#model/resources.ts';
import type { Allocation, Desired, PoolOutcome, ServiceOutcome } from '#model/snapshot.ts';
import type { DaemonView } from '#ports.ts';
import type { IpItem, PolicyItem, PoolItem, ServiceItem } from './list-items.ts';
import { timestamp } from './protocol.ts';

export function* poolItems(view: DaemonView): Iterable<PoolItem> {
  for (const pool of view.snapshot?.desired.pools ?? []) {
    yield {
      name: pool.name,
      blocks: pool.blocks,
      total: String(pool.total),
      used: String(pool.used),
      available: String(pool.available),
      disabled: pool.disabled,
      conflict: pool.conflict,
      valid: pool.valid,
      conditions: pool.conditions,
    };
  }
}

/**
 * One item per address, in order of addresses; services that share one are listed together. Then, by ranges, what pools
 * contain and never give.
 */
export function* ipItems(view: DaemonView): Iterable<IpItem> {
  if (!view.snapshot) return;
  const { desired, observed } = view.snapshot;
  const services = new Map<string, Service>(observed.inputs.services.map((service) => [serviceKey(service), service]));
  const holders = new Map<string, Allocation[]>();
  for (const allocation of [...desired.allocations].sort((a, b) => compareAddresses(a.address, b.address))) {
    const ip = formatAddress(allocation.address);
    const known = holders.get(ip);
    if (known) known.push(allocation);
    else holders.set(ip, [allocation]);
  }
  const untouched = untouchedItems(desired, holders);
  yield* quarantinedItems(view, desired.pools, (ip) => holders.has(ip) || untouched.has(ip));
  for (const [ip, allocations] of holders) {
    const [first] = allocations;
    if (!first) continue;
    yield {
      ip,
      pool: first.pool,
      services: allocations.map(({ service }) => service).sort(),
      sharingKey: sharingKey(services.get(first.service)),
      origin: allocations.some(({ origin }) => origin === 'shared') ? 'shared' : first.origin,
      since: timestamp(Math.min(...allocations.map(({ sinceMs }) => sinceMs))),
      conflict: null,
      state: 'allocated',
    };
  }
  yield* untouched.values();
  for (const { pool, range, state } of closedRanges(view.snapshot)) {
    const ip = formatRange(range);
    yield { ip, pool, services: [], sharingKey: null, origin: state, since: null, conflict: null, state };
  }
}

/** By address: what stands in the status of services of ours and no pool gave; it is announced as it is. */
function untouchedItems({ services }: Desired, held: ReadonlyMap<string, unknown>): ReadonlyMap<string, IpItem> {
  const found = new Map<string, string[]>();
  const given = services.flatMap(({ handled, ingress, key, addresses }) =>
    handled && ingress === null ? addresses.map((address) => ({ address, key })) : [],
  );
  for (const { address, key } of given.sort((a, b) => compareAddresses(a.address, b.address))) {
    const ip = formatAddress(address);
    if (held.has(ip)) continue;
    const keys = found.get(ip);
    if (keys) keys.push(key);
    else found.set(ip, [key]);
  }
  const fixed = {
    pool: '',
    sharingKey: null,
    origin: 'restored',
    state: 'status',
    since: null,
    conflict: null,
  } as const;
  return new Map([...found].map(([ip, keys]) => [ip, { ip, services: keys.sort(), ...fixed }]));
}

function* quarantinedItems(
  { claims }: DaemonView,
  pools: readonly PoolOutcome[],
  isListed: (ip: string) => boolean,
): Iterable<IpItem> {
  for (const entry of claims?.quarantine ?? []) {
    const ip = formatAddress(entry.address);
    if (!isListed(ip)) yield quarantinedItem(ip, entry, pools);
  }
}

function quarantinedItem(ip: string, entry: Quarantined, pools: readonly PoolOutcome[]): IpItem {
  const { address, mac, interface: name, sinceMs } = entry;
  const pool = pools.find(({ ranges }) => ranges.some((range) => rangeContains(range, address)));
  return {
    ip,
    pool: pool?.name ?? '',
    services: [],
    sharingKey: null,
    origin: 'quarantined',
    state: 'quarantined',
    since: timestamp(sinceMs),
    conflict: { mac, interface: name },
  };
}

function sharingKey(service: Service | undefined): string | null {
  return service ? annotation(service.annotations, 'sharingKey') || null : null;
}

/** Services that are ours; a ClusterIP service or one of another class is none of our business. */
export function* serviceItems(view: DaemonView): Iterable<ServiceItem> {
  for (const service of view.snapshot?.desired.services ?? []) {
    if (service.handled) yield serviceItem(service);
  }
}

const made = new WeakMap<ServiceOutcome, ServiceItem>();

/** Pure memoization: from one round to the next nearly all outcomes are the same objects. */
function serviceItem(service: ServiceOutcome): ServiceItem {
  const known = made.get(service);
  if (known) return known;
  const item: ServiceItem = {
    namespace: service.namespace,
    name: service.name,
    ips: service.addresses.map(formatAddress),
    state: service.state,
    ...why(service),
    conditions: service.condition ? [service.condition] : [],
  };
  made.set(service, item);
  return item;
}

function why({ condition, reasons }: ServiceOutcome): { readonly reason: string | null; readonly message: string } {
  const [first] = reasons;
  if (!first) return { reason: null, message: condition?.message ?? '' };
  // The condition carries Cilium's word for it where Cilium has one.
  if (condition?.status === 'False') return { reason: condition.reason, message: condition.message };
  return { reason: reasonWord(first), message: explain(first) };
}

export function* policyItems(view: DaemonView): Iterable<PolicyItem> {
  for (const policy of view.snapshot?.desired.policies ?? []) {
    yield {
      name: policy.name,
      matchesNode: policy.matchesNode,
      services: policy.services.length,
      interfaces: policy.interfaces,
      conditions: policy.conditions,
    };
  }
}
