// What a virtual router knows and what can happen to it: plain data, and the timers that follow from it.
// Read RFC 9568 §6.1 before changing this file.

/** `leaving`: no candidate any more, or replaced on request, but answering until the successor is heard. */
export type VrrpPhase = 'initialize' | 'backup' | 'active' | 'leaving';

/** Parameters of a virtual router on this box (RFC 9568 §6.1). */
export interface VrrpSettings {
  /** 1…255; 255: the addresses are this box's own. */
  readonly priority: number;
  /** Advertisement_Interval, 10…40,950 milliseconds. */
  readonly intervalMs: number;
  /** A longer interval than this is never learned: one forged frame must not freeze the backups. */
  readonly maxLearnedIntervalMs: number;
  /** Preempt_Mode: off, whoever leads goes on leading. */
  readonly preempt: boolean;
  /** How long this box must have been a healthy candidate before it preempts. */
  readonly preemptDelayMs: number;
  /** Our primary address as a number: what advertisements leave from. */
  readonly address: bigint;
}

/** Another router that leads, as far as heard. */
export interface HeardLeader {
  readonly address: bigint;
  readonly priority: number;
  /** Its interval as learned, so never above the limit. */
  readonly intervalMs: number;
  readonly lastHeardMs: number;
}

/** An advertisement that was read and is for this group. */
export interface Advertisement {
  readonly kind: 'advertisement';
  readonly priority: number;
  readonly intervalMs: number;
  readonly sender: bigint;
  /** A virtual router that is none of ours; see vrrp-peer.ts. */
  readonly isForeign?: boolean;
  /** Of another make: it advertises first, and gets its addresses after that. A box of ours answers before it says so. */
  readonly answersLate?: boolean;
}

export type VrrpEvent =
  /** This box became a candidate: it has carrier and an address, is not drained, and an address of the group is ours. */
  | { readonly kind: 'start' }
  /** It is no candidate any more, and nothing can be sent: carrier or source address lost, interface gone. */
  | { readonly kind: 'stop' }
  /** It is no candidate any more but can still send: shutdown, drain, a tracked interface lost its carrier. */
  | { readonly kind: 'release' }
  /** Another box was told to take the group. */
  | { readonly kind: 'handover' }
  /**
   * We were told to take the group from the router with this address; null: from whomever we hear. It must be heard.
   * `provisionalMs`: how long the first choice may still have it; left out: not at all.
   */
  | { readonly kind: 'take'; readonly from: bigint | null; readonly provisionalMs?: number }
  | { readonly kind: 'settings'; readonly settings: VrrpSettings }
  | Advertisement
  /** Another known box announced an address of the group. */
  | { readonly kind: 'heard_claim' }
  /** It is `dueMs` or later. Give frames that were received before it first. */
  | { readonly kind: 'timer' }
  /** The loop stood still: `wasPaused`. Throw away frames that were received before. */
  | { readonly kind: 'resumed' };

/** Why this box leads now. `start`: nobody led when it began; `goodbye`: the leader let go. */
export type LeadCause = 'owner' | 'start' | 'silence' | 'goodbye' | 'preempt' | 'take';

/** Why it does not any more. `released`: nobody was heard to succeed. */
export type YieldCause = 'outranked' | 'deaf_peer' | 'paused' | 'stopped' | 'released' | 'handed_over';

export type VrrpEffect =
  /** Send an advertisement with this priority now, before the effects that follow. */
  | { readonly kind: 'advertise'; readonly priority: number }
  /** Answer from now on, and announce. `from`: who led before, and when it was last heard, where that is known. */
  | { readonly kind: 'lead'; readonly cause: LeadCause; readonly from: HeardLeader | null }
  /** Be silent from now on; cancel what is left of announcements. `to`: who leads now, where that is known. */
  | { readonly kind: 'yield'; readonly cause: YieldCause; readonly to: bigint | null }
  /** Announce again what is announced already. */
  | { readonly kind: 'reannounce' }
  /** A handover came to nothing: this box goes on leading. */
  | { readonly kind: 'handover_failed' }
  /** The group is not taken, because a foreign virtual router uses its id. */
  | { readonly kind: 'refused'; readonly sender: bigint };

/** A peer that advertises although we outrank it. */
export interface Contest {
  readonly sender: bigint;
  readonly firstMs: number;
  readonly lastMs: number;
  /** Advertisements heard from it. */
  readonly heard: number;
  /** Advertisements sent meanwhile. */
  readonly sent: number;
}

/** The leader that we were told to replace. */
export interface TakenFrom {
  readonly address: bigint | null;
  readonly lastHeardMs: number;
  readonly untilMs: number;
}

