// A round's part in the election: whom this box competes with, for what, and who leads as far as it knows.
import { type Standings, standings } from '#core/election-world.ts';
import type { GroupReport } from '#model/election.ts';
import { hasGroups, type NodeConfig } from '#model/node-config.ts';
import { type Handover, isThere, type Peer } from '#model/peers.ts';
import type { RouterDifference } from '#model/router-difference.ts';
import { type Leadership, ledKey, type Snapshot } from '#model/snapshot.ts';
import type { Election } from '#ports/election.ts';
import { peerNames } from './group-views.ts';

export interface RoundElectionParts {
  /** Left out: nothing is elected, whatever the configuration says. */
  readonly election?: Election;
  /** The other boxes. Left out: there are none. */
  readonly boxes?: () => readonly Peer[];
}

/** A node that is alone on its LAN leads whatever it takes part in. */
const everything: Leadership = { kind: 'all' };

export class RoundElection {
  readonly #parts: RoundElectionParts;
  /** Of the last round; null: nothing is elected. */
  #standings: Standings | null = null;
  #led: { readonly heard: Leadership; readonly text: string; readonly leadership: Leadership } | null = null;

  constructor(parts: RoundElectionParts) {
    this.#parts = parts;
  }

  /** Who leads what now; the same value as long as nothing changed. */
  leadership(config: NodeConfig): Leadership {
    const heard = hasGroups(config) ? this.#parts.election?.leadership() : null;
    if (heard?.kind !== 'groups') return heard ?? everything;
    const leaders = leadersOf(heard, this.#parts.boxes?.() ?? []);
    const text = JSON.stringify([...leaders]);
    if (this.#led?.heard !== heard || this.#led.text !== text) {
      this.#led = { heard, text, leadership: { ...heard, leaders } };
    }
    return this.#led.leadership;
  }

  /** Groups by interface, as their workers see them. */
  reports(): ReadonlyMap<string, readonly GroupReport[]> {
    return this.#parts.election?.reports() ?? new Map();
  }

  /** What other routers do differently, by interface. */
  differences(): ReadonlyMap<string, readonly RouterDifference[]> {
    return this.#parts.election?.differences() ?? new Map();
  }

  /** Tells the workers what this box takes part in. */
  apply({ observed, desired }: Snapshot): void {
    const { interfaces, config, node } = observed;
    const { vrrp } = config.election;
    if (!hasGroups(config)) {
      this.#standings = null;
      this.#parts.election?.apply(null);
      return;
    }
    const peers = this.#parts.boxes?.() ?? [];
    const places = standings(desired, node.name, peers, vrrp.priority);
    this.#standings = places;
    this.#parts.election?.apply({
      candidacies: desired.candidacies,
      interfaces,
      vrrp,
      boxesOn: (name) =>
        peers.flatMap(({ links }) => links.flatMap((link) => (link.interface === name ? link.addresses : []))),
      pinned: new Set(desired.groups.flatMap(({ group, isPinned }) => (isPinned ? [group] : []))),
      priorityOf: places.priorityOf,
    });
  }

  /** Names of boxes for a group on an interface, first choice first. */
  ranked({ interface: name, group }: Handover): readonly string[] {
    return this.#standings?.lans.find((lan) => lan.interface === name)?.ranking.get(group) ?? [];
  }
}

/**
 * Whom advertisements are heard from, by name where a hello tells it. A box that takes no part, being drained or without
 * carrier, hears none: then what the others say that they lead.
 */
function leadersOf(
  heard: Extract<Leadership, { kind: 'groups' }>,
  peers: readonly Peer[],
): ReadonlyMap<string, string> {
  const names = peerNames(peers);
  const leaders = new Map([...heard.leaders].map(([key, address]) => [key, names.get(address) ?? address]));
  for (const { node, links } of peers.filter(isThere)) {
    for (const { interface: name, led } of links) {
      for (const group of led) {
        const key = ledKey(name, group);
        if (!heard.active.has(key) && !leaders.has(key)) leaders.set(key, node);
      }
    }
  }
  return leaders;
}
