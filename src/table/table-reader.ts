// The capture worker's side of the shared table: looks up VIPs without allocating and without ever waiting.
import {
  activeBit,
  counterWords,
  freeBit,
  Group,
  groupAt,
  groupCount,
  groupWords,
  Header,
  hashIPv4,
  hashIPv6,
  incrementCounter,
  type Layout,
  type Phase,
  phaseMask,
  phaseShift,
  phases,
  Row,
  readLayout,
  rowWords,
  updateBit,
} from './layout.ts';

/** The address is not in the table. */
export const NOT_FOUND = -1;
/** The address is in the table, but its group is not active or its deadline has passed. */
export const NOT_ACTIVE = -2;
/** This and below: the address is in row `HELD - result`, which is being claimed or watched, and is not answered. */
export const HELD = -3;

/** A row as `forEachRow` shows it. */
export interface TableRow {
  readonly index: number;
  /** 16 bytes in network order; IPv4 as ::ffff:a.b.c.d. */
  readonly address: Uint8Array;
  readonly family: 4 | 6;
  readonly group: number;
  readonly generation: number;
  readonly phase: Phase;
  /** Its group is active with a live deadline: this node leads it. */
  readonly isLed: boolean;
  /** Live, and led. */
  readonly active: boolean;
}

/**
 * How often a lookup starts again because the writer moved hash slots meanwhile. Each further attempt needs another
 * removal within a few nanoseconds, so more than two or three are never seen.
 */
const maxAttempts = 64;

/**
 * Reads one table; the only reader of it. Times are monotonic milliseconds; only their low 32 bits count, and deadlines
 * are compared by signed difference, so they may be at most 24 days ahead.
 */
export class TableReader {
  readonly #words: Int32Array;
  readonly #layout: Layout;
  readonly #slotsAt: number;
  readonly #slotMask: number;
  readonly #rowsAt: number;
  readonly #leasesAt: number;
  /** The first three words of the IPv6 address that is looked up. */
  readonly #prefix = new Int32Array(3);

  /** Throws when the buffer is no table. */
  constructor(buffer: SharedArrayBuffer) {
    this.#words = new Int32Array(buffer);
    this.#layout = readLayout(this.#words);
    this.#slotsAt = this.#layout.slotsAt;
    this.#slotMask = this.#layout.slots - 1;
    this.#rowsAt = this.#layout.rowsAt;
    this.#leasesAt = groupAt(this.#layout, 0) + Group.lease;
  }

  /**
   * The row (>= 0) of a live IPv4 VIP whose group is active with a live deadline at `nowMs`; NOT_FOUND, NOT_ACTIVE or
   * HELD and below otherwise. `address`: 32 bits, signed or unsigned.
   */
  findIPv4(address: number, nowMs: number): number {
    return this.#find(hashIPv4(address), address | 0, 4, nowMs);
  }

  /** Like `findIPv4`, for the 16 bytes at `offset`. */
  findIPv6(bytes: Uint8Array, offset: number, nowMs: number): number {
    const prefix = this.#prefix;
    const a = readWord(bytes, offset);
    const b = readWord(bytes, offset + 4);
    const c = readWord(bytes, offset + 8);
    const d = readWord(bytes, offset + 12);
    prefix[0] = a;
    prefix[1] = b;
    prefix[2] = c;
    return this.#find(hashIPv6(a, b, c, d), d, 6, nowMs);
  }

  /** Whether this VIP may be announced now: `address` and `family` as in `TableRow`. For a last look before sending. */
  isActive(address: Uint8Array, family: 4 | 6, nowMs: number): boolean {
    const row = family === 4 ? this.findIPv4(readWord(address, 12), nowMs) : this.findIPv6(address, 0, nowMs);
    return row >= 0;
  }

