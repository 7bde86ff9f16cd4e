// What the election on each LAN starts from: the groups of this box there, their priorities, and the boxes it knows.
import type { NodeConfig } from '#model/node-config.ts';
import type { Peer } from '#model/peers.ts';
import type { Desired } from '#model/snapshot.ts';
import { type Box, eligibleGroups, type GroupRanking, groupStands, rankGroups, rankIn } from './group-ranks.ts';
import { priorityOf } from './spread.ts';

/** The ranking of boxes on the LAN of one interface. */
export interface LanRanks {
  readonly interface: string;
  /** Groups that this box takes part in there. */
  readonly groups: readonly number[];
  readonly ranking: GroupRanking;
}

/** A group that only part of the addresses could be answered for is taken when nobody else can: the lowest priority. */
const partPriority = 1;

export interface Standings {
  readonly lans: readonly LanRanks[];
  /** 1…255. */
  readonly priorityOf: (interfaceName: string, group: number) => number;
}

/** `node`: name of this box. */
export function standings(
  desired: Pick<Desired, 'candidacies' | 'groups'>,
  node: string,
  peers: readonly Peer[],
  priority: NodeConfig['election']['vrrp']['priority'],
): Standings {
  const stands = groupStands(desired);
  const lans = new Map<string, LanRanks>();
  const priorities = new Map<string, number>();
  for (const { interface: name, group, isWhole, refusal } of stands) {
    if (refusal !== null) continue;
    const lan = lans.get(name) ?? { interface: name, groups: [], ranking: rankOn(name) };
    lans.set(name, { ...lan, groups: [...lan.groups, group] });
    const own = priority === 'auto' ? priorityOf(rankIn(lan.ranking, group, node)) : priority;
    priorities.set(`${name} ${group}`, isWhole ? own : partPriority);
  }
  return {
    lans: [...lans.values()],
    priorityOf: (name, group) => priorities.get(`${name} ${group}`) ?? partPriority,
  };

  function rankOn(name: string): GroupRanking {
    const self: Box = { name: node, eligible: eligibleGroups(stands, name) };
    return rankGroups(desired.groups, [self, ...rankedOn(name, peers)]);
  }
}

/** Boxes that are ranked on the LAN of an interface, whether they are there or not. */
export function rankedOn(interfaceName: string, peers: readonly Peer[]): readonly Box[] {
  return peers.flatMap(({ node: name, choices }) => {
    const choice = choices.find((one) => one.interface === interfaceName);
    return choice ? [{ name, eligible: choice.eligible }] : [];
  });
}

/** Boxes that can lead groups on the LAN of an interface now. */
export function boxesOn(interfaceName: string, peers: readonly Peer[]): readonly Box[] {
  return peers.flatMap(({ node: name, state, links }) => {
    const link = links.find((one) => one.interface === interfaceName);
    return link && (state === 'ready' || state === 'stale-config') ? [{ name, eligible: link.eligible }] : [];
  });
}
