// Boxes that give addresses while they do not always hear each other: the real evaluation and merge, on a LAN with faults.

import { ownRecords } from '#core/own-records.ts';
import { formatAddress } from '#model/address.ts';
import type { PeerExclusion, PeerRecord } from '#model/records.ts';
import type { Allocation } from '#model/snapshot.ts';
import { AgreeingBox } from '../support/agreeing-boxes.ts';
import { networkInterface, policy, pool, service } from '../support/objects.ts';
import { seeded } from '../support/seeded.ts';
import { EventQueue } from './event-queue.ts';

/** What is done differently by a box that is broken on purpose. */
export type MakeBox = (name: string, skewMs: number) => AgreeingBox;

export const faithfulBox: MakeBox = (name, skewMs) => new AgreeingBox(name, skewMs);

const helloMs = 1000;
const faultsMs = 15_000;
/** Hellos without loss, each followed by a round: a loser of a loser may take two of them. */
const settleMs = 6 * helloMs;
/** A box that was silent for this long is gone, and so is what it held. */
const patienceMs = 3 * helloMs;
const pools = [pool('blue', '10.0.0.0/29'), pool('red', '10.0.1.0/29')];
const policies = [policy('all')];
const links = { interfaces: [networkInterface('eth0')] };
const allServices = ['a/1', 'a/2', 'a/3', 'b/1', 'b/2'];
/** Wall clocks that nobody has set lately. */
const farthestSkewMs = 3000;

/** Plays the schedule of this seed; what is wrong in the end, or null. */
export function runAgreement(seed: number, makeBox: MakeBox = faithfulBox): string | null {
  const lan = new AgreementLan(seed, makeBox);
  lan.play();
  return lan.verdict();
}

interface Holding {
  readonly service: string;
  readonly address: string;
  readonly sinceMs: number;
  readonly node: string;
}

class AgreementLan {
  readonly #random: () => number;
  readonly #queue = new EventQueue<() => void>();
  readonly #boxes: readonly AgreeingBox[];
  readonly #loss: number;
  /** Box by box, the half of the LAN that it is in. */
  readonly #side: number[];
  /** When what was last heard was sent: by sender and listener. */
  readonly #lastMs = new Map<string, number>();
  #isHealed = false;
  #expected: readonly Holding[] = [];
  #keys: readonly string[] = [];

