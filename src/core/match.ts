// Policies × services on this node: who is selected, and which addresses want to be announced.
import { formatAddress, type IpAddress, parseAddress } from '#model/address.ts';
import type { EndpointSlice, Service } from '#model/resources.ts';
import { AddressMap } from './address-map.ts';
import type { ElectionClasses } from './election-class.ts';
import type { Grouped } from './group-book.ts';
import type { PolicyState } from './policy-state.ts';
import type { ServiceFacts } from './service-facts.ts';
import { WishMaker } from './wish-maker.ts';

/** A service as the announcing half sees it. */
export interface Published {
  readonly facts: ServiceFacts;
  /** `addresses`: those of its status after this round. */
  readonly outcome: { readonly addresses: readonly IpAddress[] };
}

/** An address with everything that has a say in it. Lists are in the order of the services; none holds one twice. */
export interface Target {
  readonly address: IpAddress;
  /** All services that have the address, selected or not. */
  readonly services: string[];
  /** The selected ones by policy. Empty once the plan is made. */
  selected: Selection[];
  /** The first Local service on it without an endpoint here. */
  withoutEndpoint: string | null;
  /** Its election group; null on a box that is alone. */
  grouped: Grouped | null;
}

interface Selection {
  readonly policy: PolicyState;
  readonly services: string[];
}

export interface Matches {
  readonly targets: AddressMap<Target>;
  /** Services each policy selects on this node, by name of the policy. */
  readonly byPolicy: ReadonlyMap<string, readonly string[]>;
}

/** Whether a service's Local rule lets this node announce. */
export type LocalRule = (service: Service) => boolean;

/** `classes`: to gather what decides about groups; null: there are none. */
export function match(
  services: readonly Published[],
  policies: readonly PolicyState[],
  localRule: LocalRule,
  classes: ElectionClasses | null,
): Matches {
  const targets = new AddressMap<Target>();
  const wishes = classes ? new WishMaker(classes) : null;
  const active = policies.filter(({ matchesNode }) => matchesNode);
  const byPolicy = new Map<string, string[]>(policies.map(({ name }) => [name, []]));
  for (const { facts, outcome } of services) {
    const loadBalancer = outcome.addresses;
    const external = externalAddresses(facts.service);
    if (loadBalancer.length === 0 && external.length === 0) continue;
    const has = (address: IpAddress) => targetOf(targets, address, facts.key);
    const own = { loadBalancer: loadBalancer.map(has), external: external.map(has) };
    if (!isAnnouncedClass(facts.service)) continue;
    wishes?.note(facts, own.loadBalancer, own.external);
    const local = localRule(facts.service);
    for (const policy of active) {
      if (matchOne(policy, facts, own, local)) byPolicy.get(policy.name)?.push(facts.key);
    }
  }
  wishes?.finish();
  return { targets, byPolicy };
}

interface OwnTargets {
  readonly loadBalancer: readonly Target[];
  readonly external: readonly Target[];
}

/** Notes the selection at the addresses; true when the policy selects the service on this node. */
function matchOne(policy: PolicyState, facts: ServiceFacts, own: OwnTargets, local: boolean): boolean {
  const wanted = wantedBy(policy, facts, own);
  for (const one of wanted) select(one, policy, facts.key, local);
  return local && wanted.length > 0;
}

/** The addresses of a service that a policy selects and whose kind it announces. */
function wantedBy({ inForce, selects }: PolicyState, { service }: ServiceFacts, own: OwnTargets): readonly Target[] {
  const loadBalancer = inForce?.loadBalancerIPs ? own.loadBalancer : [];
  const external = inForce?.externalIPs ? own.external : [];
  if (loadBalancer.length + external.length === 0 || !selects(service)) return [];
  return external.length === 0 ? loadBalancer : [...loadBalancer, ...external];
}

function select(target: Target, policy: PolicyState, service: string, local: boolean): void {
  if (!local) {
    target.withoutEndpoint ??= service;
    return;
  }
  const selection = target.selected.find((one) => one.policy === policy);
  if (selection) pushOnce(selection.services, service);
  else target.selected.push({ policy, services: [service] });
}

function targetOf(targets: AddressMap<Target>, address: IpAddress, service: string): Target {
  let found = targets.get(address);
  if (!found) {
    found = { address, services: [], selected: [], withoutEndpoint: null, grouped: null };
    targets.set(address, found);
  }
  pushOnce(found.services, service);
  return found;
}

/** Services come one after the other: one that is there already is the last. */
function pushOnce(services: string[], service: string): void {
  if (services.at(-1) !== service) services.push(service);
}

/** Cilium announces services without a class and of its own; the external addresses of others are left alone too. */
export function isAnnouncedClass({ loadBalancerClass }: Service): boolean {
  return !loadBalancerClass || loadBalancerClass === 'io.cilium/l2-announcer';
}

const none: readonly IpAddress[] = [];

/** `spec.externalIPs`, each valid address once. */
export function externalAddresses(service: Service): readonly IpAddress[] {
  if (service.externalIPs.length === 0) return none;
  const addresses = new Map<string, IpAddress>();
  for (const text of service.externalIPs) {
    const address = parseAddress(text);
    if (address) addresses.set(formatAddress(address), address);
  }
  return [...addresses.values()];
}

/**
 * With externalTrafficPolicy Local this node needs a ready endpoint of the service; where no node has one, an endpoint that
 * still serves while it terminates. An endpoint without a node name counts for every node: Gateways and Ingresses of Cilium
 * have such placeholders.
 */
export function endpointRule(slices: readonly EndpointSlice[], node: string): LocalRule {
  const readyAnywhere = new Set<string>();
  const readyHere = new Set<string>();
  const servingHere = new Set<string>();
  for (const { namespace, serviceName, endpoints } of slices) {
    const key = `${namespace}/${serviceName}`;
    for (const { nodeName, ready, serving, terminating } of endpoints) {
      const isHere = !nodeName || nodeName === node;
      if (ready) readyAnywhere.add(key);
      if (ready && isHere) readyHere.add(key);
      else if (isHere && serving && terminating) servingHere.add(key);
    }
  }
  return (service) => {
    if (service.externalTrafficPolicy !== 'Local') return true;
    const key = `${service.namespace}/${service.name}`;
    return readyHere.has(key) || (servingHere.has(key) && !readyAnywhere.has(key));
  };
}
