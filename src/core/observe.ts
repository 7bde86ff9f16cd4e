// Puts together what one evaluation looks at.

import type { Quarantined } from '#model/claims.ts';
import type { Labels } from '#model/labels.ts';
import { hasGroups, type NodeConfig } from '#model/node-config.ts';
import type { PeerRecords } from '#model/records.ts';
import type { Inputs, Interface } from '#model/resources.ts';
import type { EvaluateOptions, Leadership, Memory, Observed } from '#model/snapshot.ts';

export interface World {
  readonly inputs: Inputs;
  readonly config: NodeConfig;
  /** Name from the command line; null: the one of NodeConfig. */
  readonly nodeName: string | null;
  readonly interfaces: readonly Interface[];
  readonly deliveredAddresses: ReadonlySet<string>;
  readonly leadership: Leadership;
  readonly memory: Memory;
  readonly adoptStatus: boolean;
  readonly nowMs: number;
  readonly quarantine: readonly Quarantined[];
  /** Left out: false. */
  readonly drained?: boolean;
  readonly peers?: PeerRecords | undefined;
}

const everything: Leadership = { kind: 'all' };

export function observe(world: World): Observed {
  const { inputs, config, interfaces, deliveredAddresses, memory, quarantine, drained = false } = world;
  // Groups that are led under another election say nothing about a box that is alone.
  const leadership = world.leadership.kind === 'groups' && !hasGroups(config) ? everything : world.leadership;
  const name = world.nodeName ?? config.node.name;
  const options: EvaluateOptions = {
    ipv4: config.ipFamilies.includes('IPv4'),
    ipv6: config.ipFamilies.includes('IPv6'),
    defaultLBServiceIPAM: config.defaultLBServiceIPAM,
    l2Announcements: true,
    bgpControlPlane: false,
    adoptStatus: world.adoptStatus,
    // A standalone box: nobody tells it on which box the endpoints of a service are.
    localPolicy: 'cluster',
    nowMs: world.nowMs,
  };
  const labels = nodeLabels(inputs, config, name);
  const node = world.nodeName === null ? { name, labels } : { name, labels, isNamed: true };
  const { peers } = world;
  const told = peers ? { peers } : {};
  return {
    inputs,
    config,
    options,
    node,
    interfaces,
    deliveredAddresses,
    leadership,
    memory,
    quarantine,
    drained,
    ...told,
  };
}

/** Labels of the Node object of this name, overruled by those of NodeConfig. `kubernetes.io/hostname` is always there. */
function nodeLabels(inputs: Inputs, config: NodeConfig, name: string): Labels {
  const declared = inputs.nodes.find((node) => node.name === name)?.labels;
  return { 'kubernetes.io/hostname': name, ...declared, ...config.node.labels };
}
