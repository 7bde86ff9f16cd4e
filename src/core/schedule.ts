// When each VIP is announced: a burst when it becomes ours, then a refresh now and then, paced per interface.
// Read RFC 5227 §2.3 and RFC 4861 §7.2.6 before changing this file.
import { type Due, DueHeap } from './due-heap.ts';
import { Pacer } from './pacer.ts';

export interface ScheduleSettings {
  /** Offsets of the rounds of a burst, milliseconds, ascending; each counts from when the first round really left. */
  readonly burstMs: readonly number[];
  /** Time between refresh rounds of one VIP, milliseconds, jittered by ± 10 %; 0: never. */
  readonly refreshMs: number;
  /** Frames per second, 1…100000. */
  readonly maxFramesPerSecond: number;
}

/** A round of ARP consists of an Announcement in request form, then one in reply form; one of NDP is a single frame. */
export type AnnouncementForm = 'request' | 'reply';

/** An active row. */
export interface ScheduledRow {
  /** Fixed-width hex of the address, so that it sorts as addresses do. */
  readonly key: string;
  readonly generation: number;
  /** A round is one frame, the request form: IPv6. */
  readonly oneForm?: boolean;
}

/** One frame that is to leave now. */
export interface DueFrame {
  readonly key: string;
  /** 0 for the first round of a burst; goes on counting through the refreshes. */
  readonly round: number;
  readonly form: AnnouncementForm;
}

/** A VIP and its next frame. */
interface Entry extends Due {
  generation: number;
  readonly oneForm: boolean;
  round: number;
  form: AnnouncementForm;
  /** When the last round began, once the burst is over. */
  begunMs: number;
  /** The `sync` that last saw it. */
  seen: number;
}

/** ± 10 %: keeps VIPs that were announced together from staying together. */
const jitter = 0.1;

/**
 * Decides which frame leaves next. Pure: time (monotonic milliseconds, not wrapped) and randomness (0…1) are given.
 *
 * Due frames leave in three classes: first frames, the rest of bursts, refreshes; a VIP that nobody knows yet matters most,
 * and a backlog of refreshes must not delay the repeats that cover for a lost first frame. Within a class what is due
 * earlier comes first, then the lower address. The reply form of a first round is no first frame: it waits until every
 * VIP has had one.
 */
export class AnnouncementSchedule {
  #settings: ScheduleSettings;
  readonly #random: () => number;
  readonly #pacer: Pacer;
  /** BOUNDED: one entry per active row of the table. */
  readonly #entries = new Map<string, Entry>();
  readonly #first = new DueHeap<Entry>();
  readonly #burst = new DueHeap<Entry>();
  readonly #refresh = new DueHeap<Entry>();
  readonly #heaps = [this.#first, this.#burst, this.#refresh];
  #syncs = 0;

  /** `pacer`: shared with whatever else sends on the interface. */
  constructor(settings: ScheduleSettings, random: () => number, pacer = new Pacer(settings.maxFramesPerSecond)) {
    this.#settings = settings;
    this.#random = random;
    this.#pacer = pacer;
  }

