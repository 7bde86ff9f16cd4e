// Whose an address is, why it is not given, and why it is answered or not.
import { formatAddress, type IpAddress } from '#model/address.ts';
import { explain, type Reason } from '#model/reason.ts';
import { type Service, serviceKey } from '#model/resources.ts';
import type { ServiceOutcome, Snapshot } from '#model/snapshot.ts';
import { closedReason } from './closed-reason.ts';
import { type AddressKinds, addressFixes, addressKinds, uniqueSteps } from './explain.ts';
import { announcementNotReached, announcementSteps } from './explain-announcement.ts';
import { closedPool, poolBookOf } from './explain-pools.ts';
import {
  type ExplainStep,
  type Explanation,
  explanation,
  notReached,
  passed,
  placeOf,
  refusal,
} from './explain-step.ts';
import { inUse, type NodeAddresses, nodeAddresses } from './node-address.ts';
import type { PoolBook } from './pool-book.ts';
import type { PoolUse } from './pool-use.ts';

/** Null: nothing is known of the address: no pool contains it and no service has it. */
export function explainAddress(snapshot: Snapshot, address: IpAddress): Explanation | null {
  const text = formatAddress(address);
  const holders = holdersOf(snapshot, address);
  const book = poolBookOf(snapshot);
  const pools = book.containing(address);
  const node = nodeAddresses(snapshot.observed);
  const isKnown = node.own.get(address) !== undefined || node.taken.get(address) !== undefined;
  if (holders.length === 0 && pools.length === 0 && !isKnown) return null;
  const steps: ExplainStep[] = pools.map((use) =>
    passed('pool', 'POOL', `Pool ${use.state.name} contains it`, placeOf(use.state.declared, 'spec.blocks')),
  );
  const owner = ownerOf(node, address);
  if (owner) steps.push(refusal('owner', 'fail', owner, undefined, addressFixes(owner, book)));
  if (holders.length === 0) {
    steps.push(...unheldSteps(pools, book, node, address, owner !== null), announcementNotReached());
    return explanation(`ip/${text}`, steps);
  }
  for (const { service, outcome, kinds } of holders) {
    const allocation = snapshot.desired.allocations.find(
      (one) => one.service === outcome.key && sameAddress(one.address, address),
    );
    const how = allocation ? ` (${allocation.origin}, from pool ${allocation.pool})` : '';
    steps.push(passed('holder', 'IPAM', `Service ${outcome.key} has it${how}`, placeOf(service)));
    steps.push(...announcementSteps(snapshot, service, address, kinds));
  }
  return explanation(`ip/${text}`, uniqueSteps(steps));
}

/** Who has it on the wire: this box, or another host. */
function ownerOf({ own, taken }: NodeAddresses, address: IpAddress): Reason | null {
  const text = formatAddress(address);
  const name = own.get(address);
  if (name !== undefined) return { code: 'own_address', address: text, interface: name };
  const other = taken.get(address);
  return other ? inUse(text, other) : null;
}

/** Why no service has it: no pool may give it, or nobody asked. */
function unheldSteps(
  pools: readonly PoolUse[],
  book: PoolBook,
  node: NodeAddresses,
  address: IpAddress,
  isOwned: boolean,
): readonly ExplainStep[] {
  if (isOwned) return [notReached('holder', 'IPAM', 'No service gets it as long as that is so')];
  const closed = pools.flatMap(({ state }) => {
    const reason = closedReason(state, node, address);
    if (!reason) return [];
    const place = placeOf(state.declared, ...(fields[reason.code] ?? []), 'spec.blocks');
    return [refusal('holder', 'skipped', reason, place, addressFixes(reason, book))];
  });
  if (closed.length > 0) return closed;
  const isOpen = pools.some((use) => use.isOpen);
  const reasons = isOpen ? [] : pools.flatMap((use) => closedPool(use) ?? []);
  const why = reasons.length === 0 ? '' : `: ${reasons.map(explain).join('; ')}`;
  return [notReached('holder', 'IPAM', isOpen ? 'It is free' : `Its pool hands out nothing now${why}`)];
}

/** Where the manifest of the pool says so. */
const fields: Partial<Record<Reason['code'], readonly string[]>> = {
  excluded_address: ['metadata.annotations["lanlord.dev/exclude"]'],
  reserved_address: ['spec.allowFirstLastIPs'],
};

interface Holder {
  readonly service: Service;
  readonly outcome: ServiceOutcome;
  readonly kinds: AddressKinds;
}

function holdersOf({ observed, desired }: Snapshot, address: IpAddress): readonly Holder[] {
  const outcomes = new Map(desired.services.map((outcome) => [outcome.key, outcome]));
  return observed.inputs.services.flatMap((service) => {
    const outcome = outcomes.get(serviceKey(service));
    const kinds = outcome && addressKinds(service, outcome).find((one) => sameAddress(one.address, address));
    return outcome && kinds ? [{ service, outcome, kinds }] : [];
  });
}

function sameAddress(a: IpAddress, b: IpAddress): boolean {
  return a.value === b.value && a.family === b.family;
}
