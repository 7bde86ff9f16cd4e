// Why a service has its addresses or not, and why an address is answered or not: every step from manifest to wire.
import { formatAddress, type IpAddress, parseAddress } from '#model/address.ts';
import type { Reason } from '#model/reason.ts';
import { type Service, serviceKey } from '#model/resources.ts';
import type { ServiceOutcome, Snapshot } from '#model/snapshot.ts';
import { announcementNotReached, announcementSteps } from './explain-announcement.ts';
import { poolBookOf, poolSteps } from './explain-pools.ts';
import {
  type ExplainStep,
  type Explanation,
  explanation,
  notReached,
  passed,
  placeOf,
  refusal,
} from './explain-step.ts';
import { externalAddresses } from './match.ts';
import { inUse, nodeAddresses } from './node-address.ts';
import type { PoolBook } from './pool-book.ts';
import { isClosed } from './pool-use.ts';
import { notHandled, serviceFacts } from './service-facts.ts';

/** Null: there is no such service. `key` is `namespace/name`. */
export function explainService(snapshot: Snapshot, key: string): Explanation | null {
  const service = snapshot.observed.inputs.services.find((one) => serviceKey(one) === key);
  const outcome = snapshot.desired.services.find((one) => one.key === key);
  if (!service || !outcome) return null;
  return explanation(`svc/${key}`, [
    ...allocationSteps(snapshot, service, outcome),
    ...announcementsOf(snapshot, service, outcome),
  ]);
}

function allocationSteps(snapshot: Snapshot, service: Service, outcome: ServiceOutcome): readonly ExplainStep[] {
  const refused = notHandled(service, snapshot.observed.options);
  // Without addresses of a pool a service of any type can still have external ones: then that is no failure.
  const isProblem = service.externalIPs.length === 0 && outcome.addresses.length === 0;
  if (refused) {
    const place = placeOf(service, refused.code === 'not_load_balancer' ? 'spec.type' : 'spec.loadBalancerClass');
    return [
      refusal('service', isProblem ? 'fail' : 'skipped', refused, place),
      notReached('pools', 'IPAM', 'Not reached: no pool is asked for this service'),
    ];
  }
  const facts = serviceFacts(service);
  const missing = outcome.reasons.length > 0;
  const given = outcome.addresses.map(formatAddress).join(', ');
  const heading = passed('service', 'SVC', `It asks for ${outcome.families.join(' and ')}`, placeOf(service));
  const has = given === '' ? [] : [passed('address', 'IPAM', `It has ${given}`)];
  const book = poolBookOf(snapshot);
  const lacks = outcome.reasons.map((reason) =>
    refusal('address', 'fail', reason, placeOf(service), addressFixes(reason, book)),
  );
  return [heading, ...has, ...lacks, ...poolSteps(snapshot, book, facts, outcome.families, missing)];
}

function addressFixes(reason: Reason, book: PoolBook): readonly string[] {
  switch (reason.code) {
    case 'dormant':
      return ['Apply a CiliumLoadBalancerIPPool'];
    case 'no_pool':
      return reason.address === null
        ? ['Let a pool select the service; the pools below say why none does']
        : [noPoolFix(reason.address, book)];
    case 'pool_selector_mismatch':
      return ['Request an address of a pool that selects the service, or let that pool select it (see below)'];
    case 'out_of_ips':
      return ['Add a block to a pool that selects the service'];
    case 'already_allocated':
      return reason.holder === null
        ? ['Request another address']
        : [`Request another address, or give it and ${reason.holder} the same annotation lbipam.cilium.io/sharing-key`];
    case 'already_allocated_incompatible_service':
      return [`${sharingFix(reason.why, reason.holder)}, or request another address`];
    case 'invalid_request':
      return ['Correct spec.loadBalancerIP or the annotation lbipam.cilium.io/ips'];
    case 'special_address':
      return ['Request another address, or annotate the pool with lanlord.dev/allow-special: "true"'];
    case 'address_in_use':
      return [`Find the host with MAC ${reason.mac} and give it another address, or request another address`];
    case 'family_disabled':
      return ['Enable the family in ipFamilies of the NodeConfig, or change spec.ipFamilyPolicy'];
    default:
      return [];
  }
}

function noPoolFix(text: string, book: PoolBook): string {
  const address = parseAddress(text);
  const closed = address ? book.containing(address).map(({ state }) => state.name) : [];
  if (closed.length === 0) return `Add a block that contains ${text}, or request another address`;
  return `Pool ${closed.join(', ')} contains ${text} but hands out nothing now (see below); or request another address`;
}

