// Plays a schedule on the virtual clock and holds it against the oracle.
import { stepVrrp } from '#core/vrrp.ts';
import { formatAddress } from '#model/address.ts';
import { toHex } from '#wire/bytes.ts';
import { seeded } from '../support/seeded.ts';
import { EventQueue } from './event-queue.ts';
import { Expectations } from './expectations.ts';
import { Host } from './host.ts';
import { Oracle, Violation, type Watched } from './oracle.ts';
import { type Action, nowhere, type Plan } from './plan.ts';
import { client, type Delivery, Segment } from './segment.ts';
import type { Behaviour } from './sim-box.ts';
import {
  boxAddress,
  boxOfAddress,
  claimedMac,
  claimOf,
  groupOf,
  question,
  receiverOf,
  type Vip,
  vipOf,
} from './sim-net.ts';

type Item = () => void;

export interface Outcome {
  readonly violation: Violation | null;
  /** Events that were played. */
  readonly events: number;
}

const askEveryMs = 470;
/** Questions and answers of the last check are through by then. */
const lastWordsMs = 50;
/** A main thread that is busy hears an order this much later. */
const slowestOrderMs = 120;
/** After the heal everything is over by then: listening, leaving, preempting. */
const settleMs = 2700;

export const faithful: Behaviour = { step: stepVrrp };

export function runPlan(plan: Plan, behaviour: Behaviour = faithful): Outcome {
  const run = new Run(plan, behaviour);
  try {
    run.play();
  } catch (error) {
    if (!(error instanceof Violation)) throw error;
    return { violation: error, events: run.events };
  }
  return { violation: null, events: run.events };
}

class Run {
  readonly #plan: Plan;
  readonly #queue = new EventQueue<Item>();
  readonly #random: () => number;
  readonly #segment: Segment;
  readonly #hosts: readonly Host[];
  readonly #oracle: Oracle;
  readonly #expectations: Expectations;
  readonly #vips: readonly (readonly Vip[])[];
  /** What a client believes that hears announcements and never asks: the MAC of each address. */
  readonly #believed = new Map<number, string>();
  /** Boxes that answered the question that is under way. */
  readonly #replies = new Map<number, Set<number>>();
  /** When each box yielded each group last. */
  readonly #yieldedMs = new Map<string, number>();
  #isDirty = false;
  events = 0;

