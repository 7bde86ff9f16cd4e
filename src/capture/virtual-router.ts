// One group on the interface of a capture worker: its state machine, and what leaves and arrives in its name.
// Read RFC 9568 §6.4 before changing this file.

import { stepVrrp } from '#core/vrrp.ts';
import { advertisedList, checksumToSend, isForeignRouter } from '#core/vrrp-peer.ts';
import { initialVrrp, type VrrpEffect, type VrrpEvent, type VrrpSettings, type VrrpState } from '#core/vrrp-state.ts';
import { addressBytes, type Family, formatAddress, type IpAddress, parseAddress } from '#model/address.ts';
import type { ElectionSettings, GroupReport, GroupWish } from '#model/election.ts';
import { routerOf } from '#model/group-index.ts';
import type { DifferenceKind } from '#model/router-difference.ts';
import type { VrrpFrame } from '#wire/vrrp.ts';
import { longestList, type VrrpAdvertiser } from '#wire/vrrp-emit.ts';
import type { RouterSettings } from './router-settings.ts';

/** What almost every advertisement yields. */
const same: readonly DifferenceKind[] = [];

export class VirtualRouter {
  readonly group: number;
  readonly advertiser: VrrpAdvertiser;
  readonly #family: Family;
  #state: VrrpState | null = null;
  #wish: GroupWish | null = null;
  /** Serial of the newest order that was carried out. */
  #serial = 0;
  #refused = '';
  #hasNews = true;
  /** Addresses of boxes whose hello was heard. BOUNDED: by the boxes of a LAN. */
  #boxes: ReadonlySet<bigint> = new Set();
  #hasList = false;
  #checksum: ElectionSettings['checksum'] = 'auto';
  readonly #machine: typeof stepVrrp;

  /** `group`: of an elected one, 1…255 or 257…511. `machine`: what an event does to it. */
  constructor(group: number, mac: Uint8Array, machine = stepVrrp) {
    const router = routerOf(group);
    this.group = group;
    this.#machine = machine;
    this.#family = router?.family ?? 'IPv4';
    const [source, intervalMs, checksum, peer] = [new Uint8Array(4), 100, 'pseudo', null] as const;
    const virtualRouterId = router?.id ?? 0;
    this.advertiser = { mac, source, virtualRouterId, intervalMs, addresses: [], checksum, peer };
  }

  /** Before the first settings: none. */
  get state(): VrrpState | null {
    return this.#state;
  }

  /** Neither wanted nor in use any more. */
  get isOver(): boolean {
    return this.#wish === null && (this.#state === null || this.#state.phase === 'initialize');
  }

