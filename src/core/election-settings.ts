// What the worker of an interface has to know to take part in elections there.
import { type Family, formatAddress } from '#model/address.ts';
import type { ElectionSettings, GroupOrder } from '#model/election.ts';
import type { NodeConfig } from '#model/node-config.ts';
import type { Interface } from '#model/resources.ts';
import { sendingAddress } from './sending-address.ts';

export interface ElectionView {
  readonly link: Interface;
  /** Groups that this node is a candidate for on the interface. */
  readonly groups: Iterable<number>;
  readonly vrrp: NodeConfig['election']['vrrp'];
  /** 1…255, from the place of this box for the group. */
  readonly priorityOf: (group: number) => number;
  readonly isPinned: (group: number) => boolean;
  readonly orderOf: (group: number) => GroupOrder | null;
  /** Addresses of the other boxes that are heard on the interface. */
  readonly boxes: readonly string[];
}

export function electionSettings(view: ElectionView): ElectionSettings {
  const { link, vrrp, priorityOf, isPinned, orderOf, boxes } = view;
  const { advertisementIntervalMs, maxLearnedIntervalMs, preempt, preemptDelayMs, checksum, addresses, peers } = vrrp;
  // Nothing can be sent without carrier: whoever comes back listens first, and takes nothing back from who took over.
  const canSend = link.up && link.carrier;
  const source = (family: Family) => {
    const address = canSend ? sendingAddress(link, family) : null;
    return address && formatAddress(address);
  };
  return {
    groups: [...view.groups]
      .sort((a, b) => a - b)
      .map((group) => ({
        group,
        priority: priorityOf(group),
        isPinned: isPinned(group),
        order: orderOf(group),
      })),
    advertisementIntervalMs,
    maxLearnedIntervalMs,
    preempt,
    preemptDelayMs,
    checksum,
    addresses,
    peers,
    sourceIPv4: source('IPv4'),
    sourceIPv6: source('IPv6'),
    boxes: [...new Set(boxes)].sort(),
  };
}
