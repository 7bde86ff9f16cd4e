// What the worker of an interface has to know to take part in elections there.
// Read RFC 9568 §5.1.1.1 and RFC 9568 §5.1.2.1 before changing this file.
import type { ElectionSettings, GroupOrder } from '#model/election.ts';
import type { NodeConfig } from '#model/node-config.ts';
import type { Interface } from '#model/resources.ts';
import { usableLinkLocal } from './advertising-source.ts';

export interface ElectionView {
  readonly link: Interface;
  /** Groups that this node is a candidate for on the interface. */
  readonly groups: Iterable<number>;
  readonly vrrp: NodeConfig['election']['vrrp'];
  /** Addresses that delivery added: VIPs, which nothing is sent from. Canonical text. */
  readonly delivered: ReadonlySet<string>;
  /** 1…255, from the place of this box for the group. */
  readonly priorityOf: (group: number) => number;
  readonly isPinned: (group: number) => boolean;
  readonly orderOf: (group: number) => GroupOrder | null;
  /** Addresses of the other boxes that are known. */
  readonly boxes: readonly string[];
}

export function electionSettings(view: ElectionView): ElectionSettings {
  const { link, vrrp, delivered, priorityOf, isPinned, orderOf, boxes } = view;
  const { advertisementIntervalMs, maxLearnedIntervalMs, preempt, preemptDelayMs, checksum, addresses, peers } = vrrp;
  // Nothing can be sent without carrier: whoever comes back listens first, and takes nothing back from who took over.
  const canSend = link.up && link.carrier;
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
    sourceIPv4: canSend ? sourceIPv4(link, delivered) : null,
    // RFC 9568 §5.1.2.1: a link-local address.
    sourceIPv6: canSend ? usableLinkLocal(link) : null,
    boxes: [...boxes].sort(),
  };
}

/** The primary address: the kernel lists it first. */
function sourceIPv4({ addresses }: Interface, delivered: ReadonlySet<string>): string | null {
  return addresses.find(({ family, address }) => family === 'IPv4' && !delivered.has(address))?.address ?? null;
}
