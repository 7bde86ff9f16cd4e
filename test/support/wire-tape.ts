// Writes down what a host of the LAN sees, with the kernel's time stamps: announcements, replies, advertisements.
import { openLink, type PcapLink } from '#native/link.ts';
import { parseVrrp } from '#wire/vrrp-text.ts';
import { readArp } from './arp-text.ts';
import type { AskerPlace } from './asker.ts';
import { inside } from './native-namespace.ts';

interface Taped {
  /** Milliseconds since 1970, when the kernel saw it. */
  readonly atMs: number;
  /** Ethernet source. */
  readonly from: string;
}

/** Request or reply by which somebody speaks for an address unasked (RFC 5227 §1.1). */
export interface TapedAnnouncement extends Taped {
  readonly ip: string;
}

export interface TapedAdvertisement extends Taped {
  readonly virtualRouterId: number;
  readonly priority: number;
}

/** The ring holds 8 MiB, seconds of what a thousand addresses send; it is emptied far more often. */
const emptiedMs = 20;

export class WireTape {
  readonly #link: PcapLink;
  readonly #timer: ReturnType<typeof setInterval>;
  /** Since the last `clear`. BOUNDED: by the test that listens. */
  announcements: TapedAnnouncement[] = [];
  advertisements: TapedAdvertisement[] = [];

  constructor(place: AskerPlace) {
    const filter = 'arp or ip proto 112 or ip6 proto 112';
    const opened = inside(place.namespace, () =>
      openLink({ interface: place.interface, filter, promiscuous: true, bufferBytes: 8 * 1024 * 1024 }),
    );
    if (!opened.ok) throw new Error(`Cannot listen on "${place.interface}": ${opened.error.message}`);
    this.#link = opened.value;
    this.#timer = setInterval(() => this.#take(), emptiedMs);
  }

  clear(): void {
    this.#take();
    this.announcements = [];
    this.advertisements = [];
  }

  /** Waits until nothing was announced for so long; false when that did not come within the time. */
  async isQuiet(quietMs: number, withinMs: number): Promise<boolean> {
    const end = performance.now() + withinMs;
    while (performance.now() < end) {
      this.clear();
      await Bun.sleep(quietMs);
      this.#take();
      if (this.announcements.length === 0) return true;
    }
    return false;
  }

  /** Throws when the kernel had no room for a frame: then silence proves nothing. */
  take(): {
    readonly announcements: readonly TapedAnnouncement[];
    readonly advertisements: readonly TapedAdvertisement[];
  } {
    this.#take();
    const { dropped } = this.#link.stats();
    if (dropped > 0) throw new Error(`The tape lacks ${dropped} frames`);
    return { announcements: this.announcements, advertisements: this.advertisements };
  }

  close(): void {
    clearInterval(this.#timer);
    this.#link.close();
  }

  #take(): void {
    const link = this.#link;
    for (let length = link.next(); length > 0; length = link.next()) {
      const atMs = link.seconds * 1000 + link.microseconds / 1000;
      const vrrp = parseVrrp(link.frame, length);
      if (typeof vrrp !== 'string') {
        const { etherSource: from, virtualRouterId, priority } = vrrp;
        this.advertisements.push({ atMs, from, virtualRouterId, priority });
        continue;
      }
      const arp = readArp(link.frame.subarray(0, length));
      // A reply that nobody asked for has our own MAC as its target; an answer names the one who asked.
      if (arp && arp.sender === arp.target && arp.sender !== '0.0.0.0')
        this.announcements.push({ atMs, from: arp.from, ip: arp.sender });
    }
  }
}

/** The most frames within any second, the frames being in the order of time. */
export function mostPerSecond(frames: readonly Taped[]): number {
  let [most, first] = [0, 0];
  for (const [last, { atMs }] of frames.entries()) {
    while ((frames[first]?.atMs ?? atMs) <= atMs - 1000) first++;
    most = Math.max(most, last - first + 1);
  }
  return most;
}
