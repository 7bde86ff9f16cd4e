// Every way out of the process on one page: what the rest of the program may ask of the world.

import type { AppliedDocuments } from '#model/applied-documents.ts';
import type { CaptureReport, CaptureState } from '#model/captures.ts';
import type { ClaimOrders, ClaimSight, ClaimsView } from '#model/claims.ts';
import type { GroupView } from '#model/group-view.ts';
import type { JournalEntry } from '#model/journal.ts';
import type { NodeConfig } from '#model/node-config.ts';
import type { Peer } from '#model/peers.ts';
import type { ConfigProblem, RunningProblem } from '#model/problem.ts';
import type { Inputs, Interface, Position } from '#model/resources.ts';
import type { GivenSetting } from '#model/setting.ts';
import type { Announcement, Memory, Snapshot } from '#model/snapshot.ts';
import type { Undelivered } from '#model/traffic.ts';
import type { FrameStamp } from '#model/traffic-frame.ts';

export type { CaptureReport, CaptureState } from '#model/captures.ts';

/** Own clocks. Only `monotonicMs` decides anything; wall time is for people. */
export interface Clock {
  /** CLOCK_BOOTTIME in milliseconds: goes on during suspend. */
  monotonicMs(): number;
  /** Milliseconds since 1970. */
  wallMs(): number;
  setTimeout(callback: () => void, delayMs: number): () => void;
}

/** A load of the whole declared state. */
export type LoadResult =
  | {
      readonly ok: true;
      readonly inputs: Inputs;
      readonly config: NodeConfig;
      /** Object errors and warnings; document errors make the load fail. */
      readonly problems: readonly ConfigProblem[];
      /** The documents as read, to be kept as "last applied". */
      readonly documents: readonly { readonly file: string; readonly text: string }[];
      readonly skipped: readonly string[];
      /** Where each setting of the node is said, by its path (`election.mode`). Left out: nowhere. */
      readonly settingPlaces?: ReadonlyMap<string, Position>;
    }
  | { readonly ok: false; readonly problems: readonly ConfigProblem[]; readonly vanished: boolean };

/** Where declared resources come from. Level-triggered: `onChange` says only "look again". */
export interface Source {
  load(): Promise<LoadResult>;
  watch(onChange: () => void): void;
  close(): void;
}

/** The kernel's interfaces, addresses and default routes. */
export interface LinkObserver {
  /** The present state; throws nothing, returns the last good list on failure. */
  interfaces(): readonly Interface[];
  /** Calls back soon after something changed (rtnetlink). */
  watch(onChange: () => void): void;
  close(): void;
}

/** An address to answer for on an interface, as long as this node leads its group. */
export type AnnouncedRow = Pick<Announcement, 'address' | 'interface' | 'group'>;

/** Opens and closes capture on interfaces and makes their tables equal the plan. Idempotent; takes the whole wanted set. */
export interface AnnouncementSink {
  apply(
    rows: readonly AnnouncedRow[],
    interfaces: readonly Interface[],
    settings: NodeConfig,
    /** Names of the interfaces that policies select on this node: captured even while no row is theirs. */
    selected: readonly string[],
    orders: ClaimOrders,
  ): void;
  /** What is known about claims, one per interface that is captured on. */
  claims(): readonly ClaimSight[];
  /** Resolves when every wanted link of the last `apply` is open, or is known to be denied or down. */
  settled(): Promise<void>;
  /** What is going on per interface, for `get interfaces` and `get announcements`. */
  report(): readonly CaptureReport[];
  /** Withdraws everything and stops the workers. */
  close(): Promise<void>;
}

/** One interface to capture on, with the shared table of its rows. */
export interface CaptureTarget {
  readonly interface: string;
  readonly index: number;
  readonly mac: string;
  readonly up: boolean;
  readonly table: SharedArrayBuffer;
  /** `ElectionSettings` as shared text; null: no leader is elected there. */
  readonly election: SharedArrayBuffer | null;
}

/** Capture workers, one per interface. Takes the whole wanted set; unchanged ones go on undisturbed. */
export interface CaptureWorkers {
  apply(wanted: readonly CaptureTarget[], announce: NodeConfig['announce']): void;
  /** Wakes the worker of this interface, so that it re-reads its table now. */
  wake(name: string): void;
  states(): readonly CaptureState[];
  settled(): Promise<void>;
  close(): Promise<void>;
}

/** The low 24 bits of the IPv6 VIPs of an interface: those that share them share a group (RFC 4291 §2.7.1). */
export interface GroupTarget extends Pick<CaptureTarget, 'interface' | 'index' | 'mac'> {
  readonly suffixes: ReadonlySet<number>;
  /** The 16 bytes of its link-local address; null while there is none. */
  readonly source: Uint8Array | null;
  /** Counts how often the carrier came. */
  readonly carrierUps: number;
}

/** Joins solicited-node groups, so that solicitations get through cards and switches. Takes the whole wanted set. */
export interface NeighborGroups {
  /** Interface name → what could not be joined there, for people. */
  apply(wanted: readonly GroupTarget[]): ReadonlyMap<string, string>;
  close(): void;
}

