// One box of the simulation: the real state machine, table, responder and schedule, under a clock of its own.
import { type Responder, respond } from '#core/respond.ts';
import { AnnouncementSchedule, type ScheduledRow } from '#core/schedule.ts';
import type { stepVrrp } from '#core/vrrp.ts';
import {
  type Advertisement,
  initialVrrp,
  isAnswering,
  type VrrpEffect,
  type VrrpEvent,
  type VrrpState,
  wasPaused,
} from '#core/vrrp-state.ts';
import { createTable } from '#table/layout.ts';
import { TableReader } from '#table/table-reader.ts';
import { TableWriter } from '#table/table-writer.ts';
import { carriesReply } from '#table/verdict.ts';
import { emitAnnouncementReply, emitAnnouncementRequest } from '#wire/arp.ts';
import { readU32 } from '#wire/bytes.ts';
import type { Watched } from './oracle.ts';
import type { BoxPlan } from './plan.ts';

export interface SimAdvertisement extends Advertisement {
  readonly group: number;
}

export type SimFrame = SimAdvertisement | Uint8Array;

/** What a mutated box does otherwise; see mutations.ts. */
export interface Behaviour {
  readonly step: typeof stepVrrp;
  /** A pause is not noticed by the loop either. */
  readonly ignoresPauses?: boolean;
  /** What was scheduled goes out, whoever leads by now. */
  readonly keepsBursts?: boolean;
}

/** What a box does to the world around it. */
export interface Surroundings {
  send(frame: SimFrame): void;
  /** Every step of a group, before its effects are carried out. */
  watch(group: number, step: Watched): void;
  readonly random: () => number;
}

export interface Addresses {
  /** By group. */
  readonly byGroup: readonly (readonly number[])[];
}

/** Primary address of the first box; the others follow. */
export const firstAddress = 0x0a00_0001n;

const announce = { burstMs: [0, 50, 200, 1100, 2200], refreshMs: 60_000, maxFramesPerSecond: 1000 };
/** Longer than any schedule. */
const farMs = 1_000_000;

export class SimBox {
  readonly mac: Uint8Array;
  readonly address: bigint;
  readonly table: TableReader;
  readonly states: VrrpState[];
  readonly #writer: TableWriter;
  readonly #schedule: AnnouncementSchedule;
  readonly #behaviour: Behaviour;
  readonly #around: Surroundings;
  readonly #addresses: Addresses;
  readonly #generations: number[];
  readonly #vips = new Map<string, { readonly vip: number; readonly group: number }>();
  /** By address. */
  readonly #groups = new Map<number, number>();
  readonly #out = new Uint8Array(new ArrayBuffer(64));
  readonly #responder: Responder;

  constructor(index: number, plan: BoxPlan, addresses: Addresses, behaviour: Behaviour, around: Surroundings) {
    this.mac = Uint8Array.of(2, 0, 0, 0, 0, index + 1);
    this.address = firstAddress + BigInt(index);
    this.#behaviour = behaviour;
    this.#around = around;
    this.#addresses = addresses;
    const buffer = createTable(8);
    this.#writer = new TableWriter(buffer);
    this.table = new TableReader(buffer);
    this.#responder = { mac: this.mac, table: this.table, nowMs: 0 };
    this.#schedule = new AnnouncementSchedule(announce, around.random);
    this.#generations = addresses.byGroup.map(() => 1);
    this.states = plan.priorities.map((priority) => {
      const { intervalMs, preempt, preemptDelayMs } = plan;
      const settings = { priority, intervalMs, preempt, preemptDelayMs, maxLearnedIntervalMs: 10_000 };
      return initialVrrp({ ...settings, address: this.address }, 0);
    });
    for (const [group, vips] of addresses.byGroup.entries()) {
      this.#writer.setGroup(group + 1, { mode: 'vrrp', active: false, deadlineMs: farMs });
      for (const vip of vips) {
        const address = { family: 'IPv4' as const, value: BigInt(vip) };
        this.#groups.set(vip, group);
        this.#vips.set(mappedHex(vip), { vip, group });
        this.#writer.put({ address, group: group + 1, generation: 1 });
      }
    }
  }

