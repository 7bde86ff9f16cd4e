// What is observed, what follows from it, and both at one moment.
import type { Family, IpAddress } from './address.ts';
import type { Quarantined } from './claims.ts';
import type { Labels } from './labels.ts';
import type { NodeConfig } from './node-config.ts';
import type { RunningProblem } from './problem.ts';
import type { Range } from './range.ts';
import type { Reason } from './reason.ts';
import type { PeerRecords } from './records.ts';
import type { Condition, Inputs, Interface, Policy, Pool } from './resources.ts';

/** An address that a service holds. The record that survives restarts. */
export interface Allocation {
  /** `namespace/name`. */
  readonly service: string;
  readonly address: IpAddress;
  /** Name of the pool it came from. */
  readonly pool: string;
  readonly origin: 'auto' | 'requested' | 'shared' | 'restored';
  /** When the service got it; wall clock, milliseconds since 1970. */
  readonly sinceMs: number;
  /**
   * What decided about sharing when this round ended (`shareSignature`), absent without a sharing key. A sharer whose
   * signature changed since is the edited one: it leaves, its peers stay.
   */
  readonly share?: string;
  /** Name of the box that gave it first; absent: this one. Boxes that share a LAN adopt each other's records. */
  readonly node?: string;
}

/** What evaluation has to remember from one round to the next; it is returned by each round and kept in the state store. */
export interface Memory {
  readonly allocations: readonly Allocation[];
  /** Last valid version of pools and policies by name: an invalid edit keeps what was good. */
  readonly goodPools: ReadonlyMap<string, Pool>;
  readonly goodPolicies: ReadonlyMap<string, Policy>;
  /**
   * By service: addresses that its status mentions and that are ours to remove (we assigned them, or replaced the status
   * that held them). BOUNDED: by the addresses in statuses.
   */
  readonly owned?: ReadonlyMap<string, readonly string[]>;
  /** Addresses given back, oldest first, in pools with `lanlord.dev/reuse: oldest`. BOUNDED: `maxReleased`. */
  readonly released?: readonly IpAddress[];
  /** By policy: condition types that were True once. They stay, as False with an empty message, until the policy goes. */
  readonly policyFaults?: ReadonlyMap<string, readonly string[]>;
  /** Addresses that other hosts have. Kept with the rest; evaluation gets them as `Observed.quarantine`. BOUNDED: pools. */
  readonly quarantine?: readonly Quarantined[];
  /** By address: interfaces on which it was probed for and claimed. BOUNDED: by addresses that are wanted. */
  readonly claimed?: ReadonlyMap<string, readonly string[]>;
}

/** Who leads what on this node. Solo: everything. */
export type Leadership =
  | { readonly kind: 'all' }
  | { readonly kind: 'none' }
  /** Canonical addresses, and services whose addresses are all led. */
  | { readonly kind: 'some'; readonly addresses: ReadonlySet<string>; readonly services: ReadonlySet<string> }
  /** Groups on interfaces; keys are of `ledKey`. `leaders`: who leads those that others do, name or address, where known. */
  | { readonly kind: 'groups'; readonly active: ReadonlySet<string>; readonly leaders: ReadonlyMap<string, string> };

/** A group on an interface as `Leadership` names it: `eth1 130`. */
export function ledKey(interfaceName: string, group: number): string {
  return `${interfaceName} ${group}`;
}

export interface EvaluateOptions {
  readonly ipv4: boolean;
  readonly ipv6: boolean;
  readonly defaultLBServiceIPAM: 'lbipam' | 'nodeipam' | 'none';
  readonly l2Announcements: boolean;
  readonly bgpControlPlane: boolean;
  /**
   * True in the first round after a start: `status.loadBalancer.ingress` of services that memory does not know is
   * read as a hint and adopted where still valid.
   */
  readonly adoptStatus: boolean;
  /**
   * What externalTrafficPolicy Local means for announcements. `endpoints` (default): this node needs a ready endpoint.
   * `cluster`: as Cluster, with a warning; for a standalone box, where nobody tells endpoints.
   */
  readonly localPolicy?: 'endpoints' | 'cluster';
  /** Wall clock of this round for `sinceMs` of new allocations; time is an argument. */
  readonly nowMs: number;
}

