// Fetches the records of other boxes and brings them ours: what is lost is asked for again, what is sent is paced.

import { lackedBuckets } from '#core/peer-copy.ts';
import type { PeerEntry } from '#core/peer-table.ts';
import { type Bucket, emptySet, type RecordSet } from '#core/record-set.ts';
import { emitSections, emitWant, type Section, type Want } from '#wire/record-sections.ts';

/** Datagrams per look: half of what a socket's buffer of 208 KiB holds, so that a slow reader loses little. */
const datagramsPerLook = 64;
/** Nothing came for so long: asked again. Doubled for a box that does not answer, up to the second. */
const [againMs, mostAgainMs] = [150, 2000];

export interface CourierParts {
  /** Sends to a box that was heard; false: it did not leave. */
  readonly send: (to: PeerEntry, type: 'want' | 'sections', body: Uint8Array) => void;
  readonly room: () => number;
  readonly salt: () => number;
}

interface Fetch {
  askedMs: number;
  patienceMs: number;
}

export class RecordCourier {
  readonly #parts: CourierParts;
  /** What is asked of whom, by instance. BOUNDED: boxes. */
  readonly #fetches = new Map<string, Fetch>();
  /** What is to be sent, by instance: a newer want takes the place of an older one. BOUNDED: boxes. */
  readonly #queues = new Map<string, { readonly to: PeerEntry; readonly bodies: Iterator<Uint8Array> }>();
  #set: RecordSet = emptySet;

  constructor(parts: CourierParts) {
    this.#parts = parts;
  }

  /** What this box tells. */
  get set(): RecordSet {
    return this.#set;
  }

  tell(set: RecordSet): void {
    this.#set = set;
  }

  /** Another box wants what it lacks. */
  hearWant(from: PeerEntry, want: Want): void {
    const lacked: readonly (Bucket & { readonly bucket: number })[] = lackedBuckets(this.#set, want);
    const bodies = emitSections(lacked, this.#parts.room())[Symbol.iterator]();
    this.#queues.set(from.instance, { to: from, bodies });
  }

  hearSections(from: PeerEntry, sections: readonly Section[], nowMs: number): void {
    for (const section of sections) from.copy.take(section);
    const fetch = this.#fetches.get(from.instance);
    if (!fetch) return;
    fetch.askedMs = nowMs;
    fetch.patienceMs = againMs;
  }

  /** Asks whoever has what is not held here, and sends what others asked for. True while something is under way. */
  look(live: readonly PeerEntry[], nowMs: number): boolean {
    const present = new Set(live.map(({ instance }) => instance));
    for (const instance of this.#fetches.keys()) if (!present.has(instance)) this.#fetches.delete(instance);
    for (const entry of live) {
      if (entry.copy.isCurrent()) this.#fetches.delete(entry.instance);
      else this.#fetch(entry, nowMs);
    }
    this.#send();
    return this.#fetches.size + this.#queues.size > 0;
  }

  #fetch(entry: PeerEntry, nowMs: number): void {
    const fetch = this.#fetches.get(entry.instance);
    if (fetch && nowMs - fetch.askedMs < fetch.patienceMs) return;
    const patienceMs = fetch ? Math.min(fetch.patienceMs * 2, mostAgainMs) : againMs;
    this.#fetches.set(entry.instance, { askedMs: nowMs, patienceMs });
    this.#parts.send(entry, 'want', emitWant(entry.copy.want(this.#parts.salt())));
  }

  #send(): void {
    let left = datagramsPerLook;
    for (const [instance, { to, bodies }] of this.#queues) {
      while (left > 0) {
        const { done, value } = bodies.next();
        if (done) {
          this.#queues.delete(instance);
          break;
        }
        this.#parts.send(to, 'sections', value);
        left--;
      }
    }
  }
}
