// Planned moves of groups between boxes: asked for here or elsewhere, ordered by the leader, taken by the box named.
import { boxesOn } from '#core/election-world.ts';
import { formatAddress, type IpAddress } from '#model/address.ts';
import { type ActionOutcome, actionRefusals } from '#model/control-action.ts';
import { type GroupReport, isLeading } from '#model/election.ts';
import { routerOf } from '#model/group-index.ts';
import type { Handover, HandoverAnswer, HandoverAsk, HandoverOrder, Peer } from '#model/peers.ts';
import { isThere } from '#model/peers.ts';
import { ledKey } from '#model/snapshot.ts';
import type { Election, Handovers } from '#ports/election.ts';
import type { Log } from '#ports.ts';
import { peerNames } from './group-views.ts';
import type { DaemonStore } from './store.ts';

/** A leader that gives waits for a second; a lost datagram may cost another one. */
const moveMs = 2500;
/** Whoever is asked may wait for that long, and its answer comes with a hello. */
const answerMs = moveMs + 1000;
/** Groups that are given of our own accord at a time: so many orders fit one hello, whatever boxes are called. */
const mostAtATime = 8;

export interface HandoverParts {
  readonly election: Election;
  readonly handovers: Handovers;
  readonly peers: () => readonly Peer[];
  readonly store: () => DaemonStore | null;
  /** Names of boxes for a group on an interface, first choice first. */
  readonly ranked: (what: Handover) => readonly string[];
  readonly log: Log;
  /** Monotonic milliseconds. */
  readonly nowMs: () => number;
}

type Refusal = Extract<ActionOutcome, { ok: false }>;

export class HandoverDesk {
  readonly #parts: HandoverParts;
  /** What this box asks others, by serial, and the answer; null: none yet. BOUNDED: asks that are waited for. */
  readonly #asked = new Map<number, HandoverAnswer | null>();
  /** Groups that are being handed over. BOUNDED: groups of the interfaces. */
  readonly #giving = new Set<string>();

  constructor(parts: HandoverParts) {
    this.#parts = parts;
    parts.handovers.watch({
      onOrder: (order) => this.#take(order),
      onAsk: (ask) => void this.#follow(ask),
      onAnswer: (answer) => this.#answered(answer),
    });
  }

  /** Moves an address, and all that share its group, to another box. */
  async failover(address: IpAddress, to: string | null): Promise<ActionOutcome> {
    const rows = this.#rowsOf(address);
    if (rows.length === 0) return refusal('LL-ACT-002', formatAddress(address));
    const moved: { ip: string; interface: string }[] = [];
    const texts: string[] = [];
    for (const what of rows) {
      const outcome = await this.#move(what, to);
      if (typeof outcome !== 'string') return outcome;
      moved.push({ ip: formatAddress(address), interface: what.interface });
      texts.push(outcome);
    }
    return { ok: true, message: `${formatAddress(address)}: ${texts.join('; ')}`, rows: moved };
  }