  /** What is wished of this group now (null: nothing) and how; gives the events that follow, in order. */
  *configure(
    byFamily: Readonly<Record<Family, RouterSettings>>,
    wish: GroupWish | null,
    nowMs: number,
  ): Iterable<VrrpEvent> {
    const settings = byFamily[this.#family];
    const { shared, source } = settings;
    this.#wish = wish;
    if (!source) {
      if (this.#state) yield { kind: 'stop' };
      return;
    }
    this.#setUp(settings, source);
    const parameters = parametersOf(shared, wish, this.#state, source.value);
    if (!this.#state) this.#state = initialVrrp(parameters, nowMs);
    else if (!isSame(parameters, this.#state.settings)) yield { kind: 'settings', settings: parameters };
    yield* this.#follow(wish);
  }

  /** The step of an event; the caller carries the effects out. */
  step(event: VrrpEvent, nowMs: number): readonly VrrpEffect[] {
    if (!this.#state) return [];
    const before = this.#state;
    const { state, effects } = this.#machine(before, event, nowMs);
    this.#state = state;
    if (effects.length > 0 || !showsSame(before, state)) this.#hasNews = true;
    for (const effect of effects) if (effect.kind === 'refused') this.#refused = this.addressText(effect.sender);
    if (!state.isRefused) this.#refused = '';
    return effects;
  }

  /** An advertisement of this group came in. `listDiffers`: it lists other addresses than we do. */
  heard(frame: VrrpFrame, sender: bigint, listDiffers: boolean, nowMs: number): readonly VrrpEffect[] {
    const { priority, intervalMs, checksum } = frame;
    const isForeign = this.#isForeign(sender, listDiffers);
    if (!isForeign) this.advertiser.checksum = checksumToSend(this.#checksum, checksum);
    const answersLate = !this.#boxes.has(sender);
    return this.step({ kind: 'advertisement', priority, intervalMs, sender, isForeign, answersLate }, nowMs);
  }

  /** How the sender of an advertisement is set up otherwise than we are; almost always in nothing. */
  differences(frame: VrrpFrame, sender: bigint, listDiffers: boolean): readonly DifferenceKind[] {
    const settings = this.#state?.settings;
    if (!settings || frame.priority === 0) return same;
    if (sender === settings.address) return ['own_address'];
    if (this.#isForeign(sender, listDiffers)) return ['foreign'];
    const form = this.#family === 'IPv4' && this.#checksum !== 'auto' && frame.checksum !== this.#checksum;
    const isKnown = this.#boxes.has(sender);
    if (isKnown && !form && !listDiffers && frame.intervalMs === settings.intervalMs) return same;
    return [
      ...(frame.intervalMs === settings.intervalMs ? [] : (['interval'] as const)),
      ...(listDiffers ? (['addresses'] as const) : []),
      ...(form ? (['checksum_form'] as const) : []),
      ...(isKnown ? [] : this.#oddities(frame, settings)),
    ];
  }

  /** What is odd about a router that says no hello. */
  #oddities({ priority }: VrrpFrame, settings: VrrpSettings): readonly DifferenceKind[] {
    const isPaired = this.#hasList || this.#wish?.isPinned === true;
    if (!isPaired) return priority === 255 ? ['owner', 'stranger'] : ['stranger'];
    if (priority === 255) return ['owner'];
    return priority === settings.priority ? ['priority'] : same;
  }

  /** What the sender says and what we say, where they differ. */
  texts(what: DifferenceKind, frame: VrrpFrame, list: () => string): { readonly heard: string; readonly own: string } {
    const { addresses, intervalMs } = this.advertiser;
    switch (what) {
      case 'interval':
        return { heard: String(frame.intervalMs), own: String(intervalMs) };
      case 'addresses':
      case 'foreign':
        return {
          heard: list(),
          own: addresses.map((bytes) => this.addressText(BigInt(`0x${bytes.toHex()}`))).join(', '),
        };
      case 'checksum_form':
        return { heard: frame.checksum, own: this.#checksum };
      default:
        return { heard: String(frame.priority), own: String(this.#state?.settings.priority ?? '') };
    }
  }

  #isForeign(sender: bigint, listDiffers: boolean): boolean {
    return isForeignRouter({
      isKnownBox: this.#boxes.has(sender),
      listsOurs: !listDiffers,
      hasConfiguredList: this.#hasList,
      isPinned: this.#wish?.isPinned ?? false,
    });
  }

  /** Whether there is something new to report since the last call. */
  takeNews(): boolean {
    const hasNews = this.#hasNews;
    this.#hasNews = false;
    return hasNews;
  }

  report(): GroupReport | null {
    const state = this.#state;
    if (!state || (state.phase === 'initialize' && this.#wish === null)) return null;
    const { phase, term, sinceMs, settings, leader, provisionalUntilMs } = state;
    return {
      group: this.group,
      phase,
      term,
      sinceMs,
      priority: settings.priority,
      leader: leader && { address: this.addressText(leader.address), priority: leader.priority },
      provisionalUntilMs,
      refused: this.#refused,
    };
  }

  addressText(value: bigint): string {
    return formatAddress({ family: this.#family, value });
  }

  *#follow(wish: GroupWish | null): Iterable<VrrpEvent> {
    const order = wish?.order ?? null;
    if (wish === null || order?.act === 'release') {
      if (this.#state?.phase !== 'initialize') yield { kind: 'release' };
      return;
    }
    const phase = this.#state?.phase;
    // Also on the way out: nobody says again that it is wished when that is over, and it would stay out for ever.
    if (phase === 'initialize' || phase === 'leaving') yield { kind: 'start' };
    if (!order || order.serial <= this.#serial) return;
    this.#serial = order.serial;
    if (order.act === 'give') yield { kind: 'handover' };
    else yield { kind: 'take', from: addressOf(order.from), provisionalMs: order.provisionalMs };
  }

  #setUp({ shared, list, boxes }: RouterSettings, source: IpAddress): void {
    const { advertiser } = this;
    const { checksum, advertisementIntervalMs } = shared;
    this.#hasList = list.length > 0;
    // BOUNDED: what fits a frame; a list that long is a mistake.
    advertiser.addresses = advertisedList(source.family, advertiser.virtualRouterId, list).slice(0, longestList);
    advertiser.source = addressBytes(source);
    advertiser.intervalMs = advertisementIntervalMs;
    this.#boxes = boxes;
    if (checksum === this.#checksum) return;
    this.#checksum = checksum;
    advertiser.checksum = checksumToSend(checksum, null);
  }
}

function addressOf(text: string | null): bigint | null {
  return text === null ? null : (parseAddress(text)?.value ?? null);
}

function parametersOf(
  settings: ElectionSettings,
  wish: GroupWish | null,
  state: VrrpState | null,
  address: bigint,
): VrrpSettings {
  const { advertisementIntervalMs: intervalMs, maxLearnedIntervalMs, preempt, preemptDelayMs } = settings;
  // What is no longer wished keeps its priority to the end.
  const priority = wish?.priority ?? state?.settings.priority ?? 1;
  return { priority, intervalMs, maxLearnedIntervalMs, preempt, preemptDelayMs, address };
}

/** Whether people see no difference: every advertisement makes a new state. */
function showsSame(a: VrrpState, b: VrrpState): boolean {
  return (
    a.phase === b.phase &&
    a.term === b.term &&
    a.leader?.address === b.leader?.address &&
    a.leader?.priority === b.leader?.priority &&
    a.settings.priority === b.settings.priority
  );
}

function isSame(a: VrrpSettings, b: VrrpSettings): boolean {
  return (
    a.priority === b.priority &&
    a.intervalMs === b.intervalMs &&
    a.maxLearnedIntervalMs === b.maxLearnedIntervalMs &&
    a.preempt === b.preempt &&
    a.preemptDelayMs === b.preemptDelayMs &&
    a.address === b.address
  );
}