  constructor(plan: Plan, behaviour: Behaviour) {
    this.#plan = plan;
    this.#random = seeded(plan.seed ^ 0x5eed);
    this.#vips = plan.groups.map((_, group) => Array.from({ length: plan.addresses }, (_, i) => vipOf(group, i)));
    const clock = () => this.#queue.nowMs;
    this.#segment = new Segment(plan, this.#random, clock, (delayMs, delivery) =>
      this.#in(delayMs, () => this.#arrive(delivery)),
    );
    this.#hosts = plan.boxes.map((box, index) => {
      const watch = (group: number, step: Watched) => {
        if (step.effects.some(({ kind }) => kind === 'lead' || kind === 'yield')) this.#isDirty = true;
        if (step.effects.some(({ kind }) => kind === 'yield')) this.#yieldedMs.set(`${index} ${group}`, this.#nowMs);
        this.#oracle.watch(index, group, step);
      };
      const around = { random: this.#random, watch, send: (frame: Uint8Array) => this.#sent(index, frame) };
      return new Host(index, plan, box, behaviour, around);
    });
    const view = {
      queue: this.#queue,
      get nowMs() {
        return this.queue.nowMs;
      },
      answers: (box: number, group: number) => this.#host(box).answers(group, this.#queue.nowMs),
      hears: (a: number, b: number) => this.#hears(a, b),
      boxOf: boxOfAddress,
      state: (box: number, group: number) => this.#host(box).box?.states[group],
      remind: (atMs: number) => this.#queue.push(atMs, () => this.#look()),
    };
    this.#oracle = new Oracle(plan, view);
    this.#expectations = new Expectations(plan, view);
  }

  play(): void {
    const { boxes, actions, healMs, endMs } = this.#plan;
    for (const [box, { bootMs }] of boxes.entries())
      this.#at(bootMs, () => this.#change(box, (host) => host.boot(this.#nowMs)));
    for (const action of actions) this.#at(action.atMs, () => this.#begin(action));
    this.#at(healMs, () => {
      this.#segment.isHealed = true;
      this.#oracle.linksChanged();
    });
    this.#at(healMs + settleMs, () => this.#settled());
    this.#at(askEveryMs, () => this.#ask());
    for (let next = this.#queue.pop(endMs); next; next = this.#queue.pop(endMs)) {
      this.events++;
      next();
      if (this.#isDirty) this.#look();
    }
    this.#ended();
  }

  get #nowMs(): number {
    return this.#queue.nowMs;
  }

  #host(box: number): Host {
    return this.#hosts[box] as Host;
  }

  #at(atMs: number, item: Item): void {
    this.#queue.push(atMs, item);
  }

  #in(delayMs: number, item: Item): void {
    this.#queue.push(this.#queue.nowMs + delayMs, item);
  }

  #look(): void {
    this.#isDirty = false;
    this.#oracle.look();
    this.#expectations.look();
  }

  #hears(a: number, b: number): boolean {
    return this.#host(a).isOnline && this.#host(b).isOnline && !this.#segment.isCut(b, a);
  }

  #sent(from: number, frame: Uint8Array): void {
    const host = this.#host(from);
    const vip = claimOf(frame);
    this.#oracle.sent(from, frame, vip);
    if (!host.isOnline) return;
    const to = receiverOf(frame);
    // S1: a frame that says where an address is comes from a box that leads its group, or led when it was asked: answers
    // of a turn leave at its end.
    const isLed = (group: number) => {
      return (
        host.answers(group, this.#nowMs) || (to === 'client' && this.#yieldedMs.get(`${from} ${group}`) === this.#nowMs)
      );
    };
    if (vip !== null && !isLed(groupOf(vip))) {
      throw new Violation('only leaders speak', this.#nowMs, `group ${groupOf(vip)}: box ${from} announces or answers`);
    }
    if (to === null) this.#segment.broadcast(from, frame);
    else this.#segment.unicast(from, to === 'client' ? client : to, frame);
  }

  #arrive({ from, to, frame }: Delivery): void {
    if (to === client) this.#clientHears(from, frame);
    else if (from === client || !this.#segment.isCut(from, to)) {
      this.#host(to).receive(frame, this.#nowMs);
      this.#plans(to);
    }
  }

  #clientHears(from: number, frame: Uint8Array): void {
    const vip = claimOf(frame);
    if (vip === null) return;
    if (receiverOf(frame) === 'client') this.#replies.get(vip)?.add(from);
    else this.#believed.set(vip, claimedMac(frame));
  }

  /** Something is done to a box from outside, and its next turn is planned anew. */
  #change(box: number, act: (host: Host) => void): void {
    act(this.#host(box));
    this.#isDirty = true;
    this.#plans(box);
  }

  #plans(box: number): void {
    const host = this.#host(box);
    const atMs = host.nextTurnMs();
    if (atMs === null) return;
    // A turn that was planned for later is void by then.
    const ticket = host.plan(atMs);
    if (ticket === null) return;
    this.#at(Math.max(atMs, this.#nowMs) + this.#plan.lateMs * this.#random(), () => {
      if (!host.isTicket(ticket)) return;
      host.turn(this.#nowMs);
      this.#plans(box);
    });
  }

  #begin(action: Action): void {
    this.#expectations.before(action);
    const answered = this.#answeredBy(action);
    const end = this.#inflict(action);
    this.#isDirty = true;
    if (!end || !('forMs' in action)) return;
    const endMs = Math.min(action.atMs + action.forMs, this.#plan.healMs);
    this.#at(endMs, () => {
      end();
      this.#isDirty = true;
      if (['partition', 'one_way', 'freeze'].includes(action.kind)) this.#oracle.linksChanged();
      if (action.kind === 'pause') this.#oracle.woke(action.box, endMs - action.atMs, answered);
      this.#expectations.after(action);
    });
  }

  /** Groups that the box answers for, those apart that it leaves for good: it has no timer then, and reads what came. */
  #answeredBy(action: Action): readonly number[] {
    if (action.kind !== 'pause') return [];
    const host = this.#host(action.box);
    return [...this.#vips.keys()].filter((group) => {
      return host.answers(group, this.#nowMs) && host.box?.states[group]?.leaving?.after !== 'initialize';
    });
  }

  /** Does it, and says how it ends. */
  #inflict(action: Action): Item | null {
    switch (action.kind) {
      case 'partition':
        return this.#cutAll(action.side);
      case 'one_way':
        this.#segment.cut(action.from, action.to, 1);
        return () => this.#segment.cut(action.from, action.to, -1);
      case 'storm': {
        const { losses } = this.#segment;
        losses.push(action.loss);
        return () => losses.splice(losses.indexOf(action.loss), 1);
      }
      case 'unwanted':
        this.#change(action.box, (host) => host.unwant(action.group, 1, this.#nowMs));
        return () => this.#change(action.box, (host) => host.unwant(action.group, -1, this.#nowMs));
      case 'failover':
        return this.#failover(action.group, action.to);
      case 'priority':
      case 'preempt':
      case 'interval':
        this.#change(action.box, (host) => host.reconfigure(action, this.#nowMs));
        return null;
      default: {
        const { kind, box } = action;
        if (kind === 'crash') this.#oracle.forget(box);
        this.#change(box, (host) => host.suffer(kind, this.#nowMs));
        return () => {
          if (kind === 'shutdown') this.#oracle.forget(box);
          this.#change(box, (host) => host.recover(kind, this.#nowMs));
        };
      }
    }
  }

  #cutAll(side: readonly number[]): Item {
    const both = (by: 1 | -1) => {
      for (const [a] of this.#plan.boxes.entries()) {
        for (const [b] of this.#plan.boxes.entries())
          if (side.includes(a) !== side.includes(b)) this.#segment.cut(a, b, by);
      }
    };
    both(1);
    return () => both(-1);
  }

  /** What the hello does: the leader is told to hand over, and its successor to take the group. */
  #failover(group: number, to: number): null {
    const from = this.#hosts.findIndex((host) => host.box?.states[group]?.phase === 'active');
    if (from < 0 || from === to || !this.#host(from).isAwake) return null;
    this.#change(from, (host) => host.order(group, 'give', null, this.#nowMs));
    const address = formatAddress(boxAddress(from, this.#plan.groups[group] ?? 'IPv4'));
    const loss = Math.max(...this.#segment.losses);
    if (to === nowhere || this.#random() < loss || this.#segment.isCut(from, to)) return null;
    // Two main threads that are busy with something else.
    this.#in(this.#plan.delayMs[1] + slowestOrderMs * this.#random(), () =>
      this.#change(to, (host) => host.order(group, 'take', address, this.#nowMs)),
    );
    return null;
  }

  #ask(): void {
    if (this.#nowMs > this.#plan.endMs - 2 * lastWordsMs) return;
    const vips = this.#vips.flat();
    const vip = vips[Math.floor(this.#random() * vips.length)] ?? 0;
    this.#question(vip);
    this.#in(askEveryMs, () => this.#ask());
  }

  #question(vip: Vip): void {
    this.#replies.set(vip, new Set());
    this.#segment.broadcast(client, question(this.#plan.groups[groupOf(vip)] ?? 'IPv4', vip));
  }

  /** L1: the faults are over since a while: every group has one leader. It is the same one at the end. */
  #settled(): void {
    const leaders = this.#vips.map((_, group) => this.#leaderOf(group));
    for (const [group, leader] of leaders.entries()) this.#oracle.settled(group, leader);
    const terms = leaders.map((box, group) => this.#host(box).box?.states[group]?.term);
    this.#at(this.#plan.endMs - lastWordsMs, () => {
      for (const vip of this.#vips.flat()) this.#question(vip);
    });
    this.#at(this.#plan.endMs, () => {
      for (const [group, leader] of leaders.entries()) {
        const now = this.#leaderOf(group);
        if (now !== leader || this.#host(now).box?.states[group]?.term !== terms[group]) {
          throw new Violation('leaders stay', this.#nowMs, `group ${group}: box ${leader}, now ${now}`);
        }
      }
    });
  }

  #leaderOf(group: number): number {
    const answering = this.#hosts.flatMap((host, box) => (host.answers(group, this.#nowMs) ? [box] : []));
    const [leader] = answering;
    if (leader !== undefined && answering.length === 1) return leader;
    const who = answering.length === 0 ? 'nobody answers' : `boxes ${answering.join(', ')} answer`;
    throw new Violation('one leader in the end', this.#nowMs, `group ${group}: ${who}`);
  }

  #ended(): void {
    for (const [group, vips] of this.#vips.entries()) {
      const leader = this.#leaderOf(group);
      for (const vip of vips) this.#endOf(group, leader, vip);
    }
  }

  /**
   * Where no frame is lost, everybody knows without asking; where some are, the refresh will tell. A leader that did not
   * hear how it was preempted for a while does not know that it has to announce.
   */
  get #clientsKnow(): boolean {
    const { calm, boxes, actions } = this.#plan;
    return calm && !(boxes.some(({ preempt }) => preempt) && actions.some(({ kind }) => kind === 'one_way'));
  }

  #endOf(group: number, leader: number, vip: number): void {
    const replies = [...(this.#replies.get(vip) ?? [])];
    if (replies.length !== 1 || replies[0] !== leader) {
      throw new Violation(
        'one reply in the end',
        this.#nowMs,
        `group ${group}: box ${leader} leads, replies from ${replies.join(', ') || 'nobody'}`,
      );
    }
    const mac = toHex(this.#host(leader).box?.mac ?? new Uint8Array());
    if (this.#clientsKnow && this.#believed.get(vip) !== mac) {
      throw new Violation(
        'clients know',
        this.#nowMs,
        `group ${group}: box ${leader} leads, a client believes in ${this.#believed.get(vip)}`,
      );
    }
  }
}
