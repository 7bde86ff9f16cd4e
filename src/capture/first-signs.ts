// How soon after a take-over each address is announced and answered, for the history of failovers.
import type { FirstSigns as Signs } from '#model/election.ts';
import { mappedKey } from '#model/mapped-key.ts';
import { ArpField } from '#wire/arp.ts';
import { carriesIpv6, headerLength } from '#wire/ethernet.ts';
import { ipv6AddressLength } from '#wire/ipv6.ts';
import { NdpField } from '#wire/ndp.ts';

/** After this long without a question there is nothing left to measure: nobody asked. */
const patienceMs = 10_000;
/** Signs are told in portions: a thousand addresses are not a thousand messages. */
const portionMs = 100;

interface Taken {
  readonly group: number;
  readonly term: number;
  readonly atMs: number;
}

interface Found extends Taken {
  readonly key: string;
  readonly sign: 'announced' | 'answered';
  readonly afterMs: number;
}

export class FirstSigns {
  readonly #tell: (signs: Signs) => void;
  /** By key of the address. BOUNDED: rows of the table. */
  readonly #unannounced = new Map<string, Taken>();
  readonly #unanswered = new Map<string, Taken>();
  /** BOUNDED: two per row, for `portionMs`. */
  #found: Found[] = [];
  #tellMs = Number.POSITIVE_INFINITY;
  #endMs = Number.POSITIVE_INFINITY;

  constructor(tell: (signs: Signs) => void) {
    this.#tell = tell;
  }

  /** Whether answers are to be shown to `answered`: hardly ever. */
  get isWaiting(): boolean {
    return this.#unanswered.size > 0;
  }

  /** These addresses came here now. */
  begin(taken: Taken, keys: readonly string[]): void {
    for (const key of keys) {
      this.#unannounced.set(key, taken);
      this.#unanswered.set(key, taken);
    }
    this.#endMs = taken.atMs + patienceMs;
  }

  announced(key: string, nowMs: number): void {
    this.#note(this.#unannounced, key, 'announced', nowMs);
  }

  /** A reply or advertisement of ours lies at `offset`. */
  answered(out: Uint8Array, offset: number, nowMs: number): void {
    const at = offset + headerLength;
    const frame = out.subarray(offset);
    const start = carriesIpv6(frame) ? at + NdpField.target : at + ArpField.senderAddress;
    const end = carriesIpv6(frame) ? start + ipv6AddressLength : start + 4;
    this.#note(this.#unanswered, mappedKey(out.subarray(start, end)), 'answered', nowMs);
  }

  /** Tells what has been seen since; call in every turn. */
  turn(nowMs: number): void {
    if (nowMs >= this.#endMs) {
      this.#unannounced.clear();
      this.#unanswered.clear();
      this.#endMs = Number.POSITIVE_INFINITY;
    }
    if (nowMs < this.#tellMs) return;
    this.#tellMs = Number.POSITIVE_INFINITY;
    const found = this.#found;
    this.#found = [];
    for (const [, list] of Map.groupBy(found, ({ group, term }) => `${group} ${term}`)) {
      const [first] = list;
      if (!first) continue;
      const signs = list.map(({ key, sign, afterMs }) => ({ key, sign, afterMs }));
      this.#tell({ group: first.group, term: first.term, signs });
    }
  }

  /** Whole milliseconds until `turn` has something to do; Infinity when never. */
  delayMs(nowMs: number): number {
    return Math.max(0, Math.ceil(Math.min(this.#tellMs, this.#endMs) - nowMs));
  }

  #note(waiting: Map<string, Taken>, key: string, sign: Found['sign'], nowMs: number): void {
    const taken = waiting.get(key);
    if (!taken) return;
    waiting.delete(key);
    this.#found.push({ ...taken, key, sign, afterMs: nowMs - taken.atMs });
    this.#tellMs = Math.min(this.#tellMs, nowMs + portionMs);
  }
}
