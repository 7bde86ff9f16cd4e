// What is promised for one fault at a time: how long a take-over takes, that a handover leaves no hole, that leaders stay.
import { activeDownMs, skewMs, type VrrpState } from '#core/vrrp-state.ts';
import { type View, Violation } from './oracle.ts';
import { type Action, nowhere, type Plan } from './plan.ts';

interface Promise {
  readonly rule: string;
  readonly group: number;
  readonly fromMs: number;
  readonly untilMs: number;
  /** Whether it is broken at this moment; `isOver`: the time is up. */
  readonly isBroken: (answering: readonly number[], isOver: boolean) => boolean;
}

/** Orders to main threads take this long. */
const slowestOrderMs = 121;
/** A planned move is over when the leaving box has left. */
const plannedMs = 1400;
/** Up to the next action. */
const stickyMs = 800;

/** What takes a leader away, or lets it go. */
const losses: readonly string[] = ['crash', 'pause', 'freeze', 'carrier', 'drain', 'shutdown'];
/** What must not move anything. */
const edits: readonly string[] = ['priority', 'interval', 'busy'];

export class Expectations {
  readonly #plan: Plan;
  readonly #view: View;
  /** BOUNDED: a few per action. */
  #promises: Promise[] = [];

  constructor(plan: Plan, view: View) {
    this.#plan = plan;
    this.#view = view;
  }

  /** Just before an action of a calm schedule. */
  before(action: Action): void {
    if (!this.#plan.calm) return;
    for (let group = 0; group < this.#plan.groups.length; group++) {
      const leaders = this.#answering(group);
      const leader = leaders[0];
      if (leaders.length !== 1 || leader === undefined) continue;
      if (edits.includes(action.kind)) this.#staysPut(group, leader, stickyMs);
      const backups = this.#settledBackups(group, leader);
      if (backups.length === 0) continue;
      if (action.kind === 'failover') {
        if (action.group === group) this.#handedOver(group, leader, action.to, backups);
      } else if (losses.includes(action.kind) && 'box' in action && action.box === leader) {
        this.#leaderGoes(action.kind, group, leader, backups);
      }
    }
  }

  /** Just after an action of a calm schedule has ended: the box is back, and takes nothing back. */
  after(action: Action): void {
    const { actions, calm, groups } = this.#plan;
    const returns = ['crash', 'pause', 'carrier', 'drain', 'shutdown', 'busy'].includes(action.kind);
    // Whoever begins listens for three of its own intervals (RFC 9568 §6.4.1), which may be one of a slower leader's.
    const isUneven = actions.some(({ kind }) => kind === 'interval');
    if (!calm || !returns || (isUneven && action.kind !== 'busy')) return;
    for (let group = 0; group < groups.length; group++) {
      const leaders = this.#answering(group);
      const leader = leaders[0];
      if (leader === undefined || leaders.length !== 1 || this.#view.state(leader, group)?.phase !== 'active') continue;
      this.#staysPut(group, leader, stickyMs);
    }
  }

  /** Something changed, or a reminder came. */
  look(): void {
    const { nowMs } = this.#view;
    if (this.#promises.length === 0) return;
    for (const { rule, group, fromMs, untilMs, isBroken } of this.#promises) {
      const answering = this.#answering(group);
      if (isBroken(answering, nowMs >= untilMs)) {
        const who = answering.length === 0 ? 'nobody answers' : `boxes ${answering.join(', ')} answer`;
        throw new Violation(rule, nowMs, `group ${group}: ${who}, promised at ${fromMs.toFixed(1)}`);
      }
    }
    this.#promises = this.#promises.filter(({ untilMs }) => nowMs < untilMs);
  }

  /** Whoever leads goes on, unless others may preempt it. */
  #staysPut(group: number, leader: number, forMs: number): void {
    if (this.#plan.boxes.some(({ preempt }) => preempt)) return;
    const fromMs = this.#view.nowMs;
    const isBroken = (answering: readonly number[]) => answering.length !== 1 || answering[0] !== leader;
    this.#promise({ rule: 'sticky', group, fromMs, untilMs: fromMs + forMs, isBroken });
  }

  #handedOver(group: number, leader: number, to: number, backups: readonly VrrpState[]): void {
    if (to === nowhere) this.#staysPut(group, leader, plannedMs);
    else if (to !== leader) this.#noHole(group, leader, backups, slowestOrderMs + this.#slackMs());
  }

  #leaderGoes(kind: string, group: number, leader: number, backups: readonly VrrpState[]): void {
    const waits = kind === 'drain' || kind === 'shutdown' ? skewMs : activeDownMs;
    const withinMs = Math.min(
      ...backups.map(({ settings, activeIntervalMs }) => waits(settings.priority, activeIntervalMs)),
    );
    if (waits === skewMs) this.#noHole(group, leader, backups, withinMs + this.#slackMs());
    else this.#takenOver(group, leader, withinMs + this.#slackMs());
  }

  /** E-18: another box leads soon, and somebody answers all the time. */
  #noHole(group: number, leader: number, backups: readonly VrrpState[], withinMs: number): void {
    if (backups.length === 0) return;
    const fromMs = this.#view.nowMs;
    const isBroken = (answering: readonly number[]) => answering.length === 0;
    this.#promise({ rule: 'no hole', group, fromMs, untilMs: fromMs + plannedMs, isBroken });
    this.#takenOver(group, leader, withinMs);
  }

  #takenOver(group: number, leader: number, withinMs: number): void {
    const fromMs = this.#view.nowMs;
    const isBroken = (answering: readonly number[], isOver: boolean) =>
      isOver && !answering.some((box) => box !== leader);
    this.#promise({ rule: 'taken over in time', group, fromMs, untilMs: fromMs + withinMs, isBroken });
  }

  #promise(promise: Promise): void {
    this.#promises.push(promise);
    this.#view.remind(promise.untilMs);
  }

  #answering(group: number): number[] {
    return this.#plan.boxes.flatMap((_, box) => (this.#view.answers(box, group) ? [box] : []));
  }

  /** States of awake backups that hear this leader, and have for a while. */
  #settledBackups(group: number, leader: number): VrrpState[] {
    const address = this.#view.state(leader, group)?.settings.address;
    return this.#plan.boxes.flatMap((_, box) => {
      const state = this.#view.state(box, group);
      const isSettled = box !== leader && this.#view.hears(box, leader) && state?.phase === 'backup';
      return isSettled && state.leader?.address === address && state.leader?.priority !== 0 ? [state] : [];
    });
  }

  /** Frames on their way, and late turns. */
  #slackMs(): number {
    const { delayMs, lateMs } = this.#plan;
    return 4 * (delayMs[1] + lateMs) + 2.5;
  }
}
