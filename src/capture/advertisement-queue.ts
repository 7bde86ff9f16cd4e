// Sends the advertisements of a turn in one go.
import type { Link } from '#ports.ts';
import { emitVrrp, type VrrpAdvertiser } from '#wire/vrrp-emit.ts';
import { gauge } from './gauges.ts';

/** Sends an advertisement to one peer, by way of the kernel, which knows its MAC; false: it did not leave. */
export type SendToPeer = (peer: string, advertiser: VrrpAdvertiser, priority: number) => boolean;

export class AdvertisementQueue {
  readonly #link: Link;
  readonly #gauges: Uint32Array;
  readonly #lengths: Uint16Array;
  readonly #sendToPeer: SendToPeer;
  /** What is to leave. BOUNDED: an advertisement per group and frame of a turn. */
  readonly #advertisers: VrrpAdvertiser[] = [];
  readonly #priorities: number[] = [];
  /** Unicast peers; empty: the group. */
  peers: readonly string[] = [];

  constructor(link: Link, gauges: Uint32Array, sendToPeer: SendToPeer) {
    this.#link = link;
    this.#gauges = gauges;
    this.#sendToPeer = sendToPeer;
    this.#lengths = new Uint16Array(new ArrayBuffer(link.slots * 2));
  }

  /** Touches nothing of the link: the answers of this turn may lie there and wait to be sent. */
  add(advertiser: VrrpAdvertiser, priority: number): void {
    if (this.peers.length > 0) {
      const lost = this.peers.filter((peer) => !this.#sendToPeer(peer, advertiser, priority)).length;
      if (lost > 0) Atomics.add(this.#gauges, gauge.sendErrors, lost);
      return;
    }
    this.#advertisers.push(advertiser);
    this.#priorities.push(priority);
  }

  /** What is queued leaves now, before whatever the caller sends next. */
  flush(): void {
    const { out, slotBytes, slots } = this.#link;
    let count = 0;
    for (const [i, advertiser] of this.#advertisers.entries()) {
      if (count === slots) {
        this.#send(count);
        count = 0;
      }
      this.#lengths[count] = emitVrrp(out, count * slotBytes, advertiser, this.#priorities[i] ?? 0);
      count++;
    }
    if (count > 0) this.#send(count);
    this.clear();
  }

  /** What is queued does not leave. */
  clear(): void {
    this.#advertisers.length = 0;
    this.#priorities.length = 0;
  }

  #send(count: number): void {
    const sent = this.#link.flush(count, this.#lengths);
    if (sent < count) Atomics.add(this.#gauges, gauge.sendErrors, count - sent);
  }
}
