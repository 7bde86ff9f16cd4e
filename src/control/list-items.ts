// The JSON of every item of a list. Fields are only ever added.
import type { Severity } from '#model/problem.ts';
import type { Condition } from '#model/resources.ts';

export interface PoolItem {
  readonly name: string;
  readonly blocks: readonly string[];
  /** Decimal: an IPv6 pool counts beyond 2^53. */
  readonly total: string;
  readonly used: string;
  readonly available: string;
  readonly disabled: boolean;
  readonly conflict: boolean;
  readonly valid: boolean;
  readonly conditions: readonly Condition[];
}

export interface IpItem {
  /** For addresses that are never given also a range, `10.0.0.1-10.0.0.9`. */
  readonly ip: string;
  readonly pool: string;
  readonly services: readonly string[];
  readonly sharingKey: string | null;
  /** How a service got it; for an address that none has, the same as `state`. */
  readonly origin: 'auto' | 'requested' | 'shared' | 'restored' | Exclude<IpState, 'allocated' | 'status'>;
  readonly state: IpState;
  /** The other host; null where there is none. */
  readonly conflict: { readonly mac: string; readonly interface: string } | null;
  /** Null for addresses that are never given. */
  readonly since: string | null;
}

/**
 * `status`: no pool gave it, it stands in the status of its services and is announced as it is; its pool is empty.
 * `quarantined`: another host has it, see `conflict`; it is not used. The others are never given: `own` is the box's,
 * `excluded` by annotation, `reserved` first and last of a block, `special` network, broadcast or gateway address.
 */
export type IpState = 'allocated' | 'status' | 'quarantined' | 'own' | 'excluded' | 'reserved' | 'special';

export interface ServiceItem {
  readonly namespace: string;
  readonly name: string;
  readonly ips: readonly string[];
  readonly state: 'ready' | 'pending' | 'partial';
  /** Cilium's reason word; null when nothing is missing. */
  readonly reason: string | null;
  readonly message: string;
  readonly conditions: readonly Condition[];
}

export type LeaderState = 'here' | 'standby' | 'claiming' | 'duplicate' | 'nobody';

export interface LeaderItem {
  readonly ip: string;
  /** Null when no interface could carry it. */
  readonly interface: string | null;
  readonly services: readonly string[];
  readonly policies: readonly string[];
  readonly leader: string | null;
  readonly state: LeaderState;
  readonly since: string | null;
  readonly term: number | null;
  /** Of the box that answers; null for another box that does not say it. */
  readonly mac: string | null;
  readonly group: number | null;
  /** Why nobody answers, or what another virtual router does differently; empty otherwise. */
  readonly message: string;
}

export interface AnnouncementItem {
  readonly ip: string;
  readonly interface: string;
  readonly mac: string;
  readonly services: readonly string[];
  readonly group: number;
  readonly since: string;
  readonly answers: number;
}

export interface PolicyItem {
  readonly name: string;
  readonly matchesNode: boolean;
  readonly services: number;
  readonly interfaces: readonly string[];
  readonly conditions: readonly Condition[];
}

export interface NodeItem {
  readonly name: string;
  readonly self: boolean;
  readonly state: string;
  readonly address: string | null;
  readonly lastSeenSeconds: number;
  /** How far its clock is ahead of this node's, good to a quarter of a second; null: not known. */
  readonly clockOffsetSeconds: number | null;
  readonly version: string;
  readonly generation: number;
  readonly vips: number;
}

export interface InterfaceItem {
  readonly name: string;
  /** The kernel's index in the network namespace of the daemon; null while there is no such interface. */
  readonly index: number | null;
  readonly mac: string;
  readonly up: boolean;
  readonly carrier: boolean;
  readonly capture: 'open' | 'down' | 'denied' | 'gone';
  /** What the capture library said when it is not open. */
  readonly detail: string;
  readonly requests: number;
  readonly answers: number;
  /** Frames that were not answered, for whatever reason. */
  readonly drops: number;
  readonly dropReasons: Readonly<Record<string, number>>;
  readonly kernelDrops: number;
  /** ARP Announcements sent. */
  readonly announced: number;
}

export interface ProblemItem {
  readonly code: string;
  readonly severity: Severity;
  readonly object: string;
  /** All of them, where one problem stands for many; left out: `object` alone. */
  readonly objects?: readonly string[];
  readonly message: string;
  readonly since: string;
  readonly hint: string;
}

export interface EventItem {
  readonly time: string;
  readonly kind: string;
  readonly severity: Severity;
  readonly object: string;
  readonly message: string;
  readonly fields: Readonly<Record<string, string | number | boolean | null>>;
}

export interface HistoryItem {
  readonly ip: string;
  readonly from: string | null;
  readonly to: string | null;
  readonly at: string;
  readonly cause: string;
  /** Null: not measured. */
  readonly gapSeconds: number | null;
  readonly detectSeconds: number | null;
  readonly claimSeconds: number | null;
  readonly answerSeconds: number | null;
}

/** What happened to the configuration: `config history`. */
export interface GenerationItem {
  /** The one that ran from then on. */
  readonly generation: number;
  readonly time: string;
  readonly event: 'started' | 'applied' | 'refused';
  /** `lanlord reload`, `SIGHUP`, `file change`, `start`; empty when it is not known. */
  readonly cause: string;
  /** User who asked; null: nobody did, or nobody can tell. */
  readonly by: string | null;
  readonly uid: number | null;
  /** The `-c` paths, separated by blanks. */
  readonly paths: string;
  readonly problems: number;
  readonly errors: number;
  readonly message: string;
}
