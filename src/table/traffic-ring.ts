// The latest frames of one interface in shared memory: one writer that never waits, any number of readers.
import { Field, recordWords } from './traffic-record.ts';

/** BOUNDED: records per interface; newer ones overwrite. A power of two: half a megabyte when all were used. */
const recordCount = 8192;
/** The writer says this many records ahead what it may overwrite, so that a frame costs no atomics: two batches. */
const chunk = 128;
/** Frames that can be read back: the rest may be in the writer's hands. */
export const trafficKept = recordCount - chunk;

/** Words of the header. Sequence numbers begin with 1; `last` is of 64 bits, torn reads show in its two high words. */
const Header = { highAfter: 0, low: 1, highBefore: 2, reserved: 3 } as const;
/** A cache line of their own. */
const headerWords = 16;
const wrapAt = 2 ** 32;

/** `after`: the sequence number that the first frame comes behind. */
export function createTrafficRing(after = 0): SharedArrayBuffer {
  const buffer = new SharedArrayBuffer((headerWords + recordCount * recordWords) * 4);
  const words = new Int32Array(buffer);
  words[Header.low] = after | 0;
  words[Header.reserved] = after | 0;
  words[Header.highAfter] = Math.floor(after / wrapAt);
  words[Header.highBefore] = Math.floor(after / wrapAt);
  return buffer;
}

/** Only one at a time per ring. A new one goes on where the last one ended. */
export class TrafficWriter {
  /** For the fields of the record that `next` gave. */
  readonly words: Int32Array;
  #last: number;
  #reserved: number;
  #published: number;

  constructor(ring: SharedArrayBuffer) {
    this.words = new Int32Array(ring);
    this.#published = Atomics.load(this.words, Header.low);
    this.#last = this.#published;
    this.#reserved = Atomics.load(this.words, Header.reserved);
  }

  /** Begins a record: where its words begin. All but its sequence number hold what an older frame left. */
  next(): number {
    if (this.#last === this.#reserved) this.#reserve();
    const sequence = (this.#last + 1) | 0;
    this.#last = sequence;
    const at = headerWords + (sequence & (recordCount - 1)) * recordWords;
    this.words[at + Field.sequence] = sequence;
    return at;
  }

  /** Shows readers what was written since the last time: once a turn. */
  publish(): void {
    const last = this.#last;
    if (last === this.#published) return;
    const { words } = this;
    const wrapped = last >>> 0 < this.#published >>> 0;
    this.#published = last;
    if (wrapped) Atomics.add(words, Header.highBefore, 1);
    Atomics.store(words, Header.low, last);
    if (wrapped) Atomics.add(words, Header.highAfter, 1);
  }

  #reserve(): void {
    this.#reserved = (this.#last + chunk) | 0;
    Atomics.store(this.words, Header.reserved, this.#reserved);
    // The plain stores of the records come after this load, and it comes after the store: readers see the warning first.
    Atomics.load(this.words, Header.reserved);
  }
}

/** Reads one ring; any number of them may. */
export class TrafficReader {
  readonly #words: Int32Array;
  readonly #copy = new Int32Array(recordWords);

  constructor(ring: SharedArrayBuffer) {
    this.#words = new Int32Array(ring);
  }

  /** Sequence number of the newest frame; 0 or where the ring began when there is none. */
  last(): number {
    const words = this.#words;
    for (;;) {
      const high = Atomics.load(words, Header.highAfter);
      const low = Atomics.load(words, Header.low);
      if (Atomics.load(words, Header.highBefore) === high) return (high >>> 0) * wrapAt + (low >>> 0);
    }
  }

  /**
   * The words of a record, the same array every time; null when it was overwritten, or is being overwritten. `sequence` is
   * at most `last()`.
   */
  read(sequence: number): Int32Array | null {
    const words = this.#words;
    const copy = this.#copy;
    const low = sequence | 0;
    const at = headerWords + (low & (recordCount - 1)) * recordWords;
    for (let i = 0; i < recordWords; i++) copy[i] = Atomics.load(words, at + i);
    // The writer may be at any record up to `reserved`, each in the place of one that is a whole ring older. Loaded after
    // the copy: had a word of it been overwritten, the warning would be visible by now.
    if (((Atomics.load(words, Header.reserved) - low) | 0) >= recordCount) return null;
    return copy[Field.sequence] === low ? copy : null;
  }
}