  /** The beginning of a turn that comes late: true when what was received before it is to be thrown away. */
  wake(nowMs: number): boolean {
    if (this.#behaviour.ignoresPauses || !this.states.some((state) => wasPaused(state, nowMs))) return false;
    for (const group of this.states.keys()) this.event(group, { kind: 'resumed' }, nowMs);
    return true;
  }

  event(group: number, event: VrrpEvent, nowMs: number): void {
    const before = this.states[group];
    if (!before) return;
    const { state, effects } = this.#behaviour.step(before, event, nowMs);
    this.states[group] = state;
    this.#around.watch(group, { before, event, after: state, effects });
    for (const effect of effects) this.#carryOut(group, effect, state, nowMs);
  }

  everyGroup(event: VrrpEvent, nowMs: number): void {
    for (const group of this.states.keys()) this.event(group, event, nowMs);
  }

  receive(frame: SimFrame, nowMs: number): void {
    if (!(frame instanceof Uint8Array)) {
      this.event(frame.group, frame, nowMs);
      return;
    }
    const verdict = respond(frame, frame.length, this.#self(nowMs), this.#out, 0);
    if (carriesReply(verdict)) this.#around.send(this.#out.slice(0, 60));
    else this.#hearClaim(frame, nowMs);
  }

  /** Timers and announcements that are due. */
  work(nowMs: number): void {
    for (let group = 0; group < this.states.length; group++) {
      if ((this.states[group]?.dueMs ?? nowMs) <= nowMs) this.event(group, { kind: 'timer' }, nowMs);
    }
    for (let due = this.#schedule.take(nowMs); due; due = this.#schedule.take(nowMs)) {
      const known = this.#vips.get(due.key);
      if (!known) continue;
      if (!this.#behaviour.keepsBursts && this.table.findIPv4(known.vip, nowMs) < 0) continue;
      const emit = due.form === 'request' ? emitAnnouncementRequest : emitAnnouncementReply;
      emit(this.#out, 0, this.mac, known.vip);
      this.#around.send(this.#out.slice(0, 60));
    }
  }

  /** When `work` has something to do next, by the clock of the box. */
  dueMs(nowMs: number): number {
    let dueMs = nowMs + this.#schedule.delayMs(nowMs);
    for (const state of this.states) dueMs = Math.min(dueMs, state.dueMs);
    return dueMs;
  }

  /** Whether requests for the first address of the group are answered: the table's word, not the machine's. */
  answers(group: number, nowMs: number): boolean {
    return this.table.findIPv4(this.#addresses.byGroup[group]?.[0] ?? 0, nowMs) >= 0;
  }

  #self(nowMs: number): Responder {
    this.#responder.nowMs = nowMs;
    return this.#responder;
  }

  #carryOut(group: number, effect: VrrpEffect, state: VrrpState, nowMs: number): void {
    switch (effect.kind) {
      case 'advertise': {
        const { intervalMs, address } = state.settings;
        this.#around.send({ kind: 'advertisement', group, priority: effect.priority, intervalMs, sender: address });
        return;
      }
      case 'lead':
      case 'yield':
        this.#writer.setGroup(group + 1, { mode: 'vrrp', active: effect.kind === 'lead', deadlineMs: farMs });
        this.#announceAnew(group, nowMs);
        return;
      case 'reannounce':
        this.#announceAnew(group, nowMs);
    }
  }

  #announceAnew(group: number, nowMs: number): void {
    this.#generations[group] = (this.#generations[group] ?? 0) + 1;
    const rows: ScheduledRow[] = [];
    for (const [key, { vip, group: of }] of this.#vips) {
      const isKept = this.#behaviour.keepsBursts && (this.#generations[of] ?? 0) > 2;
      if (isKept || this.table.findIPv4(vip, nowMs) >= 0) rows.push({ key, generation: this.#generations[of] ?? 0 });
    }
    this.#schedule.sync(rows, nowMs);
  }

  /** Every box here is known to every other. */
  #hearClaim(frame: Uint8Array, nowMs: number): void {
    const known = this.#groups.get(readU32(frame, 28));
    const state = known === undefined ? undefined : this.states[known];
    if (known !== undefined && state && isAnswering(state)) this.event(known, { kind: 'heard_claim' }, nowMs);
  }
}

/** As the schedule keys rows: the four bytes as text sort as the addresses do. */
function mappedHex(vip: number): string {
  return vip.toString(16).padStart(8, '0');
}