export interface Observed {
  readonly inputs: Inputs;
  readonly config: NodeConfig;
  readonly options: EvaluateOptions;
  readonly node: {
    readonly name: string;
    readonly labels: Labels;
    /** The command line names the node, so that no NodeConfig can. */
    readonly isNamed?: boolean;
  };
  readonly interfaces: readonly Interface[];
  /** Addresses that delivery added itself: they never count as the node's own. Canonical text. */
  readonly deliveredAddresses: ReadonlySet<string>;
  readonly leadership: Leadership;
  readonly memory: Memory;
  /** Addresses that other hosts were found to have: neither given nor announced. */
  readonly quarantine?: readonly Quarantined[];
  /** This box is to lead nothing. Left out: false. */
  readonly drained?: boolean;
  /** What the other boxes hold; left out on a box that is alone by decree. */
  readonly peers?: PeerRecords;
}

export interface ServiceOutcome {
  readonly key: string;
  readonly namespace: string;
  readonly name: string;
  /** False: not ours (type, class); nothing is written for it. */
  readonly handled: boolean;
  readonly state: 'ready' | 'pending' | 'partial';
  readonly addresses: readonly IpAddress[];
  /** Families asked for, in the order they are given. */
  readonly families: readonly Family[];
  /** Why something is missing, first failing family first; empty when satisfied. */
  readonly reasons: readonly Reason[];
  /** Status to publish: ingress entries in order, or null: leave what is there alone, except `withdrawn`. */
  readonly ingress: readonly IpAddress[] | null;
  /** Canonical addresses to take out of the ingress list while the rest of it stays; only with `ingress: null`. */
  readonly withdrawn: readonly string[];
  /** Condition `cilium.io/IPAMRequestSatisfied`, or null: none is to be there (dormant, not ours). */
  readonly condition: Condition | null;
  /** True: a condition of our type in the status is ours to remove. Only with `condition: null`. */
  readonly clearsCondition: boolean;
}

export interface PoolOutcome {
  readonly name: string;
  readonly ranges: readonly Range[];
  /** Blocks as text, as written and normalized: `10.0.0.0/24`, `10.0.0.1-10.0.0.9`. */
  readonly blocks: readonly string[];
  readonly total: bigint;
  readonly used: bigint;
  readonly available: bigint;
  readonly disabled: boolean;
  readonly conflict: boolean;
  readonly valid: boolean;
  readonly conditions: readonly Condition[];
}

export interface PolicyOutcome {
  readonly name: string;
  readonly matchesNode: boolean;
  /** Services selected on this node, independent of leadership and interfaces. */
  readonly services: readonly string[];
  /** Names of interfaces that the policy's patterns select on this node. */
  readonly interfaces: readonly string[];
  /** Only error conditions: `io.cilium/bad-node-selector`, … */
  readonly conditions: readonly Condition[];
}

/** This node answers for this address on this interface. One row per (address, interface). */
export interface Announcement {
  readonly address: IpAddress;
  readonly interface: string;
  readonly services: readonly string[];
  readonly policies: readonly string[];
  /** Election group; 0 in solo mode. */
  readonly group: number;
}

/** An allocated or external address that a policy selects, with an interface of this node that could announce it. */
export interface Candidacy {
  readonly address: IpAddress;
  readonly interface: string;
  readonly services: readonly string[];
  readonly policies: readonly string[];
  readonly leads: boolean;
  readonly group: number;
  /** Why this box must not lead the group there although it has the address; always null alone. */
  readonly refusal: Reason | null;
}

/** A group that has addresses, whoever can announce them: the same on every box with the same declarations and records. */
export interface GroupOutcome {
  /** `groupIndex`. */
  readonly group: number;
  /** Whose addresses it has; empty: those of all policies without a nodeSelector. Groups of one list are spread together. */
  readonly policies: readonly string[];
  readonly addresses: number;
  /** A service asks for this id by `lanlord.dev/group`, perhaps to pair with a virtual router of another make. */
  readonly isPinned: boolean;
}

/** An address that somebody wants announced but that no row exists for, with the reasons. */
export interface Unannounced {
  readonly address: IpAddress;
  readonly services: readonly string[];
  readonly reasons: readonly Reason[];
  /** Its group: others may announce it. 0: none, or alone. */
  readonly group: number;
}

export interface Desired {
  readonly services: readonly ServiceOutcome[];
  readonly pools: readonly PoolOutcome[];
  readonly policies: readonly PolicyOutcome[];
  readonly allocations: readonly Allocation[];
  readonly announcements: readonly Announcement[];
  readonly candidacies: readonly Candidacy[];
  readonly unannounced: readonly Unannounced[];
  /** By number; empty on a box that is alone. */
  readonly groups: readonly GroupOutcome[];
  /** Texts meant for the user, each once. */
  readonly warnings: readonly string[];
  readonly problems: readonly RunningProblem[];
  readonly memory: Memory;
}

/** One observed state and what follows from it; `revision` rises with every change. */
export interface Snapshot {
  readonly revision: number;
  readonly observed: Observed;
  readonly desired: Desired;
}