/** Memberships in the kernel, as many as are good. */
export interface GroupMemberships extends NeighborGroups {
  /** What the kernel has not joined on this interface, and whether the card lets it in all the same. */
  beyond(index: number): { readonly suffixes: ReadonlySet<number>; readonly isReceived: boolean };
}

/** Hears queries about groups on one interface, and sends whole frames there. */
export interface GroupSocket {
  send(frame: Uint8Array): boolean;
  /** A frame that waits, valid until the next call; null when there is none. */
  receive(): Uint8Array | null;
  close(): void;
}

/** Wake-up of a thread that sleeps in poll(2): an eventfd. */
export interface Doorbells {
  open(): number;
  ring(fd: number): void;
  close(fd: number): void;
}

/** Makes the box accept the traffic it attracts (`delivery: local`). Idempotent; takes the whole wanted set. */
export interface Delivery {
  apply(addresses: readonly string[], interfaces: readonly string[]): readonly string[];
  /** Addresses on this box that delivery added. */
  delivered(): ReadonlySet<string>;
  restore(): void;
}

/** What survives a restart. No method throws: `fault()` says what is wrong, and callers go on from memory. */
export interface StateStore {
  /** What the last `saveMemory` kept; null when nothing was ever kept. Positions of objects are not kept. */
  loadMemory(): Memory | null;
  /** Committed to disk when this returns, unless `fault()` says otherwise; then the next call tries again. */
  saveMemory(memory: Memory): void;
  /**
   * When this installation first saw these objects (`Kind/namespace/name`), recording `nowMs` for new ones. May be called
   * for a part of a load at a time.
   */
  firstSeen(objects: readonly string[], nowMs: number): ReadonlyMap<string, number>;
  /** Forgets the times of all objects but these. */
  retainSeen(objects: ReadonlySet<string>): void;
  /** `key` stands for the set of `-c` paths. One set of documents is kept per key. */
  saveApplied(key: string, applied: AppliedDocuments): void;
  loadApplied(key: string): AppliedDocuments | null;
  /** Generation and digest alone: reads no documents. */
  appliedGeneration(key: string): { readonly generation: number; readonly digest: string } | null;
  /** Adds to the journal and bounds it to the newest `keep` entries. */
  append(entries: readonly JournalEntry[], keep: number): void;
  /** The newest `limit` entries, oldest first. */
  journal(limit: number): readonly JournalEntry[];
  /** Why nothing can be written at present, or null. */
  fault(): string | null;
  /** What was lost or put aside since this store was opened (a damaged file), or null. */
  damage(): string | null;
  close(): void;
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

export interface Log {
  write(level: LogLevel, message: string, fields?: Readonly<Record<string, unknown>>): void;
}

/** What the daemon knows at one moment; the control API, CLI and UI are views of it and of nothing else. */
export interface DaemonView {
  readonly node: string;
  readonly pid: number;
  readonly version: string;
  /** Wall clock, milliseconds since 1970. */
  readonly nowMs: number;
  readonly startedMs: number;
  /** Config generation, 0 before the first was applied. */
  readonly generation: number;
  readonly loadedMs: number;
  readonly paths: readonly string[];
  /** False while the configuration on disk was refused and the last good one runs. */
  readonly configValid: boolean;
  readonly configProblems: readonly ConfigProblem[];
  /** Where the settings that run are said in files, by path. */
  readonly settingPlaces: ReadonlyMap<string, Position>;
  /** What was said when the daemon was started, and goes before any file. */
  readonly given?: readonly GivenSetting[];
  /** Files were written since they were loaded, and wait for `lanlord reload`. */
  readonly isDiskNewer: boolean;
  readonly snapshot: Snapshot | null;
  readonly captures: readonly CaptureReport[];
  readonly problems: readonly (RunningProblem & { readonly sinceMs: number })[];
  /** Announced addresses whose traffic ends here. */
  readonly undelivered?: readonly Undelivered[];
  /** Since when this node leads an announced (address, interface), wall ms, and its local term; key `ip%interface`. */
  readonly leading: ReadonlyMap<string, { readonly sinceMs: number; readonly term: number }>;
  readonly claims?: ClaimsView;
  /** Other boxes; left out while this one knows of no others. */
  readonly peers?: readonly Peer[];
  /** When this was read, on the clock of `Peer.heardMs`. */
  readonly monotonicMs?: number;
  /** Groups that this box takes part in, on every interface. Left out: it is alone. */
  readonly groups?: readonly GroupView[];
}

/** An open capture handle on one interface. Nothing here allocates per frame. */
export interface Link extends FrameStamp {
  /** > 0: captured length, bytes are `frame[0..n)` until the next call; 0: nothing waits; −1: gone, reopen; −2: other error. */
  next(): number;
  readonly frame: Uint8Array;
  /** `slots` × `slotBytes`: frames to send. */
  readonly out: Uint8Array;
  readonly slotBytes: number;
  readonly slots: number;
  /** Sends the first `count` slots, slot i being `lengths[i]` bytes long; how many left. */
  flush(count: number, lengths: Uint16Array): number;
  /** Sleeps until readable (1), woken (2) or broken (4), bits; −1 waits for ever. */
  wait(timeoutMs: number): number;
  stats(): { readonly received: number; readonly dropped: number; readonly interfaceDropped: number };
  close(): void;
}
