// Texts meant for the user: what is accepted but probably not meant.
import { parseAddress } from '#model/address.ts';
import { quote } from '#model/safe-text.ts';
import type { Observed } from '#model/snapshot.ts';
import { annotation } from './annotation.ts';
import type { PolicyState } from './policy-state.ts';
import type { PoolState } from './pool-state.ts';
import type { ServiceFacts } from './service-facts.ts';

/** Each text once. BOUNDED: `mostWarnings`, so that a hundred thousand equal mistakes do not fill a screen. */
export function findWarnings(
  { options }: Observed,
  pools: readonly PoolState[],
  policies: readonly PolicyState[],
  services: readonly { readonly facts: ServiceFacts }[],
): readonly string[] {
  const texts = new Set<string>();
  const warn = (text: string) => {
    if (texts.size < mostWarnings) texts.add(text);
  };
  for (const pool of pools) poolWarnings(pool, warn);
  for (const policy of policies) policyWarnings(policy, warn);
  for (const { facts } of services) if (mayWarn(facts)) serviceWarnings(facts, warn);
  if (
    options.localPolicy === 'cluster' &&
    services.some(({ facts: { service } }) => isLocal(service.externalTrafficPolicy))
  ) {
    warn('externalTrafficPolicy Local is treated as Cluster: nobody tells a standalone box about endpoints');
  }
  return [...texts];
}

/** Whether the service can have a say in the warnings. */
export function mayWarn({ sharing, service }: ServiceFacts): boolean {
  return sharing.badPermit !== null || service.externalIPs.length > 0 || isLocal(service.externalTrafficPolicy);
}

const mostWarnings = 1000;

function isLocal(policy: string): boolean {
  return policy === 'Local';
}

function poolWarnings({ name, declared, fault, annotations }: PoolState, warn: (text: string) => void): void {
  if (declared.usesCidrs) warn(`Pool ${quote(name)} uses the old field cidrs: write blocks instead`);
  if (fault) warn(`Pool ${quote(name)} is invalid: ${fault.message}`);
  for (const text of annotations.warnings) warn(text);
}

function policyWarnings({ name, declared, fault }: PolicyState, warn: (text: string) => void): void {
  if (fault) warn(`Policy ${quote(name)} is invalid: ${fault.message}`);
  if (!declared.externalIPs && !declared.loadBalancerIPs) {
    warn(`Policy ${quote(name)} announces nothing: set loadBalancerIPs or externalIPs to true`);
  }
  const offLink = annotation(declared.annotations, 'offLink')?.trim();
  if (offLink !== undefined && offLink !== 'allow' && offLink !== 'deny') {
    warn(`Policy ${quote(name)}: annotation lanlord.dev/off-link is ignored: ${quote(offLink)} is not allow or deny`);
  }
}

function serviceWarnings({ key, service, sharing }: ServiceFacts, warn: (text: string) => void): void {
  if (sharing.badPermit !== null) {
    warn(
      `Service ${quote(key)}: lbipam.cilium.io/sharing-permit-different-pods is ${quote(sharing.badPermit)}, which is not true or false: it counts as false`,
    );
  }
  for (const text of service.externalIPs) {
    if (!parseAddress(text)) warn(`Service ${quote(key)}: external IP ${quote(text)} is not an address`);
  }
}
