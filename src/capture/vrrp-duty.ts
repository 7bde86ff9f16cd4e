// The part of a capture worker's turn that is about leadership: hear advertisements, run timers, lead or yield.
// Read RFC 9568 §6.4 and RFC 9568 §7.1 before changing this file.

import type { stepVrrp } from '#core/vrrp.ts';
import { isAnswering, pauseLimitMs, type VrrpEffect, type VrrpEvent } from '#core/vrrp-state.ts';
import { addressBytes, parseAddress } from '#model/address.ts';
import type { ElectionSettings, GroupReport } from '#model/election.ts';
import { groupIndex } from '#model/group-index.ts';
import type { ElectionNews } from '#ports/election.ts';
import type { Link } from '#ports.ts';
import type { GroupLeases } from '#table/group-leases.ts';
import type { SharedTextReader } from '#table/shared-text.ts';
import type { TableReader } from '#table/table-reader.ts';
import { readU32 } from '#wire/bytes.ts';
import { emptyVrrpFrame, readVrrp, VrrpVerdict } from '#wire/vrrp.ts';
import { listsExactly } from '#wire/vrrp-emit.ts';
import { AdvertisementQueue, type SendToPeer } from './advertisement-queue.ts';
import { DifferenceWatch } from './difference-watch.ts';
import { newsOf } from './group-news.ts';
import { routerSettings } from './router-settings.ts';
import { type Timing, timingOf } from './router-timing.ts';
import { VirtualRouter } from './virtual-router.ts';

export interface VrrpDutyParts {
  readonly link: Link;
  readonly mac: Uint8Array;
  readonly leases: GroupLeases;
  /** Addresses of the interface. */
  readonly table: Pick<TableReader, 'findIPv4' | 'findIPv6'>;
  /** `ElectionSettings` in JSON. */
  readonly settings: SharedTextReader;
  /** Of `createGauges`. */
  readonly gauges: Uint32Array;
  readonly sendToPeer: SendToPeer;
  readonly tell: (news: ElectionNews) => void;
  /** The state machine of a group; left out: the real one. The simulation looks on, and breaks it on purpose. */
  readonly machineOf?: (group: number) => typeof stepVrrp;
}

/** Groups that came here in this turn: what `FirstSigns` measures from. */
export interface TakenGroup {
  readonly group: number;
  readonly term: number;
  readonly atMs: number;
}

const nothing: readonly number[] = [];

export class VrrpDuty {
  readonly #parts: VrrpDutyParts;
  /** By group; one that is wanted no more stays, and counts on when it is wanted again. BOUNDED: 510 of them exist. */
  readonly #routers = new Map<number, VirtualRouter>();
  readonly #frame = emptyVrrpFrame();
  readonly #queue: AdvertisementQueue;
  readonly #differences: DifferenceWatch;
  /** Unicast peers as bytes; empty: who sends to the group is heard. */
  #peers: readonly Uint8Array[] = [];
  /** Other groups are led than the table's schedule knows. */
  #hasMoved = false;
  #hasNews = false;
  #taken: TakenGroup[] = [];
  #reannounce: number[] = [];
  /** When the loop meant to be back at the latest. */
  #expectedMs = Number.POSITIVE_INFINITY;
  #told = '';
  /** Null: to be looked for. */
  #soonest: Timing | null = null;

  constructor(parts: VrrpDutyParts) {
    this.#parts = parts;
    this.#queue = new AdvertisementQueue(parts.link, parts.gauges, parts.sendToPeer);
    this.#differences = new DifferenceWatch(parts.gauges, parts.table);
  }

