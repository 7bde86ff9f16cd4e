// What this box tells the others of itself after a round.
import { formatAddress, parseAddress } from '#model/address.ts';
import type { Quarantined } from '#model/claims.ts';
import type { PeerFacts, PeerLinkFacts } from '#model/peers.ts';
import type { Exclusion } from '#model/records.ts';
import type { Interface } from '#model/resources.ts';
import { type Desired, type Leadership, ledKey, type Observed, type Snapshot } from '#model/snapshot.ts';
import { groupStands } from './group-ranks.ts';
import { inputsHash } from './inputs-hash.ts';

export interface Standing {
  readonly generation: number;
  readonly state: PeerFacts['state'];
  readonly exclusions: readonly Exclusion[];
}

export function peerFacts({ observed, desired }: Snapshot, { generation, state, exclusions }: Standing): PeerFacts {
  const { node, inputs, config, interfaces } = observed;
  return {
    node: node.name,
    labels: node.labels,
    generation,
    configHash: inputsHash(inputs, config),
    state,
    vips: new Set(desired.announcements.map(({ address }) => formatAddress(address))).size,
    settings: config.election,
    links: electionLinks(interfaces, desired, observed.leadership),
    macs: [...new Set(interfaces.flatMap(({ mac, loopback }) => (mac === '' || loopback ? [] : [mac])))],
    allocations: desired.allocations,
    exclusions,
  };
}

/** Interfaces that policies select here, as far as they are there. */
export function electionLinks(
  interfaces: readonly Interface[],
  desired: Pick<Desired, 'policies' | 'candidacies' | 'groups'>,
  leadership: Leadership,
): readonly PeerLinkFacts[] {
  const selected = new Set(desired.policies.flatMap((one) => (one.matchesNode ? one.interfaces : [])));
  const stands = Map.groupBy(groupStands(desired), (stand) => stand.interface);
  const leads = (name: string, group: number) =>
    leadership.kind === 'groups' ? leadership.active.has(ledKey(name, group)) : leadership.kind === 'all';
  return interfaces.flatMap((link) => {
    if (!selected.has(link.name) || !link.up || link.mac === '') return [];
    const here = stands.get(link.name) ?? [];
    const eligible = here.filter(({ isWhole, refusal }) => isWhole && refusal === null);
    return [
      {
        link,
        led: new Set(here.flatMap(({ group }) => (leads(link.name, group) ? [group] : []))),
        eligible: new Set(eligible.map(({ group }) => group)),
      },
    ];
  });
}

/** Addresses that nobody is to be given: own ones, and those that other hosts were found to have. */
export function ownExclusions(
  { interfaces, deliveredAddresses }: Pick<Observed, 'interfaces' | 'deliveredAddresses'>,
  quarantine: readonly Quarantined[],
): readonly Exclusion[] {
  const own = interfaces.flatMap(({ name, loopback, addresses }) =>
    addresses.flatMap(({ address: text }): Exclusion[] => {
      const address = parseAddress(text);
      if (loopback || !address || text.startsWith('fe80:') || deliveredAddresses.has(formatAddress(address))) return [];
      return [{ address, kind: 'own', interface: name, mac: '', sinceMs: 0 }];
    }),
  );
  const found = quarantine.map((entry): Exclusion => ({ ...entry, kind: 'conflict' }));
  return [...own, ...found];
}
