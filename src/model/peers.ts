// Other boxes of ours on the LAN: what they say of themselves, their records, and what boxes ask of each other.
import type { Labels } from './labels.ts';
import type { NodeConfig } from './node-config.ts';
import type { Exclusion, PeerRecord } from './records.ts';
import type { Interface } from './resources.ts';
import type { Allocation } from './snapshot.ts';

/** `ready`, `stale-config` and `draining` as the box says; `joining`: it has just started and claims nothing yet; `stopped`: it said good-bye; `lost`: not heard. */
export type PeerState = 'ready' | 'stale-config' | 'draining' | 'joining' | 'stopped' | 'lost';

/** Another box. What it says of itself was checked for form, and for its origin where `hello.keyFile` is set. */
export interface Peer {
  readonly node: string;
  /** Random per start: tells apart two boxes of one name, and a box before and after a restart. */
  readonly instance: string;
  readonly state: PeerState;
  readonly version: string;
  /** Its config generation, and the hash of what its configuration declares: equal hashes, equal decisions. */
  readonly generation: number;
  readonly configHash: string;
  readonly labels: Labels;
  /** How many addresses it answers for. */
  readonly vips: number;
  /** The address it is reached at: of its first link here. */
  readonly address: string | null;
  /** Monotonic milliseconds. */
  readonly heardMs: number;
  /** How far its wall clock is ahead of ours, milliseconds; null: not known, or it is not heard. For people alone. */
  readonly clockAheadMs: number | null;
  /** Of all its interfaces, colon text: whatever claims come from them are a matter of the election. */
  readonly macs: readonly string[];
  /** One per interface of this box on which it is heard. */
  readonly links: readonly PeerLink[];
  /**
   * By interface of this box, what it could lead there when it last could: what ranks it, also while it cannot or is not
   * there, so that nothing moves between the others.
   */
  readonly choices: readonly { readonly interface: string; readonly eligible: ReadonlySet<number> }[];
}

/** A LAN that this box and a peer share. */
export interface PeerLink {
  /** The interface of this box. */
  readonly interface: string;
  /** The peer's name of its own interface, and what that has. */
  readonly remote: string;
  readonly mac: string;
  readonly addresses: readonly string[];
  /** Groups that it leads there, and those that it is a candidate for (leading ones included). */
  readonly led: ReadonlySet<number>;
  readonly eligible: ReadonlySet<number>;
  /** It says that it hears this box. */
  readonly hearsUs: boolean;
  readonly heardMs: number;
}

/** Addresses of one interface that move together, and the box that is to have them. */
export interface Handover {
  /** The interface of this box on whose LAN the group is. */
  readonly interface: string;
  readonly group: number;
}

/** Said by the leader: `to` takes the group now. */
export interface HandoverOrder extends Handover {
  readonly from: string;
  /** How long the first choice may still have it, milliseconds; 0: not at all. */
  readonly provisionalMs: number;
}

/** Said by any box: the leader is to hand the group over; `to` null: to whomever it likes. */
export interface HandoverAsk extends Handover {
  readonly from: string;
  readonly to: string | null;
  readonly serial: number;
}

/** What the leader answers to an ask, once it is over: what came of it, or why it is not followed. */
export interface HandoverAnswer {
  readonly from: string;
  readonly serial: number;
  readonly isDone: boolean;
  readonly text: string;
}

/** What this box tells the others of itself. Parts that did not change are the same objects, so that they cost nothing. */
export interface PeerFacts {
  readonly node: string;
  readonly labels: Labels;
  readonly generation: number;
  readonly configHash: string;
  readonly state: 'ready' | 'stale-config' | 'draining';
  readonly vips: number;
  readonly settings: NodeConfig['election'];
  /** Interfaces on whose LANs there are elections. */
  readonly links: readonly PeerLinkFacts[];
  /** MACs of all interfaces of this box. */
  readonly macs: readonly string[];
  readonly allocations: readonly Allocation[];
  readonly exclusions: readonly Exclusion[];
}

export interface PeerLinkFacts {
  readonly link: Interface;
  readonly led: ReadonlySet<number>;
  readonly eligible: ReadonlySet<number>;
}

/** What is wrong between the boxes, as far as this one can tell. */
export interface PeerFindings {
  /** Addresses by service that this box tells, and that each live one does; null: not known (yet). */
  readonly own: ToldRecords;
  readonly held: readonly { readonly node: string; readonly set: ToldRecords | null; readonly isCurrent: boolean }[];
  /** Names that two boxes have. */
  readonly doubles: readonly { readonly node: string; readonly interface: string; readonly source: string }[];
  /** Configured unicast peers that are not heard. */
  readonly unheard: readonly string[];
  /** Why hellos cannot be said, as sentences. */
  readonly faults: readonly string[];
  /** Addresses of boxes that do not sign with our key, or sign although we have none. */
  readonly unsigned: readonly string[];
}

/** Records in buckets, each with its digest: equal digests, equal records. */
export interface ToldRecords {
  readonly digest: number;
  readonly buckets: readonly {
    readonly digest: number;
    readonly items: readonly (Omit<PeerRecord, 'by'> | Exclusion)[];
  }[];
}

/** Whether another box runs and is heard. */
export function isThere({ state }: Pick<Peer, 'state'>): boolean {
  return state !== 'lost' && state !== 'stopped';
}
