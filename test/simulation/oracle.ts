// What must hold at every moment of a schedule, and how what is held against it is told.
// Read RFC 9568 §6.4 before changing this file.
import type { Advertisement, VrrpEffect, VrrpEvent, VrrpState } from '#core/vrrp-state.ts';
import type { Plan } from './plan.ts';
import { advertisedGroup, groupOf } from './sim-net.ts';

export class Violation extends Error {
  readonly rule: string;
  readonly atMs: number;

  constructor(rule: string, atMs: number, detail: string) {
    super(`${rule} at ${atMs.toFixed(1)} ms: ${detail}`);
    this.rule = rule;
    this.atMs = atMs;
  }
}

/** How the oracle sees the boxes; true time everywhere. */
export interface View {
  readonly nowMs: number;
  /** Up, not paused, with carrier, and its table says that it answers. */
  answers(box: number, group: number): boolean;
  /** The way to `a` from `b` is open, and both boxes are awake. */
  hears(a: number, b: number): boolean;
  /** By its primary address. */
  boxOf(address: bigint): number;
  state(box: number, group: number): VrrpState | undefined;
  /** Asks to be called again then. */
  remind(atMs: number): void;
}

/** Shorter ones are none (see `pauseLimitMs`), by a clock that may be slow and a loop that sleeps for whole milliseconds. */
const shortestPauseMs = 250 / 0.95 + 10;

/** The loop sleeps for whole milliseconds. */
const roundingMs = 1;

interface Overlap {
  readonly sinceMs: number;
  readonly untilMs: number;
}

interface TakeOver {
  readonly box: number;
  readonly atMs: number;
  readonly from: bigint | null;
  readonly priority: number;
}

/** One step of a state machine. */
export interface Watched {
  readonly before: VrrpState;
  readonly event: VrrpEvent;
  readonly after: VrrpState;
  readonly effects: readonly VrrpEffect[];
}

export class Oracle {
  readonly #plan: Plan;
  readonly #view: View;
  /** By group and pair of boxes. */
  readonly #overlaps = new Map<string, Overlap>();
  readonly #takeOvers = new Map<number, TakeOver>();
  /** Last order that a box followed for a group. */
  readonly #orders = new Map<string, { readonly atMs: number; readonly from: bigint | null }>();
  readonly #reannouncedMs = new Map<string, number>();
  readonly #longestIntervalMs: number;
  /** Since when each box is a candidate for a group without interruption. */
  readonly #healthyMs = new Map<string, number>();
  /** Groups that a box has advertised since it leads them. */
  readonly #advertised = new Set<string>();
  /** When somebody last began to hear again: a link healed, a box woke. */
  #changedMs = 0;

  constructor(plan: Plan, view: View) {
    this.#plan = plan;
    this.#view = view;
    const set = plan.actions.map((action) => (action.kind === 'interval' ? action.intervalMs : 0));
    this.#longestIntervalMs = Math.max(...plan.boxes.map(({ intervalMs }) => intervalMs), ...set) / 0.95;
  }

  linksChanged(): void {
    this.#changedMs = this.#view.nowMs;
    this.look();
  }

