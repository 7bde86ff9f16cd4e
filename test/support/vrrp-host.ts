// Somebody on the LAN who hears every advertisement of a virtual router there, and sends what it is told to.
import { openLink, type PcapLink } from '#native/link.ts';
import { parseVrrp, type Vrrp } from '#wire/vrrp-text.ts';
import { type AskerPlace, patienceMs } from './asker.ts';
import { inside } from './native-namespace.ts';
import { receivedMs } from './received-ms.ts';

export interface HeardAdvertisement extends Vrrp {
  /** When the kernel received the frame, milliseconds since 1970: this process may read it late. */
  readonly atMs: number;
}

export class VrrpHost {
  readonly #link: PcapLink;
  /** Heard since the last `clear`. BOUNDED: by the test that listens. */
  readonly heard: HeardAdvertisement[] = [];

  constructor(place: AskerPlace) {
    const filter = 'ip proto 112 or ip6 proto 112';
    const opened = inside(place.namespace, () =>
      openLink({ interface: place.interface, filter, promiscuous: true, snapLength: 2048, slotBytes: 512 }),
    );
    if (!opened.ok) throw new Error(`Cannot listen on "${place.interface}": ${opened.error.message}`);
    this.#link = opened.value;
  }

  send(frame: Uint8Array): void {
    this.#link.out.set(frame);
    if (this.#link.flush(1, Uint16Array.of(frame.length)) !== 1) throw new Error('The frame did not leave');
  }

  /** Sends the frame over and over, as a leader would. */
  async insist(frame: Uint8Array, everyMs: number, milliseconds: number): Promise<void> {
    const end = performance.now() + milliseconds;
    while (performance.now() < end) {
      this.send(frame);
      await Bun.sleep(everyMs);
    }
  }

  clear(): void {
    this.#drain();
    this.heard.length = 0;
  }

  /** Listens until `seen` holds; false when it did not within the time. */
  async until(seen: (heard: readonly HeardAdvertisement[]) => boolean, milliseconds = patienceMs): Promise<boolean> {
    const end = performance.now() + milliseconds;
    for (;;) {
      this.#drain();
      if (seen(this.heard)) return true;
      if (performance.now() >= end) return false;
      await Bun.sleep(2);
    }
  }

  /** Everything heard within this time from now on. */
  async listen(milliseconds: number): Promise<readonly HeardAdvertisement[]> {
    this.clear();
    await this.until(() => false, milliseconds);
    return [...this.heard];
  }

  /** Addresses that claim to lead an id within this time. */
  async leaders(virtualRouterId: number, milliseconds: number): Promise<string[]> {
    const heard = await this.listen(milliseconds);
    const own = heard.filter((one) => one.virtualRouterId === virtualRouterId && one.priority > 0);
    return [...new Set(own.map(({ sender }) => sender))].sort();
  }

  close(): void {
    this.#link.close();
  }

  #drain(): void {
    for (let length = this.#link.next(); length > 0; length = this.#link.next()) {
      const vrrp = parseVrrp(this.#link.frame, length);
      if (typeof vrrp !== 'string') this.heard.push({ ...vrrp, atMs: receivedMs(this.#link) });
    }
  }
}