  /**
   * Whether the loop stood still for so long that others may lead by now. Then frames that wait are from before, and are
   * to be thrown away before anything else; all groups are given up.
   */
  hasPaused(nowMs: number): boolean {
    if (nowMs - this.#expectedMs <= this.#timing().limitMs) return false;
    this.#expectedMs = Number.POSITIVE_INFINITY;
    this.#queue.clear();
    for (const router of this.#routers.values()) this.#step(router, { kind: 'resumed' }, nowMs);
    return true;
  }

  /** Takes over new settings, if there are any. */
  configure(nowMs: number): void {
    const text = this.#parts.settings.take();
    if (text === null) return;
    const settings: ElectionSettings = JSON.parse(text);
    const byFamily = routerSettings(settings);
    this.#queue.peers = settings.peers;
    this.#peers = settings.peers.map(parseAddress).flatMap((peer) => (peer ? [addressBytes(peer)] : []));
    const wishes = new Map(settings.groups.map((wish) => [wish.group, wish]));
    for (const group of wishes.keys()) {
      if (this.#routers.has(group)) continue;
      this.#routers.set(group, new VirtualRouter(group, this.#parts.mac, this.#parts.machineOf?.(group)));
    }
    for (const [group, router] of this.#routers) {
      for (const event of router.configure(byFamily, wishes.get(group) ?? null, nowMs))
        this.#step(router, event, nowMs);
    }
    this.#hasNews = true;
    this.#soonest = null;
  }

  /** A frame of IP protocol 112. */
  hear(frame: Uint8Array, length: number, nowMs: number): void {
    const heard = this.#frame;
    const verdict = readVrrp(frame, length, this.#peers, heard);
    if (verdict !== VrrpVerdict.accepted) {
      this.#differences.dropped(frame, length, verdict, (group) => this.#routers.get(group)?.isOver === false, nowMs);
      return;
    }
    const router = this.#routers.get(groupIndex(heard.virtualRouterId, heard.family === 4 ? 'IPv4' : 'IPv6'));
    if (!router?.state || router.isOver) {
      this.#differences.elsewhere(frame, heard, nowMs);
      return;
    }
    const sender = addressValue(frame, heard.senderAt, heard.family === 4 ? 4 : 16);
    const listDiffers = !listsExactly(frame, heard, router.advertiser.addresses);
    this.#differences.heard(frame, heard, router, router.differences(heard, sender, listDiffers), nowMs);
    this.#carryOut(router, router.heard(heard, sender, listDiffers, nowMs), nowMs);
  }

  /** Another box of ours claims an address of a group that is led here: clients may believe it (G-6). */
  heardClaim(group: number, nowMs: number): void {
    const router = this.#routers.get(group);
    if (router) this.#step(router, { kind: 'heard_claim' }, nowMs);
  }

  /** Runs timers, and sends what has to leave. `hasHeardAll`: no frame waits to be looked at. */
  turn(nowMs: number, hasHeardAll: boolean): void {
    this.configure(nowMs);
    if (this.delayMs(nowMs) <= 0) for (const router of this.#routers.values()) this.#timer(router, hasHeardAll, nowMs);
    // An advertisement leaves before what is announced because of it (RFC 9568 §6.4.2).
    this.#queue.flush();
    this.#tell();
    const differences = this.#differences.takeNews(nowMs);
    if (differences) this.#parts.tell({ kind: 'differences', differences });
  }

  /** Says good-bye for all that is led here (RFC 9568 §6.4.3: Shutdown): others need not wait for silence. */
  letGo(nowMs: number): void {
    for (const router of this.#routers.values()) this.#step(router, { kind: 'release' }, nowMs);
    this.#queue.flush();
  }

  /** Whether other groups are led since the last call: rows are to be scheduled anew. */
  takeMoved(): boolean {
    const moved = this.#hasMoved;
    this.#hasMoved = false;
    return moved;
  }

  /** Groups that came here since the last call. */
  takeTaken(): readonly TakenGroup[] {
    return this.#taken.splice(0);
  }

  /** Groups whose addresses are to be announced once more since the last call. */
  takeReannounced(): readonly number[] {
    return this.#reannounce.length === 0 ? nothing : this.#reannounce.splice(0);
  }

  /** Whole milliseconds until `turn` has something to do; Infinity when never. */
  delayMs(nowMs: number): number {
    return Math.max(0, Math.ceil(this.#timing().dueMs - nowMs));
  }

  /** The turn is over; the next one begins after so long at most. */
  sleeps(nowMs: number, delayMs: number): void {
    this.#expectedMs = nowMs + delayMs;
  }

  /** All that lead advertise together, so that one wake-up and one system call do for an interface. */
  #timer(router: VirtualRouter, hasHeardAll: boolean, nowMs: number): void {
    const { state } = router;
    if (!state) return;
    const lateMs = nowMs - state.dueMs;
    // Nobody is silent whose advertisement may be among the frames that wait; in a flood, for one interval at most.
    if (state.phase === 'backup' && !hasHeardAll && lateMs < state.settings.intervalMs) return;
    this.#step(router, { kind: 'timer' }, nowMs);
  }

  #step(router: VirtualRouter, event: VrrpEvent, nowMs: number): void {
    this.#carryOut(router, router.step(event, nowMs), nowMs);
  }

  #carryOut(router: VirtualRouter, effects: readonly VrrpEffect[], nowMs: number): void {
    this.#soonest = null;
    for (const effect of effects) this.#do(router, effect, nowMs);
    const { state } = router;
    if (!state) return;
    // Whoever stands still longer than the others wait answers nothing until it has looked around. Up to the next timer
    // there is nothing to do: a leaving box has none for a second.
    const leaseMs = state.dueMs + pauseLimitMs(state);
    if (isAnswering(state)) this.#parts.leases.lead(router.group, leaseMs >>> 0);
    else if (effects.length > 0) this.#parts.leases.lead(router.group, null);
    if (router.takeNews()) this.#hasNews = true;
  }

  #do(router: VirtualRouter, effect: VrrpEffect, nowMs: number): void {
    const { group, state } = router;
    if (!state) return;
    if (effect.kind === 'advertise') this.#queue.add(router.advertiser, effect.priority);
    if (effect.kind === 'reannounce') this.#reannounce.push(group);
    if (effect.kind === 'lead' || effect.kind === 'yield') this.#hasMoved = true;
    if (effect.kind === 'lead') this.#taken.push({ group, term: state.term, atMs: nowMs });
    const news = newsOf(router, effect, nowMs);
    if (news) this.#parts.tell(news);
  }

  #tell(): void {
    if (!this.#hasNews) return;
    this.#hasNews = false;
    const groups = [...this.#routers.values()].flatMap((router): GroupReport[] => {
      const report = router.report();
      return report ? [report] : [];
    });
    const text = JSON.stringify(groups);
    if (text === this.#told) return;
    this.#told = text;
    this.#parts.tell({ kind: 'groups', groups });
  }

  /** Of all routers; asked for in every turn, so it is looked for only after something has happened. */
  #timing(): Timing {
    this.#soonest ??= timingOf(this.#routers.values());
    return this.#soonest;
  }
}

/** An address of 4 or 16 bytes as a number. */
function addressValue(bytes: Uint8Array, at: number, length: number): bigint {
  if (length === 4) return BigInt(readU32(bytes, at));
  return BigInt(`0x${bytes.subarray(at, at + length).toHex()}`);
}
