// The LAN between the boxes: who hears whom, what gets lost, comes late or twice.
import type { Plan } from './plan.ts';
import { claimOf } from './sim-net.ts';

/** Whatever asks for addresses and believes announcements; it hears everybody. */
export const client = -1;

export interface Delivery {
  readonly to: number;
  readonly from: number;
  readonly frame: Uint8Array;
}

export class Segment {
  readonly #plan: Plan;
  readonly #random: () => number;
  readonly #deliver: (delayMs: number, delivery: Delivery) => void;
  /** How many faults cut the way from one box to another: `from * count + to`. */
  readonly #cuts: number[];
  /** Losses that are in force. */
  readonly losses: number[];
  isHealed = false;

  /** When the last frame arrives, by way. */
  readonly #lastMs: number[] = [];
  readonly #clock: () => number;

  constructor(
    plan: Plan,
    random: () => number,
    clock: () => number,
    deliver: (delayMs: number, delivery: Delivery) => void,
  ) {
    this.#clock = clock;
    this.#plan = plan;
    this.#random = random;
    this.#deliver = deliver;
    this.#cuts = new Array<number>(plan.boxes.length ** 2).fill(0);
    this.losses = [plan.loss];
  }

  cut(from: number, to: number, by: 1 | -1): void {
    const at = from * this.#plan.boxes.length + to;
    this.#cuts[at] = (this.#cuts[at] ?? 0) + by;
  }

  isCut(from: number, to: number): boolean {
    return !this.isHealed && (this.#cuts[from * this.#plan.boxes.length + to] ?? 0) > 0;
  }

  /** From a box, or the client, to all others. */
  broadcast(from: number, frame: Uint8Array): void {
    if (from !== client && claimOf(frame) !== null) this.#send({ from, to: client, frame });
    for (let to = 0; to < this.#plan.boxes.length; to++) {
      if (to !== from && (from === client || !this.isCut(from, to))) this.#send({ from, to, frame });
    }
  }

  /** To the client, or to one box. */
  unicast(from: number, to: number, frame: Uint8Array): void {
    if (to === client || !this.isCut(from, to)) this.#send({ from, to, frame });
  }

  #inOrder({ from, to }: Delivery, delayMs: number): number {
    if (!this.#plan.calm) return delayMs;
    const way = (from + 1) * (this.#plan.boxes.length + 1) + to + 1;
    const nowMs = this.#clock();
    const atMs = Math.max(nowMs + delayMs, this.#lastMs[way] ?? 0);
    this.#lastMs[way] = atMs;
    return atMs - nowMs;
  }

  #send(delivery: Delivery): void {
    const random = this.#random;
    const loss = this.isHealed ? 0 : Math.max(...this.losses);
    if (loss > 0 && random() < loss) return;
    const [least, most] = this.#plan.delayMs;
    // Delays differ from frame to frame: later ones overtake earlier ones, but not on a calm day.
    this.#deliver(this.#inOrder(delivery, least + (most - least) * random()), delivery);
    if (!this.isHealed && this.#plan.duplicate > 0 && random() < this.#plan.duplicate) {
      this.#deliver(least + (most - least) * random(), delivery);
    }
  }
}