  constructor(seed: number, makeBox: MakeBox) {
    this.#random = seeded(seed);
    const names = ['n1', 'n2', 'n3', 'n4', 'n5'].slice(0, 2 + this.#below(4));
    this.#boxes = names.map((name) => makeBox(name, this.#below(2 * farthestSkewMs) - farthestSkewMs));
    this.#side = names.map(() => 0);
    this.#loss = this.#random() < 0.5 ? 0.3 : 0;
  }

  play(): void {
    for (const box of this.#boxes.keys()) {
      this.#edit(box, this.#someServices());
      this.#queue.push(this.#below(helloMs), () => this.#hello(box));
    }
    for (let i = 3 + this.#below(8); i > 0; i--) this.#queue.push(this.#below(faultsMs), () => this.#fault());
    this.#queue.push(faultsMs, () => this.#heal());
    this.#queue.push(faultsMs + settleMs, () => this.#sameFiles());
    const endMs = faultsMs + 2 * settleMs;
    for (let next = this.#queue.pop(endMs); next; next = this.#queue.pop(endMs)) next();
  }

  /** All hold the same, and whoever held an address first has kept it. */
  verdict(): string | null {
    const [first, ...others] = this.#boxes.map((box) => JSON.stringify(box.ips().map((one) => holding(one, box.name))));
    if (others.some((other) => other !== first)) return `boxes differ: ${[first, ...others].join(' | ')}`;
    const held = this.#boxes[0]?.ips() ?? [];
    if (held.length !== this.#keys.length) return `${held.length} of ${this.#keys.length} services have an address`;
    for (const { service: key, address } of this.#expected) {
      const now = held.find((one) => one.service === key);
      if (!now || formatAddress(now.address) !== address) {
        return `${key} held ${address} before all others and has ${now ? formatAddress(now.address) : 'none'}`;
      }
    }
    return null;
  }

  #below(n: number): number {
    return Math.floor(this.#random() * n);
  }

  #box(at: number): AgreeingBox {
    return this.#boxes[at] as AgreeingBox;
  }

  #someServices(): readonly string[] {
    return allServices.filter(() => this.#random() < 0.6);
  }

  #edit(at: number, keys: readonly string[]): void {
    const box = this.#box(at);
    box.declared = { pools, policies, services: keys.map((key) => service(key)) };
    box.round(this.#queue.nowMs, links);
  }

  #fault(): void {
    if (this.#isHealed) return;
    const at = this.#below(this.#boxes.length);
    const kind = this.#below(6);
    if (kind === 0) this.#restart(at);
    else if (kind === 1) this.#box(at).isDiskFull = true;
    else if (kind === 2) this.#makeRoom(at);
    else if (kind === 3) for (const box of this.#side.keys()) this.#side[box] = this.#below(2);
    else this.#edit(at, this.#someServices());
  }

  /** It has what its disk has, and decides by that at once. */
  #restart(at: number): void {
    this.#box(at).restart();
    this.#box(at).round(this.#queue.nowMs, links);
  }

  #makeRoom(at: number): void {
    this.#box(at).isDiskFull = false;
    this.#box(at).keep();
  }

  /** Nothing gets lost any more. */
  #heal(): void {
    this.#isHealed = true;
    for (const at of this.#boxes.keys()) this.#makeRoom(at);
    this.#side.fill(0);
    this.#expected = seats(this.#boxes.flatMap((box) => box.ips().map((one) => holding(one, box.name))));
  }

  #sameFiles(): void {
    this.#keys = this.#someServices();
    this.#expected = this.#expected.filter(({ service: key }) => this.#keys.includes(key));
    for (const at of this.#boxes.keys()) this.#edit(at, this.#keys);
  }

  #hello(from: number): void {
    const box = this.#box(from);
    const sentMs = this.#queue.nowMs;
    const set = { records: ownRecords(box.memory.allocations, box.name), exclusions: [] };
    for (const to of this.#boxes.keys()) {
      if (to === from || this.#side[to] !== this.#side[from]) continue;
      if (!this.#isHealed && this.#random() < this.#loss) continue;
      const delayMs = 1 + this.#below(this.#isHealed ? 20 : 1500);
      this.#queue.push(sentMs + delayMs, () => this.#hears(to, { from: box.name, sentMs, set }));
    }
    this.#forgetSilent(from);
    this.#queue.push(sentMs + helloMs, () => this.#hello(from));
  }

  #hears(to: number, { from, sentMs, set }: Hello): void {
    const box = this.#box(to);
    const known = this.#lastMs.get(`${from} ${to}`);
    // Overtaken by a later one.
    if (known !== undefined && sentMs < known) return;
    this.#lastMs.set(`${from} ${to}`, sentMs);
    box.heard.set(from, set);
    box.round(this.#queue.nowMs, links);
  }

  #forgetSilent(to: number): void {
    for (const other of this.#boxes) {
      const last = this.#lastMs.get(`${other.name} ${to}`);
      if (last !== undefined && this.#queue.nowMs - last > patienceMs) this.#box(to).forget(other);
    }
  }
}

interface Hello {
  readonly from: string;
  readonly sentMs: number;
  readonly set: { readonly records: readonly PeerRecord[]; readonly exclusions: readonly PeerExclusion[] };
}

function holding({ service: key, address, sinceMs, node }: Allocation, self: string): Holding {
  return { service: key, address: formatAddress(address), sinceMs, node: node ?? self };
}

/**
 * Who keeps what: the earliest holding first, as long as neither its service nor its address has been seen. Left out is
 * what an earlier holding touches that is itself to be lost: a box that does not know its service cannot know that it is,
 * and honors it; and whoever loses it may be given another one by a clock that is behind.
 */
function seats(holdings: readonly Holding[]): readonly Holding[] {
  const order = (a: Holding, b: Holding) => a.sinceMs - b.sinceMs || (a.node < b.node ? -1 : a.node > b.node ? 1 : 0);
  const [kept, lost, open]: [Holding[], Holding[], Holding[]] = [[], [], []];
  for (const one of [...holdings].sort(order)) {
    const isSame = (other: Holding) => other.service === one.service && other.address === one.address;
    const touches = (other: Holding) => other.service === one.service || other.address === one.address;
    if (kept.some(isSame)) continue;
    if (kept.some(touches)) lost.push(one);
    else if (open.some(touches) || lost.some(touches)) open.push(one);
    else kept.push(one);
  }
  return kept;
}