export interface VrrpState {
  readonly phase: VrrpPhase;
  readonly settings: VrrpSettings;
  /** When the event `timer` is due; Infinity: never. */
  readonly dueMs: number;
  /** How often the leader changed, as far as this box saw; not comparable between boxes. */
  readonly term: number;
  /** Since when it leads or does not; leaving is leading. */
  readonly sinceMs: number;
  /** Who else leads; null: we do, or nobody was heard. Priority 0: it has let go. */
  readonly leader: HeardLeader | null;
  /** Active_Adver_Interval: what the down timer counts by while somebody else leads. */
  readonly activeIntervalMs: number;
  /** What it will mean when the down timer fires. */
  readonly awaits: LeadCause;
  /** Since when this box is a candidate without interruption. */
  readonly healthySinceMs: number;
  /** Until then the first choice may have the leadership, taken because nobody led at start, or handed on; 0: never. */
  readonly provisionalUntilMs: number;
  /** Somebody of ours was heard to lead since the start. */
  readonly hasHeardLeader: boolean;
  readonly contest: Contest | null;
  /** A peer that did not hear us, and to which we yielded: nothing is taken from it while it leads. */
  readonly deaf: bigint | null;
  /** Whose advertisements do not count until then, because it was told to leave, as long as it goes on without a break. */
  readonly takenFrom: TakenFrom | null;
  /** How leaving ends, and when at the latest. `successor`: it has advertised, and may not answer yet. */
  readonly leaving: {
    readonly after: 'initialize' | 'active';
    readonly untilMs: number;
    readonly successor?: bigint;
  } | null;
  /** The virtual router that is none of ours and was heard while we were no leader. */
  readonly foreign: { readonly address: bigint; readonly lastHeardMs: number } | null;
  /** The group is not taken because of it, and that was told. */
  readonly isRefused: boolean;
  /** When an advertisement was last answered out of turn. */
  readonly assertedMs: number;
  readonly reannouncedMs: number;
  /** What was seen calls for another announcement, which is not allowed yet. */
  readonly owesAnnouncement: boolean;
}

export interface VrrpStep {
  readonly state: VrrpState;
  readonly effects: readonly VrrpEffect[];
}

/** A leadership taken at start may go to the first choice for this long; what came up later found a leader. */
export const provisionalMs = 30_000;
/** A successor that is not heard within this time does not come. */
export const leaveMs = 1000;
/**
 * keepalived advertises, then adds the address to its interface: whoever fell silent in between left a hole of some
 * milliseconds. Two that answer for so long do no harm.
 */
export const lateAnswerMs = 100;
/** Winners of a split announce again this often at most. */
export const reannounceMs = 5000;
/** A foreign router that was silent for this long has gone: longer than a pair of them needs to fail over. */
export const foreignHoldMs = 60_000;
const shortestPauseMs = 250;
/** A burst that began this long ago at most still has rounds to come, the last one after 2.2 s. */
export const burstMs = 1000;

const never = Number.NEGATIVE_INFINITY;

/** A virtual router that has not started. */
export function initialVrrp(settings: VrrpSettings, nowMs: number): VrrpState {
  return {
    phase: 'initialize',
    settings,
    dueMs: Number.POSITIVE_INFINITY,
    term: 0,
    sinceMs: nowMs,
    leader: null,
    activeIntervalMs: settings.intervalMs,
    awaits: 'start',
    healthySinceMs: nowMs,
    provisionalUntilMs: 0,
    hasHeardLeader: false,
    contest: null,
    deaf: null,
    takenFrom: null,
    leaving: null,
    foreign: null,
    isRefused: false,
    assertedMs: never,
    reannouncedMs: never,
    owesAnnouncement: false,
  };
}

/** Whether addresses of the group are answered here. */
export function isAnswering({ phase }: VrrpState): boolean {
  return phase === 'active' || phase === 'leaving';
}

/** Skew_Time: the better a backup, the sooner it acts (RFC 9568 §6.1). */
export function skewMs(priority: number, activeIntervalMs: number): number {
  return ((256 - priority) * activeIntervalMs) / 256;
}

/** Active_Down_Interval (RFC 9568 §6.1). */
export function activeDownMs(priority: number, activeIntervalMs: number): number {
  return 3 * activeIntervalMs + skewMs(priority, activeIntervalMs);
}

/** How long this backup waits for a sign of the leader. */
export function downMs({ settings, activeIntervalMs }: VrrpState): number {
  return activeDownMs(settings.priority, activeIntervalMs);
}

/**
 * How late the timer of an event may be. An advertisement that is late by two intervals leaves three after the one before:
 * backups may lead by now. What is shorter than a quarter of a second in all is a busy processor and no pause.
 */
export function pauseLimitMs({ settings }: VrrpState): number {
  return Math.max(2 * settings.intervalMs, shortestPauseMs - settings.intervalMs);
}

/** Whether the loop stood still for so long that others may lead by now. Look before anything received is answered. */
export function wasPaused(state: VrrpState, nowMs: number): boolean {
  return nowMs - state.dueMs > pauseLimitMs(state);
}