  /** Gives groups that were taken only because nobody else was there to their first choice, once that one is. */
  settle(): void {
    const { nowMs: now, peers } = this.#parts;
    const [node, nowMs] = [this.#node(), now()];
    // Without a box that failed, stopped or is drained first choices are others: it moves only what it led itself.
    if (!peers().every(({ state }) => state === 'ready' || state === 'stale-config')) return;
    for (const [name, groups] of this.#parts.election.reports()) {
      for (const { group, phase, provisionalUntilMs } of groups) {
        if (phase !== 'active' || provisionalUntilMs <= nowMs || this.#giving.has(ledKey(name, group))) continue;
        if (this.#giving.size >= mostAtATime) return;
        const what = { interface: name, group };
        const first = this.#firstChoice(what);
        // It may be no longer the first choice once a third box appears.
        const leftMs = Math.ceil(provisionalUntilMs - nowMs);
        if (first !== null && first !== node) void this.#give(what, first, leftMs).then(() => this.settle());
      }
    }
  }

  /** What came of moving one group, or why nothing did. */
  async #move(what: Handover, to: string | null): Promise<string | Refusal> {
    const node = this.#node();
    const report = this.#report(what);
    if (!report || report.phase === 'initialize') return refusal('LL-ACT-004', describe(what));
    if (to !== null && to !== node && !this.#isKnown(to)) return refusal('LL-ACT-003', `"${to}"`);
    if (isLeading(report.phase)) return await this.#lead(what, to);
    if (report.leader === null) return refusal('LL-ACT-004', `${describe(what)}: nobody is heard`);
    const leader = this.#nameOf(report.leader.address);
    // Also when it is the one that is named: what is known here may be older than the last move.
    return await this.#ask(what, to, leader);
  }

  /** As the leader. */
  async #lead(what: Handover, to: string | null): Promise<string | Refusal> {
    const target = to ?? this.#candidates(what).find((name) => name !== this.#node());
    if (target === undefined) return await this.#release(what);
    if (target === this.#node()) return `${target} leads ${describe(what)} already`;
    if (!this.#candidates(what).includes(target)) return refusal('LL-ACT-005', `"${target}", ${describe(what)}`);
    if (await this.#give(what, target)) return `${describe(what)} went to ${target}`;
    return refusal('LL-ACT-006', `"${target}" did not take ${describe(what)}, this box goes on`);
  }

  async #give(what: Handover, target: string, provisionalMs = 0): Promise<boolean> {
    const { election, handovers } = this.#parts;
    const key = ledKey(what.interface, what.group);
    if (this.#giving.has(key)) return false;
    let hasBegun = false;
    let isGiven = false;
    const isOver = () => {
      const phase = this.#report(what)?.phase;
      if (phase === 'leaving') hasBegun = true;
      if (phase === 'backup') isGiven = true;
      return isGiven || (hasBegun && phase === 'active');
    };
    this.#giving.add(key);
    try {
      election.order(what.interface, what.group, 'give');
      handovers.order(what, target, provisionalMs);
      await election.until(isOver, moveMs);
      return isGiven;
    } finally {
      this.#giving.delete(key);
    }
  }

  /** No other box of ours is known: a router of another make may be there. */
  async #release(what: Handover): Promise<string | Refusal> {
    const { election } = this.#parts;
    election.order(what.interface, what.group, 'release');
    const isHeard = () => !isLeading(this.#report(what)?.phase ?? 'initialize');
    await election.until(isHeard, moveMs);
    election.clear(what.interface, what.group);
    const isLed = await election.until(() => (this.#report(what)?.leader ?? null) !== null, moveMs);
    const leader = this.#report(what)?.leader?.address;
    if (isLed && leader !== undefined) return `${describe(what)} went to ${this.#nameOf(leader)}`;
    return refusal('LL-ACT-006', `nobody else took ${describe(what)}`);
  }

  /** As any other box. */
  async #ask(what: Handover, to: string | null, leader: string): Promise<string | Refusal> {
    const { election, handovers } = this.#parts;
    const serial = handovers.ask(what, to);
    this.#asked.set(serial, null);
    // A leader that changes says nothing: it may have done so before, and was taken for the old one here until now.
    await election.until(() => this.#asked.get(serial) !== null, answerMs);
    const answer = this.#asked.get(serial) ?? null;
    this.#asked.delete(serial);
    if (answer?.isDone) return answer.text;
    if (answer) return { ok: false, code: 'LL-ACT-006', message: `${answer.from} refused: ${answer.text}` };
    const now = this.#leaderOf(what);
    if (now !== leader && now !== null) return `${describe(what)} went to ${now}`;
    return refusal('LL-ACT-006', `${leader} did not hand over ${describe(what)}`);
  }

  /** Somebody asks this box, which leads, to hand over. */
  async #follow(ask: HandoverAsk): Promise<void> {
    const report = this.#report(ask);
    if (!report || !isLeading(report.phase)) return;
    const outcome = await this.#lead(ask, ask.to);
    const isDone = typeof outcome === 'string';
    const text = isDone ? outcome : outcome.message;
    this.#parts.log.write('info', `Failover asked for by ${ask.from}: ${isDone ? '' : 'refused: '}${text}`, { ...ask });
    this.#parts.handovers.answer(ask, { isDone, text });
  }

  /** The leader says that this box is to lead. */
  #take(order: HandoverOrder): void {
    // Anybody may say anything: an order stays until the interface goes.
    if (!this.#report(order)) return;
    const { provisionalMs } = order;
    this.#parts.election.order(order.interface, order.group, 'take', { from: this.#giverOf(order), provisionalMs });
  }

  #answered(answer: HandoverAnswer): void {
    if (!this.#asked.has(answer.serial)) return;
    this.#asked.set(answer.serial, answer);
    // Whoever waits looks again.
    this.#parts.election.nudge();
  }

  /** What its advertisements come from. Whom we take for the leader may be the one before: only if it is the same box. */
  #giverOf(order: HandoverOrder): string | null {
    const isIpv6 = routerOf(order.group)?.family === 'IPv6';
    const { links = [] } = this.#parts.peers().find(({ node }) => node === order.from) ?? {};
    const addresses = links.find((one) => one.interface === order.interface)?.addresses ?? [];
    const usable = addresses.filter((address) => (isIpv6 ? address.startsWith('fe80:') : !address.includes(':')));
    const heard = this.#report(order)?.leader?.address ?? null;
    return usable.find((address) => address === heard) ?? usable[0] ?? heard;
  }

  #leaderOf(what: Handover): string | null {
    const report = this.#report(what);
    if (report && isLeading(report.phase)) return this.#node();
    return report?.leader ? this.#nameOf(report.leader.address) : null;
  }

  #report({ interface: name, group }: Handover): GroupReport | undefined {
    return this.#parts.election
      .reports()
      .get(name)
      ?.find((report) => report.group === group);
  }

  /** Boxes that can take the group now, first choice first. */
  #candidates(what: Handover): readonly string[] {
    const able = boxesOn(what.interface, this.#parts.peers()).filter(({ eligible }) => eligible.has(what.group));
    const names = new Set([this.#node(), ...able.map(({ name }) => name)]);
    return this.#parts.ranked(what).filter((name) => names.has(name));
  }

  /** Null: nobody, or boxes are there that were not ranked yet. */
  #firstChoice(what: Handover): string | null {
    const ranked = this.#parts.ranked(what);
    const isComplete = boxesOn(what.interface, this.#parts.peers()).every(({ name }) => ranked.includes(name));
    return isComplete ? (this.#candidates(what)[0] ?? null) : null;
  }

  #rowsOf(address: IpAddress): readonly Handover[] {
    const rows = this.#parts.store()?.get().snapshot?.desired.candidacies ?? [];
    return rows.filter((row) => row.address.family === address.family && row.address.value === address.value);
  }

  #isKnown(name: string): boolean {
    return this.#parts.peers().some((peer) => peer.node === name && isThere(peer));
  }

  #nameOf(address: string): string {
    return peerNames(this.#parts.peers()).get(address) ?? address;
  }

  #node(): string {
    return this.#parts.store()?.get().node ?? '';
  }
}

function describe({ interface: name, group }: Handover): string {
  return `group ${routerOf(group)?.id ?? group} on ${name}`;
}

function refusal(code: keyof typeof actionRefusals, detail: string): Refusal {
  return { ok: false, code, message: `${actionRefusals[code]}: ${detail}` };
}
