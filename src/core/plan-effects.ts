// What the change of one object does, in a few words.
import { formatAddress } from '#model/address.ts';
import { explain } from '#model/reason.ts';
import type { PoolOutcome, Snapshot } from '#model/snapshot.ts';
import { answerableRows } from './answerable-rows.ts';
import type { ObjectChange } from './compare-inputs.ts';

type Side = Pick<Snapshot, 'observed' | 'desired'>;

/** So many addresses are named; the VIP list has them all. */
const named = 3;

/** Makes the texts; what it looks up is indexed once. Empty where there is nothing to say. */
export function planEffects(before: Side, after: Side): (change: ObjectChange) => string {
  const [a, b] = [facts(before), facts(after)];
  return ({ kind, name }) => {
    switch (kind) {
      case 'CiliumLoadBalancerIPPool':
        return poolEffect(a.pools.get(name), b.pools.get(name));
      case 'CiliumL2AnnouncementPolicy':
        return policyEffect(a.policies.get(name) ?? none, b.policies.get(name) ?? none);
      case 'Service':
        return serviceEffect(a, b, name);
      default:
        return '';
    }
  };
}

const none: ReadonlySet<string> = new Set();

function facts(side: Side) {
  const { desired } = side;
  const policies = new Map<string, Set<string>>();
  for (const row of answerableRows(side)) {
    const ip = formatAddress(row.address);
    for (const policy of row.policies) policies.set(policy, (policies.get(policy) ?? new Set()).add(ip));
  }
  return {
    pools: new Map(desired.pools.map((pool) => [pool.name, pool])),
    services: new Map(desired.services.map((service) => [service.key, service])),
    policies,
  };
}

function poolEffect(before: PoolOutcome | undefined, after: PoolOutcome | undefined): string {
  if (!after) return before ? `${before.used} of ${before.total} addresses were in use` : '';
  const closed = after.conflict
    ? 'hands out nothing: it overlaps another pool'
    : after.disabled
      ? 'hands out nothing'
      : '';
  const size = before && before.total !== after.total ? `${before.total} -> ${after.total} addresses` : '';
  const whole = before ? size : `${after.total} addresses`;
  return [whole, after.valid ? closed : 'invalid'].filter((text) => text !== '').join(', ');
}

function policyEffect(before: ReadonlySet<string>, after: ReadonlySet<string>): string {
  const gone = [...before].filter((ip) => !after.has(ip));
  const come = [...after].filter((ip) => !before.has(ip));
  const texts = [
    ...(come.length > 0 ? [`announces ${list(come)}`] : []),
    ...(gone.length > 0 ? [`drops ${list(gone)}`] : []),
  ];
  return texts.join(', ');
}

function serviceEffect(before: ReturnType<typeof facts>, after: ReturnType<typeof facts>, name: string): string {
  const [old, next] = [before.services.get(name), after.services.get(name)];
  const was = (old?.addresses ?? []).map(formatAddress);
  const is = (next?.addresses ?? []).map(formatAddress);
  if (!next) return was.length > 0 ? `gives ${list(was)} back` : '';
  const [reason] = next.reasons;
  const lack = reason && next.handled ? `lacks an address: ${explain(reason)}` : '';
  if (was.join() === is.join()) return old ? lack && `still ${lack}` : lack;
  const gets = was.length === 0 ? `gets ${list(is)}` : `${list(was)} -> ${is.length > 0 ? list(is) : 'none'}`;
  return [gets, lack].filter((text) => text !== '').join(', ');
}

function list(ips: readonly string[]): string {
  const more = ips.length - named;
  return more > 0 ? `${ips.slice(0, named).join(', ')} and ${more} more` : ips.join(', ');
}
