// When an address is probed for before it is used, and what that comes to.
// Read RFC 5227 §2.1.1, RFC 5227 §2.2 and RFC 4862 §5.4 before changing this file.
import { type Due, DueHeap } from './due-heap.ts';
import type { Pacer } from './pacer.ts';

/** Milliseconds throughout. */
export interface ProbeTimes {
  /** The first probe leaves after a random time up to this: boxes that start together do not speak together. */
  readonly waitMs: number;
  readonly probes: number;
  /** Time between two probes, chosen evenly from this range. */
  readonly minMs: number;
  readonly maxMs: number;
  /** Silence after the last probe, before the address is used. */
  readonly afterMs: number;
}

export type ProbeProfile = 'wired' | 'standard';

/** Profiles by name. */
export const probeTimes: Readonly<Record<ProbeProfile, ProbeTimes>> = {
  // RFC 5227 §2.2 allows shorter times where the network is known to be quick: a wired LAN answers within a millisecond.
  wired: { waitMs: 100, probes: 3, minMs: 200, maxMs: 200, afterMs: 300 },
  // RFC 5227 §1.1: PROBE_WAIT, PROBE_NUM, PROBE_MIN, PROBE_MAX, ANNOUNCE_WAIT.
  standard: { waitMs: 1000, probes: 3, minMs: 1000, maxMs: 2000, afterMs: 2000 },
};

/** RFC 4862 §5.1: DupAddrDetectTransmits 1, and RFC 4861 §10: RETRANS_TIMER, MAX_RTR_SOLICITATION_DELAY. */
export const neighborProbeTimes: Readonly<Record<ProbeProfile, ProbeTimes>> = {
  wired: { waitMs: 100, probes: 1, minMs: 1000, maxMs: 1000, afterMs: 1000 },
  standard: { waitMs: 1000, probes: 1, minMs: 1000, maxMs: 1000, afterMs: 1000 },
};

/** RFC 5227 §1.1: MAX_CONFLICTS and RATE_LIMIT_INTERVAL. */
const maxConflicts = 10;
const rateLimitMs = 60_000;
/** A frame that did not leave is no probe: the interface has trouble, and comes back in its own time. */
const retryMs = 1000;
/** Frames are looked at in their order: those that answered a probe have been seen by then, also in a flood. */
const floodMs = 2000;

/** A row that is to be claimed. `key`: fixed-width hex of the address. */
export interface Candidate {
  readonly key: string;
  readonly generation: number;
  readonly family: 4 | 6;
  /** It is only asked about, never to be used: no attempt in the sense of RFC 5227 §2.1.1. */
  readonly isQuestion?: boolean;
}

interface Entry extends Due, Candidate {
  generation: number;
  isQuestion: boolean;
  sent: number;
  /** Concluded: stays until the row goes or gets another generation, so that it is not begun again. */
  isDone: boolean;
  /** The `sync` that last saw it. */
  seen: number;
}

export type ProbeStep =
  /** A probe for this address is to leave now. */
  | { readonly act: 'probe'; readonly key: string }
  /** Nobody has it. */
  | { readonly act: 'clear'; readonly key: string; readonly generation: number };

/** Decides about probes. Pure: time (monotonic milliseconds, not wrapped) and randomness (0…1) are given. */
export class ProbeSchedule {
  readonly #random: () => number;
  readonly #pacer: Pacer;
  /** BOUNDED: one entry per row that is being claimed. */
  readonly #entries = new Map<string, Entry>();
  /** Addresses that were probed for already come first: of many, the first are used soon instead of all at the end. */
  readonly #begun = new DueHeap<Entry>();
  readonly #waiting = new DueHeap<Entry>();
  #times: Readonly<Record<4 | 6, ProbeTimes>> = { 4: probeTimes.wired, 6: neighborProbeTimes.wired };
  #syncs = 0;
  /** Conflicts since the last address that turned out to be free. */
  #conflicts = 0;
  #lastAttemptMs = Number.NEGATIVE_INFINITY;

  /** `pacer`: shared with whatever else sends on the interface. */
  constructor(pacer: Pacer, random: () => number) {
    this.#pacer = pacer;
    this.#random = random;
  }