  countAnswer(row: number, nowMs: number): void {
    const at = this.#rowsAt + row * rowWords;
    incrementCounter(this.#words, at + Row.answers);
    this.#words[at + Row.lastAnswer] = nowMs | 0;
  }

  countVerdict(verdict: number): void {
    incrementCounter(this.#words, this.#layout.countersAt + verdict * counterWords);
  }

  /** Differs from before when rows or groups changed: the schedule is to be synced. */
  epoch(): number {
    return Atomics.load(this.#words, Header.epoch);
  }

  stopRequested(): boolean {
    return Atomics.load(this.#words, Header.stop) !== 0;
  }

  /** Says that the reader is alive. */
  beat(nowMs: number): void {
    Atomics.store(this.#words, Header.readerBeat, nowMs | 0);
  }

  /** Milliseconds since the writer last said that it is alive. */
  writerSilenceMs(nowMs: number): number {
    return (nowMs - Atomics.load(this.#words, Header.writerBeat)) | 0;
  }

  /**
   * Makes passed deadlines permanent until the writer sets them anew, and says whether there was one: then the schedule
   * is to be synced. Call it every second or so: 24 days after it passed, a deadline would look live again.
   */
  expireGroups(nowMs: number): boolean {
    let expired = false;
    for (let group = 0; group < groupCount; group++) {
      const at = this.#leasesAt + group * groupWords;
      const lease = Atomics.load(this.#words, at);
      if ((lease & activeBit) === 0 || isLive(lease, nowMs)) continue;
      // A renewal that comes between is kept.
      if (Atomics.compareExchange(this.#words, at, lease, lease & ~activeBit) === lease) expired = true;
    }
    return expired;
  }

  /** Visits every present row, in no order. Not for the hot path. */
  forEachRow(visit: (row: TableRow) => void, nowMs: number): void {
    const used = Atomics.load(this.#words, Header.rowsUsed);
    for (let index = 0; index < used; index++) {
      const row = this.#readRow(index, nowMs);
      if (row) visit(row);
    }
  }

  #find(hash: number, lastWord: number, family: 4 | 6, nowMs: number): number {
    const words = this.#words;
    for (let attempt = 0; attempt < maxAttempts; attempt++) {
      const version = Atomics.load(words, Header.indexVersion);
      let slot = hash & this.#slotMask;
      // At most half of the slots are in use, so an empty one ends every search.
      for (;;) {
        const row = Atomics.load(words, this.#slotsAt + slot) - 1;
        if (row < 0) break;
        const meta = this.#metaIfSame(this.#rowsAt + row * rowWords, lastWord, family);
        if (meta >= 0) return this.#found(row, meta, nowMs);
        slot = (slot + 1) & this.#slotMask;
      }
      if (Atomics.load(words, Header.indexVersion) === version) return NOT_FOUND;
    }
    return NOT_FOUND;
  }

  #found(row: number, meta: number, nowMs: number): number {
    if (!this.#groupLive(meta >>> 16, nowMs)) return NOT_ACTIVE;
    return (meta & phaseMask) === 0 ? row : HELD - row;
  }

  /** The meta word of the row when it holds the address that is looked up, else -1. */
  #metaIfSame(at: number, lastWord: number, family: 4 | 6): number {
    const words = this.#words;
    for (let attempt = 0; attempt < maxAttempts; attempt++) {
      const sequence = Atomics.load(words, at + Row.sequence);
      // An address changes only by way of a free row, so a row that does not fit now is not the one.
      if (sequence & freeBit || Atomics.load(words, at + Row.address + 3) !== lastWord) return -1;
      const meta = Atomics.load(words, at + Row.meta);
      if ((meta & 0xff) !== family || (family === 6 && !this.#samePrefix(at + Row.address))) return -1;
      if (Atomics.load(words, at + Row.sequence) === sequence) return meta;
    }
    return -1;
  }

  #samePrefix(at: number): boolean {
    const words = this.#words;
    const prefix = this.#prefix;
    for (let i = 0; i < 3; i++) {
      if (Atomics.load(words, at + i) !== prefix[i]) return false;
    }
    return true;
  }

  #groupLive(group: number, nowMs: number): boolean {
    const lease = Atomics.load(this.#words, this.#leasesAt + group * groupWords);
    return (lease & activeBit) !== 0 && isLive(lease, nowMs);
  }

  #readRow(index: number, nowMs: number): TableRow | null {
    const words = this.#words;
    const at = this.#rowsAt + index * rowWords;
    for (let attempt = 0; attempt < maxAttempts; attempt++) {
      const sequence = Atomics.load(words, at + Row.sequence);
      if (sequence & freeBit) return null;
      const meta = Atomics.load(words, at + Row.meta);
      const generation = Atomics.load(words, at + Row.generation) >>> 0;
      const address = new Uint8Array(16);
      for (let i = 0; i < 4; i++) writeWord(address, i * 4, Atomics.load(words, at + Row.address + i));
      if (sequence & updateBit || Atomics.load(words, at + Row.sequence) !== sequence) continue;
      const group = meta >>> 16;
      const family = (meta & 0xff) === 4 ? 4 : 6;
      const phase = phases[(meta & phaseMask) >> phaseShift] ?? 'watched';
      const isLed = this.#groupLive(group, nowMs);
      return { index, address, family, group, generation, phase, isLed, active: phase === 'live' && isLed };
    }
    // The writer was interrupted in the middle of a change. Waiting for it could be for ever on one CPU; the epoch
    // changes once it is through.
    return null;
  }
}

function isLive(lease: number, nowMs: number): boolean {
  return (((lease & ~activeBit) - (nowMs | 0)) | 0) > 0;
}

function readWord(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 24) | ((bytes[at + 1] ?? 0) << 16) | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0);
}

function writeWord(bytes: Uint8Array, at: number, word: number): void {
  bytes[at] = word >>> 24;
  bytes[at + 1] = word >>> 16;
  bytes[at + 2] = word >>> 8;
  bytes[at + 3] = word;
}