/** What to change so that the two may share; `why` is one of the words of `sharingObstacle`. */
function sharingFix(why: string, holder: string): string {
  switch (why) {
    case 'different sharing key':
      return `Give it and ${holder} the same annotation lbipam.cilium.io/sharing-key`;
    case 'same port and protocol':
      return `Use other ports than ${holder} does`;
    case 'different and not permitted namespace':
      return `Let each of it and ${holder} name the other's namespace in lbipam.cilium.io/sharing-cross-namespace`;
    case 'different ExternalTrafficPolicy':
      return `Give it the externalTrafficPolicy of ${holder}`;
    default:
      return `Make it compatible with ${holder}`;
  }
}

function announcementsOf(snapshot: Snapshot, service: Service, outcome: ServiceOutcome): readonly ExplainStep[] {
  const kinds = addressKinds(service, outcome);
  if (kinds.length === 0) return [announcementNotReached()];
  const steps = kinds.flatMap(({ address, loadBalancer, external }) =>
    announcementSteps(snapshot, service, address, { loadBalancer, external }),
  );
  // Two addresses of one kind have the same policy steps: once is enough.
  const seen = new Map(steps.map((step) => [`${step.name} ${step.code} ${step.message}`, step]));
  return [...seen.values()];
}

function addressKinds(service: Service, outcome: ServiceOutcome) {
  const external = externalAddresses(service);
  const texts = new Map([...outcome.addresses, ...external].map((address) => [formatAddress(address), address]));
  const has = (list: readonly IpAddress[], text: string) => list.some((address) => formatAddress(address) === text);
  return [...texts].map(([text, address]) => ({
    address,
    loadBalancer: has(outcome.addresses, text),
    external: has(external, text),
  }));
}

/** Null: nothing is known of the address: no pool contains it and no service has it. */
export function explainAddress(snapshot: Snapshot, address: IpAddress): Explanation | null {
  const text = formatAddress(address);
  const holders = holdersOf(snapshot, text);
  const book = poolBookOf(snapshot);
  const pools = book.containing(address);
  const node = nodeAddresses(snapshot.observed);
  const own = node.own.get(address);
  const taken = node.taken.get(address);
  if (holders.length === 0 && pools.length === 0 && own === undefined) return null;
  const steps: ExplainStep[] = pools.map((use) =>
    passed('pool', 'POOL', `Pool ${use.state.name} contains it`, placeOf(use.state.declared, 'spec.blocks')),
  );
  if (own !== undefined) steps.push(refusal('owner', 'fail', { code: 'own_address', address: text, interface: own }));
  if (taken)
    steps.push(refusal('owner', 'fail', inUse(text, taken), undefined, addressFixes(inUse(text, taken), book)));
  if (holders.length === 0) {
    const reserved = pools.some((use) => isClosed(use, address));
    const open = pools.some((use) => use.isOpen);
    const why = reserved ? 'It is reserved and not handed out' : open ? 'It is free' : 'Its pool hands out nothing now';
    return explanation(`ip/${text}`, [...steps, notReached('holder', 'IPAM', why), announcementNotReached()]);
  }
  for (const { service, outcome } of holders) {
    const allocation = snapshot.desired.allocations.find(
      (one) => one.service === outcome.key && formatAddress(one.address) === text,
    );
    const how = allocation ? ` (${allocation.origin}, from pool ${allocation.pool})` : '';
    steps.push(passed('holder', 'IPAM', `Service ${outcome.key} has it${how}`, placeOf(service)));
    const kinds = addressKinds(service, outcome).find((one) => formatAddress(one.address) === text);
    if (kinds) steps.push(...announcementSteps(snapshot, service, address, kinds));
  }
  return explanation(`ip/${text}`, unique(steps));
}

function holdersOf({ observed, desired }: Snapshot, text: string) {
  const outcomes = new Map(desired.services.map((outcome) => [outcome.key, outcome]));
  return observed.inputs.services.flatMap((service) => {
    const outcome = outcomes.get(serviceKey(service));
    if (!outcome) return [];
    return addressKinds(service, outcome).some(({ address }) => formatAddress(address) === text)
      ? [{ service, outcome }]
      : [];
  });
}

/** Sharers have the same policy steps. */
function unique(steps: readonly ExplainStep[]): readonly ExplainStep[] {
  return [...new Map(steps.map((step) => [`${step.name} ${step.code} ${step.message}`, step])).values()];
}