  /** Makes the set of candidates equal to these: a new one, or another generation, begins; a vanished one is dropped. */
  sync(candidates: readonly Candidate[], profile: ProbeProfile, nowMs: number): void {
    this.#times = { 4: probeTimes[profile], 6: neighborProbeTimes[profile] };
    this.#syncs++;
    for (const { key, generation, family, isQuestion = false } of candidates) {
      const known = this.#entries.get(key);
      const fresh = { dueMs: 0, position: -1, sent: 0, isDone: false, seen: 0 };
      const entry = known ?? { key, generation, family, isQuestion, ...fresh };
      entry.seen = this.#syncs;
      if (known?.generation === generation) continue;
      entry.generation = generation;
      entry.isQuestion = isQuestion;
      this.#entries.set(key, entry);
      this.#begin(entry, nowMs);
    }
    for (const entry of this.#entries.values()) if (entry.seen !== this.#syncs) this.#drop(entry);
  }

  /**
   * What is to be done now, or null; call until null. `hasHeardAll`: no frame waits to be looked at. Silence counts only
   * then, or after a while of frames without end.
   */
  take(nowMs: number, hasHeardAll: boolean): ProbeStep | null {
    const begun = this.#begun.peek();
    const entry = begun && begun.dueMs <= nowMs ? begun : this.#waiting.peek();
    if (!entry || entry.dueMs > nowMs) return null;
    const { key, generation, family } = entry;
    if (entry.sent >= this.#times[family].probes) {
      if (!hasHeardAll && nowMs < entry.dueMs + floodMs) return null;
      this.#finish(entry);
      if (!entry.isQuestion) this.#conflicts = 0;
      return { act: 'clear', key, generation };
    }
    if (this.#pacer.allowedAtMs() > nowMs) return null;
    this.#pacer.spend(nowMs);
    entry.sent++;
    const { probes, minMs, maxMs, afterMs } = this.#times[family];
    // Counted from when the probe really leaves, so that a late one is waited for as long as any other.
    this.#at(entry, nowMs + (entry.sent < probes ? minMs + (maxMs - minMs) * this.#random() : afterMs));
    return { act: 'probe', key };
  }

  /** The probe that `take` gave did not leave: it is tried again, and silence means nothing until then. */
  unsent(key: string, nowMs: number): void {
    const entry = this.#entries.get(key);
    if (!entry || entry.isDone) return;
    entry.sent = Math.max(0, entry.sent - 1);
    this.#at(entry, nowMs + retryMs);
  }

  /**
   * Somebody else claims the address, or probes for it too: it is given up (RFC 5227 §2.1.1). The generation that is
   * concluded; null when the address is none of the candidates.
   */
  conflict(key: string, nowMs: number): number | null {
    const entry = this.#entries.get(key);
    if (!entry || entry.isDone) return null;
    this.#finish(entry);
    if (!entry.isQuestion && ++this.#conflicts === maxConflicts) this.#slowDown(nowMs);
    return entry.generation;
  }

  /** Everything that has not begun waits for its turn. */
  #slowDown(nowMs: number): void {
    this.#lastAttemptMs = nowMs;
    for (const other of this.#entries.values()) if (!other.isDone && other.sent === 0) this.#begin(other, nowMs);
  }

  /** Whole milliseconds until `take` may return something; Infinity when never. */
  delayMs(nowMs: number): number {
    return Math.min(this.#delayOf(this.#begun.peek(), nowMs), this.#delayOf(this.#waiting.peek(), nowMs));
  }

  #delayOf(entry: Entry | undefined, nowMs: number): number {
    if (!entry) return Number.POSITIVE_INFINITY;
    const paced = entry.sent < this.#times[entry.family].probes ? this.#pacer.allowedAtMs() : nowMs;
    return Math.max(0, Math.ceil(Math.max(entry.dueMs, paced) - nowMs));
  }

  #begin(entry: Entry, nowMs: number): void {
    entry.sent = 0;
    entry.isDone = false;
    let startMs = nowMs;
    // RFC 5227 §2.1.1: after MAX_CONFLICTS, one new address per RATE_LIMIT_INTERVAL.
    if (!entry.isQuestion) {
      if (this.#conflicts >= maxConflicts) startMs = Math.max(nowMs, this.#lastAttemptMs + rateLimitMs);
      this.#lastAttemptMs = startMs;
    }
    this.#at(entry, startMs + this.#times[entry.family].waitMs * this.#random());
  }

  #at(entry: Entry, dueMs: number): void {
    this.#take(entry);
    entry.dueMs = dueMs;
    (entry.sent > 0 ? this.#begun : this.#waiting).push(entry);
  }

  /** Out of whichever heap it is in. */
  #take(entry: Entry): void {
    this.#begun.remove(entry);
    this.#waiting.remove(entry);
  }

  #finish(entry: Entry): void {
    this.#take(entry);
    entry.isDone = true;
  }

  #drop(entry: Entry): void {
    this.#take(entry);
    this.#entries.delete(entry.key);
  }
}
