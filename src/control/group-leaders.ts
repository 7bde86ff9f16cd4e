// Who leads groups that this box does not lead.
import type { GroupView } from '#model/group-view.ts';
import type { Peer, PeerLink } from '#model/peers.ts';
import { ledKey } from '#model/snapshot.ts';
import type { DaemonView } from '#ports.ts';

/** By `ledKey`. */
export function groupsByKey({ groups = [] }: DaemonView): ReadonlyMap<string, GroupView> {
  return new Map(groups.map((view) => [ledKey(view.interface, view.group), view]));
}

/** What the others say that they lead, for a box that hears no advertisements of the group. */
export function ledByPeer(peers: readonly Peer[], name: string, group: number): GroupView['leader'] {
  const leads = ({ interface: heardOn, led }: PeerLink) => heardOn === name && led.has(group);
  const peer = peers.find(({ state, links }) => state !== 'lost' && links.some(leads));
  return peer ? { name: peer.node, address: null } : null;
}