  /** E-17: a box that stood still for so long that others may lead answers nothing when it wakes. */
  woke(box: number, stillMs: number, answered: readonly number[]): void {
    // A clock that stood still as well shows nothing.
    const isHidden = this.#plan.actions.some((action) => action.kind === 'freeze' && action.box === box);
    if (isHidden || stillMs <= 4 * this.#longestIntervalMs || stillMs <= shortestPauseMs) return;
    for (const group of answered) {
      // A leaving box lets go as soon as it has read what came meanwhile.
      if (!this.#view.answers(box, group) || this.#view.state(box, group)?.phase === 'leaving') continue;
      throw new Violation('whoever stood still is silent', this.#view.nowMs, `group ${group}: box ${box}`);
    }
  }

  /** S2: at most one answerer per group among boxes that hear each other, but for as long as it takes to find out. */
  look(): void {
    const { groups, boxes } = this.#plan;
    for (let group = 0; group < groups.length; group++) {
      let count = 0;
      for (let box = 0; box < boxes.length; box++) if (this.#view.answers(box, group)) count++;
      if (count < 2 && this.#overlaps.size === 0) continue;
      for (let a = 0; a < boxes.length; a++) {
        for (let b = a + 1; b < boxes.length; b++) {
          const both = count > 1 && this.#view.answers(a, group) && this.#view.answers(b, group);
          this.#lookAtPair(group, a, b, both ? this.#boundMs(group, a, b) : Number.POSITIVE_INFINITY);
        }
      }
    }
  }

  /** `boundMs`: how long both may answer; Infinity: for ever. */
  #lookAtPair(group: number, a: number, b: number, boundMs: number): void {
    const key = `${group} ${a} ${b}`;
    const { nowMs } = this.#view;
    if (boundMs === Number.POSITIVE_INFINITY) {
      this.#overlaps.delete(key);
      return;
    }
    let overlap = this.#overlaps.get(key);
    if (!overlap) {
      overlap = { sinceMs: nowMs, untilMs: nowMs + boundMs };
      this.#overlaps.set(key, overlap);
      this.#view.remind(overlap.untilMs + 0.01);
    }
    if (nowMs > overlap.untilMs) {
      throw new Violation(
        'two answer',
        nowMs,
        `group ${group}: boxes ${a} and ${b} since ${overlap.sinceMs.toFixed(1)}`,
      );
    }
  }

  #boundMs(group: number, a: number, b: number): number {
    const [toA, toB] = [this.#view.hears(a, b), this.#view.hears(b, a)];
    if (toA && toB) return this.#overlapBoundMs();
    // E-20: the better one hears the other and is not heard: it gives way. The worse one cannot know.
    const isLeaving = [a, b].some((box) => this.#view.state(box, group)?.phase === 'leaving');
    const isHeard = !isLeaving && (toA ? this.#isBetter(group, a, b) : toB && this.#isBetter(group, b, a));
    return isHeard && this.#isQuiet ? 7 * this.#longestIntervalMs + this.#plan.delayMs[1] : Number.POSITIVE_INFINITY;
  }

  #isBetter(group: number, a: number, b: number): boolean {
    const [one, other] = [this.#view.state(a, group)?.settings, this.#view.state(b, group)?.settings];
    if (!one || !other) return false;
    return one.priority > other.priority || (one.priority === other.priority && one.address > other.address);
  }

  #overlapBoundMs(): number {
    const { nowMs } = this.#view;
    // An advertisement of the winner has to get through: with up to half of them lost, forty tries are plenty.
    if (!this.#plan.calm && nowMs < this.#plan.healMs + 2500) return 1100 + 40 * this.#longestIntervalMs;
    const sawChange = nowMs - this.#changedMs <= this.#longestIntervalMs;
    return this.#exchangeMs + (sawChange ? this.#longestIntervalMs : 0);
  }

  /** A frame, its answer, and turns that come late. */
  get #exchangeMs(): number {
    const { delayMs, lateMs } = this.#plan;
    return 3 * (delayMs[1] + lateMs + roundingMs);
  }

  /** Whoever leaves advertises without a break, and is heard: nothing but moves, and nothing gets lost. */
  get #isMoving(): boolean {
    const breaks = ['partition', 'one_way', 'storm', 'interval', 'pause', 'freeze', 'carrier'];
    return this.#plan.loss === 0 && !this.#plan.actions.some(({ kind }) => breaks.includes(kind));
  }

  /** Nothing gets lost but by cuts. */
  get #isQuiet(): boolean {
    return this.#plan.loss === 0 && this.#plan.actions.every(({ kind }) => kind !== 'storm' && kind !== 'interval');
  }

  /** What a box makes of an event, against the standard and our profile. */
  watch(box: number, group: number, step: Watched): void {
    const { event, effects } = step;
    this.#lookAtTerm(box, group, step);
    this.#lookAtHealth(box, group, step);
    if (event.kind === 'advertisement') this.#lookAtContest(box, group, { ...step, event });
    for (const effect of effects) {
      if (effect.kind === 'lead') this.#advertised.delete(`${box} ${group}`);
      if (effect.kind === 'lead') this.#lookAtTakeOver(box, group, effect, step.after);
      if (effect.kind === 'lead' && step.after.takenFrom) {
        this.#lookAtOrder(box, group, step.after.takenFrom.address);
        this.#orders.set(`${box} ${group}`, { atMs: this.#view.nowMs, from: step.after.takenFrom.address });
      }
      if (effect.kind === 'reannounce') this.#lookAtReannouncement(box, group);
    }
  }

  /** RFC 9568 §6.4.3: the greater priority stays, then the greater address; whoever was told to leave does not count. */
  #lookAtContest(
    box: number,
    group: number,
    { before, event, after, effects }: Watched & { event: Advertisement },
  ): void {
    if (before.phase !== 'active' || event.priority === 0) return;
    const sender = this.#view.boxOf(event.sender);
    const { priority, address } = before.settings;
    const outranked = event.priority > priority || (event.priority === priority && event.sender > address);
    const what = `group ${group}: box ${box} of ${priority} heard ${event.priority} of ${event.sender}`;
    if (outranked && after.phase === 'active' && before.takenFrom?.address !== event.sender) {
      throw new Violation('the winner wins', this.#view.nowMs, `${what} and stays`);
    }
    this.#lookAtSuccessor(box, group, sender, after);
    if (!outranked) this.#lookAtLoser(box, group, sender);
    if (!outranked) this.#lookAtDeafness(box, group, sender, effects);
    const causes = effects.map((effect) => (effect.kind === 'yield' ? effect.cause : ''));
    if (!outranked && after.phase !== 'active' && !causes.includes('deaf_peer') && !causes.includes('paused')) {
      throw new Violation('the winner wins', this.#view.nowMs, `${what} and gives way`);
    }
  }

  /** An order is followed while the leader waits for it, not when it has given up waiting. */
  #lookAtOrder(box: number, group: number, from: bigint | null): void {
    const leader = this.#view.boxOf(from ?? -1n);
    const mayReturn = this.#plan.actions.some(({ kind }) => kind === 'drain' || kind === 'freeze');
    if (mayReturn || leader < 0 || !this.#view.answers(leader, group)) return;
    if (this.#view.state(leader, group)?.phase === 'leaving') return;
    throw new Violation(
      'orders are fresh',
      this.#view.nowMs,
      `group ${group}: box ${box} takes over from a leader that stays`,
    );
  }

  /** Whoever was told to take over stays, while the box that was told to leave has not heard it yet. */
  #lookAtSuccessor(box: number, group: number, sender: number, after: VrrpState): void {
    const { nowMs } = this.#view;
    const order = this.#orders.get(`${box} ${group}`);
    const other = this.#view.state(sender, group);
    if (after.phase === 'active' || !order || other?.leaving?.after !== 'active' || !this.#isMoving) return;
    if (nowMs - order.atMs > 900 || order.from !== other.settings.address) return;
    throw new Violation(
      'handovers arrive',
      nowMs,
      `group ${group}: box ${box} gives way to box ${sender}, which leaves`,
    );
  }

  /** RFC 9568 §6.4.3: whoever loses is told at once. */
  #lookAtLoser(box: number, group: number, sender: number): void {
    const key = `${group} ${Math.min(box, sender)} ${Math.max(box, sender)}`;
    const overlap = this.#overlaps.get(key);
    if (
      !overlap ||
      !this.#plan.calm ||
      !this.#view.hears(sender, box) ||
      this.#view.state(sender, group)?.phase !== 'active'
    )
      return;
    const untilMs = Math.min(overlap.untilMs, this.#view.nowMs + this.#exchangeMs);
    this.#overlaps.set(key, { ...overlap, untilMs });
    this.#view.remind(untilMs + 0.01);
  }

  /** Whoever hears us is not given way to for being deaf. */
  #lookAtDeafness(box: number, group: number, sender: number, effects: readonly VrrpEffect[]): void {
    if (!effects.some((effect) => effect.kind === 'yield' && effect.cause === 'deaf_peer')) return;
    const { nowMs } = this.#view;
    const heardLately = nowMs - this.#changedMs <= 8 * this.#longestIntervalMs;
    if (!this.#plan.calm || heardLately || !this.#view.hears(sender, box)) return;
    throw new Violation('only the deaf are given way to', nowMs, `group ${group}: box ${box} to box ${sender}`);
  }

  /** A term is counted up by whoever leads, and never down. */
  #lookAtTerm(box: number, group: number, { before, after, effects }: Watched): void {
    const leads = effects.filter(({ kind }) => kind === 'lead').length;
    if (after.term >= before.term + leads) return;
    throw new Violation(
      'terms rise',
      this.#view.nowMs,
      `group ${group}: box ${box} from ${before.term} to ${after.term}`,
    );
  }

  /** Whoever preempts has been a candidate for `preemptDelayMs`. */
  #lookAtHealth(box: number, group: number, { before, event, after, effects }: Watched): void {
    const key = `${box} ${group}`;
    const { nowMs } = this.#view;
    const isNew = before.phase === 'initialize' && after.phase !== 'initialize';
    const isReplaced = effects.some((effect) => effect.kind === 'yield' && effect.cause === 'handed_over');
    if (isNew || isReplaced || event.kind === 'resumed') this.#healthyMs.set(key, nowMs);
    if (!effects.some((effect) => effect.kind === 'lead' && effect.cause === 'preempt')) return;
    const { preempt, preemptDelayMs } = after.settings;
    const healthyMs = nowMs - (this.#healthyMs.get(key) ?? 0);
    // Its clock may be 5 % off, or have stood still.
    if (preempt && healthyMs >= preemptDelayMs * 0.95 - 1) return;
    throw new Violation(
      'preempts when it may',
      nowMs,
      `group ${group}: box ${box}, a candidate since ${healthyMs.toFixed(1)} ms`,
    );
  }

  /** RFC 9568 §6.4.1, RFC 9568 §6.4.2: the advertisement leaves before anything is announced. `vip`: what it claims. */
  sent(box: number, frame: Uint8Array, vip: number | null): void {
    const group = vip === null ? advertisedGroup(frame) : groupOf(vip);
    if (group === null) return;
    const key = `${box} ${group}`;
    if (vip === null) this.#advertised.add(key);
    else if (!this.#advertised.has(key)) {
      throw new Violation('advertises before it announces', this.#view.nowMs, `group ${group}: box ${box}`);
    }
  }

  /** Two backups whose priorities differ do not take over together: the skew sees to that (RFC 9568 §8.3.2). */
  #lookAtTakeOver(box: number, group: number, effect: Extract<VrrpEffect, { kind: 'lead' }>, after: VrrpState): void {
    const { nowMs } = this.#view;
    if (!this.#plan.calm || !['silence', 'goodbye'].includes(effect.cause)) return;
    const { priority } = after.settings;
    const last = this.#takeOvers.get(group);
    this.#takeOvers.set(group, { box, atMs: nowMs, from: effect.from?.address ?? null, priority });
    if (!last || last.box === box || last.from === null || last.from !== effect.from?.address) return;
    const apartMs = nowMs - last.atMs;
    if (
      apartMs < 1.5 &&
      Math.abs(last.priority - priority) >= 16 &&
      this.#view.hears(box, last.box) &&
      this.#view.hears(last.box, box)
    ) {
      throw new Violation(
        'one takes over',
        nowMs,
        `group ${group}: boxes ${last.box} and ${box} within ${apartMs.toFixed(2)} ms`,
      );
    }
  }

  #lookAtReannouncement(box: number, group: number): void {
    const key = `${box} ${group}`;
    const last = this.#reannouncedMs.get(key);
    const { nowMs } = this.#view;
    this.#reannouncedMs.set(key, nowMs);
    // The clock of the box may be 5 % off.
    if (last !== undefined && nowMs - last < 4700) {
      throw new Violation(
        'announces again once in 5 s',
        nowMs,
        `group ${group}: box ${box}, last at ${last.toFixed(1)}`,
      );
    }
  }

  /**
   * After the faults everybody takes part. With preemption, the best candidate leads, unless it gave way to one that did
   * not hear it.
   */
  settled(group: number, leader: number): void {
    const { nowMs } = this.#view;
    for (const box of this.#plan.boxes.keys()) {
      const state = this.#view.state(box, group);
      if (!state || state.phase === 'initialize') {
        throw new Violation('everybody takes part', nowMs, `group ${group}: box ${box} does not`);
      }
      if (box === leader || !state.settings.preempt || state.deaf !== null) continue;
      if (state.settings.priority <= (this.#view.state(leader, group)?.settings.priority ?? 0)) continue;
      throw new Violation('the best one preempts', nowMs, `group ${group}: box ${leader} leads, not ${box}`);
    }
  }

  /** A box that crashed remembers nothing. */
  forget(box: number): void {
    for (let group = 0; group < this.#plan.groups.length; group++) this.#reannouncedMs.delete(`${box} ${group}`);
  }
}
