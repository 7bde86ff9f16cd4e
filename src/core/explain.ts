// Why a service has its addresses or not, and why they are answered or not: every step from manifest to wire.
import { type Family, formatAddress, type IpAddress, parseAddress } from '#model/address.ts';
import type { Reason } from '#model/reason.ts';
import { type Service, serviceKey } from '#model/resources.ts';
import type { ServiceOutcome, Snapshot } from '#model/snapshot.ts';
import { AddressMap } from './address-map.ts';
import { announcementNotReached, announcementSteps, type Kinds } from './explain-announcement.ts';
import { poolBookOf, poolSteps } from './explain-pools.ts';
import {
  because,
  type ExplainStep,
  type Explanation,
  explanation,
  notReached,
  passed,
  placeOf,
  refusal,
} from './explain-step.ts';
import { externalAddresses } from './match.ts';
import type { PoolBook } from './pool-book.ts';
import { notHandled, type ServiceFacts, serviceFacts } from './service-facts.ts';

/** So many addresses of one service are explained one by one, the worst first: nobody reads thousands. */
const mostAddresses = 16;

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
  const lacking = lackingFamilies(facts, outcome);
  const given = firstAddresses(outcome.addresses);
  const heading = passed('service', 'SVC', `It asks for ${outcome.families.join(' and ')}`, placeOf(service));
  const has = given === '' ? [] : [passed('address', 'IPAM', `It has ${given}`)];
  const book = poolBookOf(snapshot);
  const lacks = outcome.reasons.slice(0, mostAddresses).map((reason) => {
    const step = refusal('address', 'fail', reason, placeOf(service), addressFixes(reason, book));
    return because(step, outcome.state === 'partial' && isOfFamily(reason) ? lacking.join(' and ') : undefined);
  });
  const more = outcome.reasons.length - lacks.length;
  const others = more > 0 ? [notReached('address', 'IPAM', `${more} more addresses are refused`)] : [];
  return [
    heading,
    ...has,
    ...lacks,
    ...others,
    ...poolSteps(snapshot, book, facts, lacking, outcome.reasons.length > 0),
  ];
}

/** The families that pools were asked for in vain; all of them where nothing is missing, or addresses were named. */
function lackingFamilies(
  { requests }: ServiceFacts,
  { families, addresses, reasons }: ServiceOutcome,
): readonly Family[] {
  if (reasons.length === 0 || requests.length > 0) return families;
  const lacking = families.filter((family) => !addresses.some((address) => address.family === family));
  return lacking.length > 0 ? lacking : families;
}

/** Whether the sentence leaves open which family it is about. */
function isOfFamily(reason: Reason): boolean {
  return reason.code === 'out_of_ips' || (reason.code === 'no_pool' && reason.address === null);
}

/** The first few, and how many there are. */
function firstAddresses(addresses: readonly IpAddress[]): string {
  const texts = addresses.slice(0, mostAddresses).map(formatAddress);
  const more = addresses.length - texts.length;
  return `${texts.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

export function addressFixes(reason: Reason, book: PoolBook): readonly string[] {
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
      return [
        `Request another address, or give it and ${reason.holder} the same annotation lbipam.cilium.io/sharing-key`,
      ];
    case 'already_allocated_incompatible_service':
      return [`${sharingFix(reason.why, reason.holder)}, or request another address`];
    case 'invalid_request':
      return ['Correct spec.loadBalancerIP or the annotation lbipam.cilium.io/ips'];
    case 'special_address':
      return ['Request another address, or annotate the pool with lanlord.dev/allow-special: "true"'];
    case 'own_address':
      return [`Request another address, or remove it from interface ${reason.interface}`];
    case 'excluded_address':
      return ['Request another address, or take it out of the annotation lanlord.dev/exclude of the pool'];
    case 'reserved_address':
      return ['Request another address, or set allowFirstLastIPs: Yes in the pool'];
    case 'address_in_use':
      return [`Find the host with MAC ${reason.mac} and give it another address, or request another address`];
    case 'reserved_by_peer':
      return [`Let node ${reason.node} load the same configuration, or request another address`];
    case 'peer_address':
      return [
        `Remove ${reason.address} from interface ${reason.interface} of ${reason.node}, or choose another address`,
      ];
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
  const shown = kinds.length > mostAddresses ? worstFirst(snapshot, kinds).slice(0, mostAddresses) : kinds;
  const steps = shown.flatMap(({ address, loadBalancer, external }) =>
    announcementSteps(snapshot, service, address, { loadBalancer, external }),
  );
  const more = kinds.length - shown.length;
  if (more > 0) steps.push(notReached('announce', 'L2', `${more} more addresses: lanlord explain ip/ADDRESS`));
  // Two addresses of one kind have the same policy steps: once is enough.
  return uniqueSteps(steps);
}

/** Addresses that are not announced come first. */
function worstFirst({ desired }: Snapshot, kinds: readonly AddressKinds[]): readonly AddressKinds[] {
  const missing = new AddressMap(desired.unannounced.map((one) => [one.address, true]));
  const isMissing = ({ address }: AddressKinds) => missing.get(address) === true;
  return [...kinds.filter(isMissing), ...kinds.filter((one) => !isMissing(one))];
}

export interface AddressKinds extends Kinds {
  readonly address: IpAddress;
}

/** The addresses of a service, each once. */
export function addressKinds(service: Service, outcome: ServiceOutcome): readonly AddressKinds[] {
  const given = new AddressMap(outcome.addresses.map((address) => [address, true]));
  const external = new AddressMap(externalAddresses(service).map((address) => [address, address]));
  return [
    ...outcome.addresses.map((address) => ({
      address,
      loadBalancer: true,
      external: external.get(address) !== undefined,
    })),
    ...external
      .values()
      .filter((address) => given.get(address) === undefined)
      .map((address) => ({ address, loadBalancer: false, external: true })),
  ];
}

/** Sharers, and addresses of one kind, have the same policy steps. */
export function uniqueSteps(steps: readonly ExplainStep[]): readonly ExplainStep[] {
  return [...new Map(steps.map((step) => [`${step.name} ${step.code} ${step.message}`, step])).values()];
}
