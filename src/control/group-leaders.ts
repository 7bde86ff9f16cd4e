// Who leads groups that this box does not lead.
import { differenceText } from '#core/difference-problems.ts';
import type { GroupView } from '#model/group-view.ts';
import { isThere, type Peer, type PeerLink } from '#model/peers.ts';
import type { RouterDifference } from '#model/router-difference.ts';
import { ledKey } from '#model/snapshot.ts';
import type { DaemonView } from '#ports.ts';
import type { LeaderItem } from './list-items.ts';

/** By `ledKey`. */
export function groupsByKey({ groups = [] }: DaemonView): ReadonlyMap<string, GroupView> {
  return new Map(groups.map((view) => [ledKey(view.interface, view.group), view]));
}

/** What the others say that they lead, for a box that hears no advertisements of the group. */
export function ledByPeer(peers: readonly Peer[], name: string, group: number): GroupView['leader'] {
  const leads = ({ interface: heardOn, led }: PeerLink) => heardOn === name && led.has(group);
  const peer = peers.find((one) => isThere(one) && one.links.some(leads));
  return peer ? { name: peer.node, address: null } : null;
}

/** Differences of one group that concern an address; canonical text. */
export function concerning({ differences = [] }: GroupView, ip: string): readonly RouterDifference[] {
  return differences.filter(({ what, heard }) => what !== 'other_id' || heard.split(', ').includes(ip));
}

/** With a word about the first router that differs, where nothing else is to be said. */
export function remarked(item: LeaderItem, group: GroupView | undefined): LeaderItem {
  const [first] = group && item.message === '' ? concerning(group, item.ip) : [];
  return group && first ? { ...item, message: differenceText(group.interface, first).message } : item;
}
