// What a service asks for, read once per service object.
import { compareAddresses, type Family, formatAddress, type IpAddress, parseAddress } from '#model/address.ts';
import type { Reason } from '#model/reason.ts';
import { type Service, serviceKey } from '#model/resources.ts';
import type { EvaluateOptions } from '#model/snapshot.ts';
import { annotation, listOf } from './annotation.ts';
import { type Sharing, sharingOf } from './share.ts';
import { sorted } from './sorted.ts';

export interface ServiceFacts {
  readonly service: Service;
  /** `namespace/name`. */
  readonly key: string;
  /** Requested addresses, each once, in the order written. */
  readonly requests: readonly { readonly address: IpAddress; readonly text: string }[];
  /** Entries that are no address: they refuse the whole request. */
  readonly unreadable: readonly Reason[];
  readonly sharing: Sharing;
  /** Pool that the service names (`metallb.io/address-pool`), or null for any. */
  readonly poolName: string | null;
  /** Valid addresses of `status.loadBalancer.ingress`, each once, in order. */
  readonly status: readonly IpAddress[];
}

const factsOf = new WeakMap<Service, ServiceFacts>();

/** Pure memoization: a service object never changes, so its facts are read once. */
export function serviceFacts(service: Service): ServiceFacts {
  const known = factsOf.get(service);
  if (known) return known;
  const facts = readFacts(service);
  factsOf.set(service, facts);
  return facts;
}

const noRequests: Pick<ServiceFacts, 'requests' | 'unreadable'> = { requests: [], unreadable: [] };

function readFacts(service: Service): ServiceFacts {
  const { requests, unreadable } = readRequests(service);
  return {
    service,
    key: serviceKey(service),
    requests,
    unreadable,
    sharing: sharingOf(service),
    poolName: annotation(service.annotations, 'addressPool')?.trim() || null,
    status: statusAddresses(service),
  };
}

function readRequests(service: Service): Pick<ServiceFacts, 'requests' | 'unreadable'> {
  const wishes = [
    ...(service.loadBalancerIP?.trim() ? [service.loadBalancerIP.trim()] : []),
    ...listOf(annotation(service.annotations, 'ips') ?? ''),
  ];
  if (wishes.length === 0) return noRequests;
  const requests = new Map<string, { address: IpAddress; text: string }>();
  const unreadable: Reason[] = [];
  for (const value of wishes) {
    const address = parseAddress(value);
    if (!address) unreadable.push({ code: 'invalid_request', value, why: 'it is not an IP address' });
    // A requested address counts once however often and in whatever spelling it is written.
    else if (!requests.has(formatAddress(address))) requests.set(formatAddress(address), { address, text: value });
  }
  return { requests: [...requests.values()], unreadable };
}

const noAddresses: readonly IpAddress[] = [];

function statusAddresses(service: Service): readonly IpAddress[] {
  const entries = service.status.ingress;
  if (entries.length === 0) return noAddresses;
  const addresses = new Map<string, IpAddress>();
  for (const { ip } of entries) {
    const address = parseAddress(ip);
    if (address) addresses.set(formatAddress(address), address);
  }
  return [...addresses.values()];
}

export interface WantedFamily {
  readonly family: Family;
  /** False: it asks for one that this installation does not give. */
  readonly enabled: boolean;
}

const both: readonly Family[] = ['IPv4', 'IPv6'];
// One list for all services that want the same.
const wanted = {
  none: [],
  IPv4: [{ family: 'IPv4', enabled: true }],
  IPv6: [{ family: 'IPv6', enabled: true }],
  both: both.map((family) => ({ family, enabled: true })),
} as const satisfies Record<string, readonly WantedFamily[]>;

function wantedList(families: readonly Family[]): readonly WantedFamily[] {
  const [first, second] = families;
  return first === undefined ? wanted.none : second === undefined ? wanted[first] : wanted.both;
}

/** Families the service is to get, IPv4 first. */
export function wantedFamilies(service: Service, options: EvaluateOptions): readonly WantedFamily[] {
  const listed = service.ipFamilies;
  switch (service.ipFamilyPolicy) {
    case 'RequireDualStack':
      // A missing family must be told, not silently left out.
      if (options.ipv4 && options.ipv6) return wanted.both;
      return both.map((family) => ({ family, enabled: isEnabled(family, options) }));
    case 'PreferDualStack':
      return wantedList(both.filter((one) => isEnabled(one, options) && (listed.length === 0 || listed.includes(one))));
    default: {
      // Cilium: the first listed family counts even when it is disabled.
      const first = listed[0] ?? both.find((family) => isEnabled(family, options));
      return first === undefined ? wanted.none : wanted[first];
    }
  }
}

function isEnabled(family: Family, { ipv4, ipv6 }: EvaluateOptions): boolean {
  return family === 'IPv4' ? ipv4 : ipv6;
}

/** Why a service is not ours, or null when it is. */
export function notHandled(service: Service, options: EvaluateOptions): Reason | null {
  if (service.type !== 'LoadBalancer') return { code: 'not_load_balancer', type: service.type };
  const name = service.loadBalancerClass ?? '';
  if (name === '') return options.defaultLBServiceIPAM === 'lbipam' ? null : { code: 'class_required' };
  if (name === 'io.cilium/l2-announcer' && options.l2Announcements) return null;
  if (name === 'io.cilium/bgp-control-plane' && options.bgpControlPlane) return null;
  return { code: 'foreign_class', class: name };
}

/** Services compete by age, then by `namespace/name`. */
export function compareServices(a: ServiceFacts, b: ServiceFacts): number {
  return a.service.createdMs - b.service.createdMs || (a.key < b.key ? -1 : a.key > b.key ? 1 : 0);
}

/** Sorts addresses: IPv4 first, then by number. */
export function sortedAddresses(addresses: readonly IpAddress[]): readonly IpAddress[] {
  return sorted(addresses, compareAddresses);
}
