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
  #count = 0;
  /** Unicast peers; empty: the group. */
  peers: readonly string[] = [];

  constructor(link: Link, gauges: Uint32Array, sendToPeer: SendToPeer) {
    this.#link = link;
    this.#gauges = gauges;
    this.#sendToPeer = sendToPeer;
    this.#lengths = new Uint16Array(new ArrayBuffer(link.slots * 2));
  }

  add(advertiser: VrrpAdvertiser, priority: number): void {
    if (this.peers.length > 0) {
      const lost = this.peers.filter((peer) => !this.#sendToPeer(peer, advertiser, priority)).length;
      if (lost > 0) Atomics.add(this.#gauges, gauge.sendErrors, lost);
      return;
    }
    if (this.#count === this.#link.slots) this.flush();
    const at = this.#count * this.#link.slotBytes;
    this.#lengths[this.#count++] = emitVrrp(this.#link.out, at, advertiser, priority);
  }

  /** What is queued leaves now, before whatever the caller sends next. */
  flush(): void {
    if (this.#count === 0) return;
    const sent = this.#link.flush(this.#count, this.#lengths);
    if (sent < this.#count) Atomics.add(this.#gauges, gauge.sendErrors, this.#count - sent);
    this.#count = 0;
  }
}