  /**
   * Makes the scheduled set equal to these active rows: a new row or another generation starts a burst, a vanished row's
   * frames are cancelled, an unchanged row is left alone.
   */
  sync(rows: readonly ScheduledRow[], nowMs: number): void {
    this.#syncs++;
    for (const row of rows) {
      const { key, generation } = row;
      const known = this.#entries.get(key);
      const entry = known ?? this.#add(row);
      entry.seen = this.#syncs;
      if (known?.generation === generation) continue;
      entry.generation = generation;
      this.#begin(entry, nowMs);
    }
    for (const entry of this.#entries.values()) {
      if (entry.seen === this.#syncs) continue;
      this.#cancel(entry);
      this.#entries.delete(entry.key);
    }
  }

  /**
   * Other settings from now on. Nothing is announced because of that: a burst that has begun goes on at the new distances,
   * and no address whose burst is over begins another one.
   */
  configure(settings: ScheduleSettings, nowMs: number): void {
    const before = this.#settings;
    this.#settings = settings;
    this.#pacer.retune(settings.maxFramesPerSecond);
    const { length } = settings.burstMs;
    for (const entry of this.#entries.values()) {
      const isOver = entry.round >= before.burstMs.length;
      if (!isOver && entry.round < length) continue;
      // Rounds count on from the end of the burst.
      entry.round = Math.max(entry.round, length);
      if (entry.form === 'reply' || (isOver && settings.refreshMs === before.refreshMs)) continue;
      this.#cancel(entry);
      this.#enqueueRefresh(entry, isOver ? entry.begunMs : nowMs);
      // What would have been due long ago does not leave all at once.
      if (entry.dueMs < nowMs) this.#postpone(entry, nowMs);
    }
  }

  /** The frame that is to leave now, or null when nothing is due or pacing says wait. Call until null. */
  take(nowMs: number): DueFrame | null {
    if (this.#pacer.allowedAtMs() > nowMs) return null;
    for (const heap of this.#heaps) {
      const entry = heap.peek();
      if (!entry || entry.dueMs > nowMs) continue;
      heap.remove(entry);
      this.#pacer.spend(nowMs);
      const { key, round, form } = entry;
      this.#advance(entry, nowMs);
      return { key, round, form };
    }
    return null;
  }

  /** Whole milliseconds until `take` may return something; Infinity when never. */
  delayMs(nowMs: number): number {
    let dueMs = Number.POSITIVE_INFINITY;
    for (const heap of this.#heaps) dueMs = Math.min(dueMs, heap.peek()?.dueMs ?? Number.POSITIVE_INFINITY);
    return Math.max(0, Math.ceil(Math.max(dueMs, this.#pacer.allowedAtMs()) - nowMs));
  }

  /** Announces these as if they were new: somebody else may have changed what neighbors believe. */
  restart(keys: Iterable<string>, nowMs: number): void {
    for (const key of keys) {
      const entry = this.#entries.get(key);
      if (entry) this.#begin(entry, nowMs);
    }
  }

  #add({ key, generation, oneForm = false }: ScheduledRow): Entry {
    const entry: Entry = {
      key,
      generation,
      oneForm,
      dueMs: 0,
      position: -1,
      round: 0,
      form: 'request',
      begunMs: 0,
      seen: 0,
    };
    this.#entries.set(key, entry);
    return entry;
  }

  #cancel(entry: Entry): void {
    for (const heap of this.#heaps) heap.remove(entry);
  }

  #begin(entry: Entry, nowMs: number): void {
    this.#cancel(entry);
    entry.round = 0;
    entry.form = 'request';
    const [firstMs] = this.#settings.burstMs;
    if (firstMs === undefined) {
      this.#enqueueRefresh(entry, nowMs);
      return;
    }
    entry.dueMs = nowMs + firstMs;
    this.#first.push(entry);
  }

  #advance(entry: Entry, nowMs: number): void {
    const { burstMs } = this.#settings;
    const inBurst = entry.round < burstMs.length;
    if (entry.form === 'request' && !entry.oneForm) {
      entry.form = 'reply';
      entry.dueMs = nowMs;
      (inBurst ? this.#burst : this.#refresh).push(entry);
      return;
    }
    // A reply form's due time is when its round really began: gaps count from there. What pacing or a pause delayed
    // is not caught up with, because repeats that lie closer together cover for less.
    const begunMs = entry.oneForm ? nowMs : entry.dueMs;
    entry.form = 'request';
    entry.round++;
    const offsetMs = burstMs[entry.round];
    if (offsetMs === undefined) {
      this.#enqueueRefresh(entry, begunMs);
      return;
    }
    entry.dueMs = begunMs + offsetMs - (burstMs[entry.round - 1] ?? 0);
    this.#burst.push(entry);
  }

  #enqueueRefresh(entry: Entry, begunMs: number): void {
    const { refreshMs } = this.#settings;
    entry.begunMs = begunMs;
    if (refreshMs <= 0) return;
    entry.dueMs = begunMs + refreshMs * (1 - jitter + 2 * jitter * this.#random());
    this.#refresh.push(entry);
  }

  /** To some time within the time between refreshes. */
  #postpone(entry: Entry, nowMs: number): void {
    this.#refresh.remove(entry);
    entry.dueMs = nowMs + this.#settings.refreshMs * this.#random();
    this.#refresh.push(entry);
  }
}
