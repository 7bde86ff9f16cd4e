// The main thread's side of the shared table: the only writer of rows and groups.
import type { IpAddress } from '#model/address.ts';
import {
  activeBit,
  counterWords,
  freeBit,
  Group,
  groupAt,
  groupCount,
  Header,
  hashIPv4,
  hashIPv6,
  type Layout,
  mappedWord,
  Row,
  readCounter,
  readLayout,
  rowWords,
  sequenceStep,
  updateBit,
} from './layout.ts';
import { verdictNames } from './verdict.ts';

export type GroupMode = 'solo' | 'vrrp' | 'lease';

/** `deadlineMs`: monotonic milliseconds, at most 24 days ahead; from then on the group is not active. */
export interface GroupState {
  readonly mode: GroupMode;
  readonly active: boolean;
  readonly deadlineMs: number;
}

const modes: readonly GroupMode[] = ['solo', 'vrrp', 'lease'];

/** Writes one table; changes are seen by the reader at once, one VIP at a time. */
export class TableWriter {
  readonly #words: Int32Array;
  readonly #layout: Layout;
  /** Indexes of free rows, the next one last. BOUNDED: capacity. */
  readonly #free: number[] = [];
  /** The address being looked up: four words. */
  readonly #key = new Int32Array(4);
  #batching = false;
  #changed = false;

  /** Takes up an existing table too. Throws when the buffer is no table. */
  constructor(buffer: SharedArrayBuffer) {
    this.#words = new Int32Array(buffer);
    this.#layout = readLayout(this.#words);
    for (let row = this.capacity - 1; row >= 0; row--) {
      if (this.#load(this.#rowAt(row) + Row.sequence) & freeBit) this.#free.push(row);
    }
  }

  get size(): number {
    return this.#load(Header.size);
  }

  get capacity(): number {
    return this.#layout.capacity;
  }

  /**
   * Adds a VIP, or changes its group and generation; the same again changes nothing, not even the epoch.
   * False: the table is full.
   */
  put(row: { readonly address: IpAddress; readonly group: number; readonly generation: number }): boolean {
    checkGroup(row.group);
    const family = this.#setKey(row.address);
    const slot = this.#slotOf(family);
    const existing = this.#rowInSlot(slot);
    if (existing >= 0) this.#update(this.#rowAt(existing), metaOf(family, row.group), row.generation | 0);
    else if (!this.#insert(slot, metaOf(family, row.group), row.generation | 0)) return false;
    return true;
  }

  /** Takes a VIP out; when it returns, no lookup finds it. False: it was not there. */
  remove(address: IpAddress): boolean {
    const slot = this.#slotOf(this.#setKey(address));
    const row = this.#rowInSlot(slot);
    if (row < 0) return false;
    const at = this.#rowAt(row) + Row.sequence;
    this.#store(at, (this.#load(at) + sequenceStep) | freeBit);
    this.#vacate(slot);
    this.#free.push(row);
    this.#store(Header.size, this.size - 1);
    this.#touch();
    return true;
  }

  /** Sets a group's state in one step. Only a change of mode or activity changes the epoch, not a renewed deadline. */
  setGroup(group: number, state: GroupState): void {
    checkGroup(group);
    const at = groupAt(this.#layout, group);
    const mode = modes.indexOf(state.mode);
    const lease = (state.deadlineMs & ~activeBit) | (state.active ? activeBit : 0);
    const before = Atomics.exchange(this.#words, at + Group.lease, lease);
    const modeBefore = Atomics.exchange(this.#words, at + Group.mode, mode);
    if (((before ^ lease) & activeBit) !== 0 || modeBefore !== mode) this.#touch();
  }

  /** Makes many changes under one change of the epoch, so that the reader looks at all rows once. */
  batch(change: () => void): void {
    this.#batching = true;
    try {
      change();
    } finally {
      this.#batching = false;
      if (this.#changed) this.#touch();
    }
  }

  /** Asks the reader to end. Wake it if it sleeps. */
  requestStop(): void {
    this.#store(Header.stop, 1);
  }

  /** Says that the writer is alive. */
  beat(nowMs: number): void {
    this.#store(Header.writerBeat, nowMs | 0);
  }

  /** Milliseconds since the reader last said that it is alive. */
  readerSilenceMs(nowMs: number): number {
    return (nowMs - this.#load(Header.readerBeat)) | 0;
  }

  /** Answers given for this VIP since it was put; 0 when it is not there. */
  answers(address: IpAddress): number {
    const row = this.#rowInSlot(this.#slotOf(this.#setKey(address)));
    return row < 0 ? 0 : readCounter(this.#words, this.#rowAt(row) + Row.answers);
  }

  /** Every present row, in no order. */
  *rows(): Iterable<{ address: IpAddress; group: number; generation: number; answers: number }> {
    const used = this.#load(Header.rowsUsed);
    for (let row = 0; row < used; row++) {
      const at = this.#rowAt(row);
      if (this.#load(at + Row.sequence) & freeBit) continue;
      const generation = this.#load(at + Row.generation) >>> 0;
      const group = this.#load(at + Row.meta) >>> 16;
      yield { address: this.#addressAt(at), group, generation, answers: readCounter(this.#words, at + Row.answers) };
    }
  }

  /** How many frames had which outcome, by name of the verdict; never reset. */
  counters(): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const [verdict, name] of verdictNames.entries()) {
      counts[name] = readCounter(this.#words, this.#layout.countersAt + verdict * counterWords);
    }
    return counts;
  }

  #insert(slot: number, meta: number, generation: number): boolean {
    const row = this.#free.pop();
    if (row === undefined) return false;
    const at = this.#rowAt(row);
    for (let i = 0; i < 4; i++) this.#store(at + Row.address + i, this.#key[i] ?? 0);
    this.#store(at + Row.meta, meta);
    this.#store(at + Row.generation, generation);
    this.#store(at + Row.answers, 0);
    this.#store(at + Row.answers + 1, 0);
    this.#store(at + Row.lastAnswer, 0);
    this.#store(at + Row.sequence, (this.#load(at + Row.sequence) + sequenceStep) & ~freeBit);
    // The slot comes last: a reader that sees it sees a whole row.
    this.#store(this.#layout.slotsAt + slot, row + 1);
    if (row >= this.#load(Header.rowsUsed)) this.#store(Header.rowsUsed, row + 1);
    this.#store(Header.size, this.size + 1);
    this.#touch();
    return true;
  }

  #update(at: number, meta: number, generation: number): void {
    if (this.#load(at + Row.meta) === meta && this.#load(at + Row.generation) === generation) return;
    const sequence = this.#load(at + Row.sequence);
    this.#store(at + Row.sequence, (sequence + sequenceStep) | updateBit);
    this.#store(at + Row.meta, meta);
    this.#store(at + Row.generation, generation);
    this.#store(at + Row.sequence, sequence + 2 * sequenceStep);
    this.#touch();
  }

  /**
   * Empties a slot without leaving a tombstone: entries behind it move up. Each is copied before its old place is
   * overwritten, and the version changes before every store, so that a reader either sees an entry or looks again.
   */
  #vacate(slot: number): void {
    const { slotsAt, slots } = this.#layout;
    const mask = slots - 1;
    let hole = slot;
    for (let next = (slot + 1) & mask; ; next = (next + 1) & mask) {
      const entry = this.#load(slotsAt + next);
      if (entry === 0) break;
      const home = this.#hashAt(this.#rowAt(entry - 1)) & mask;
      if (((next - home) & mask) < ((next - hole) & mask)) continue;
      Atomics.add(this.#words, Header.indexVersion, 1);
      this.#store(slotsAt + hole, entry);
      hole = next;
    }
    Atomics.add(this.#words, Header.indexVersion, 1);
    this.#store(slotsAt + hole, 0);
  }

  /** The slot of the key, or the empty one where it belongs. */
  #slotOf(family: 4 | 6): number {
    const { slotsAt, slots } = this.#layout;
    const [a = 0, b = 0, c = 0, d = 0] = this.#key;
    let slot = (family === 4 ? hashIPv4(d) : hashIPv6(a, b, c, d)) & (slots - 1);
    for (;;) {
      const entry = this.#load(slotsAt + slot);
      if (entry === 0 || this.#holdsKey(this.#rowAt(entry - 1), family)) return slot;
      slot = (slot + 1) & (slots - 1);
    }
  }

  #holdsKey(at: number, family: 4 | 6): boolean {
    if ((this.#load(at + Row.meta) & 0xff) !== family) return false;
    for (let i = 0; i < 4; i++) if (this.#load(at + Row.address + i) !== this.#key[i]) return false;
    return true;
  }

  #rowInSlot(slot: number): number {
    return this.#load(this.#layout.slotsAt + slot) - 1;
  }

  #hashAt(at: number): number {
    const [a, b, c, d] = [0, 1, 2, 3].map((i) => this.#load(at + Row.address + i)) as [number, number, number, number];
    return (this.#load(at + Row.meta) & 0xff) === 4 ? hashIPv4(d) : hashIPv6(a, b, c, d);
  }

  #setKey(address: IpAddress): 4 | 6 {
    const key = this.#key;
    if (address.family === 'IPv4') {
      key.set([0, 0, mappedWord, Number(address.value) | 0]);
      return 4;
    }
    for (let i = 0; i < 4; i++) key[i] = Number(BigInt.asIntN(32, address.value >> BigInt(96 - 32 * i)));
    return 6;
  }

  #addressAt(at: number): IpAddress {
    const word = (i: number) => this.#load(at + Row.address + i) >>> 0;
    if ((this.#load(at + Row.meta) & 0xff) === 4) return { family: 'IPv4', value: BigInt(word(3)) };
    let value = 0n;
    for (let i = 0; i < 4; i++) value = (value << 32n) | BigInt(word(i));
    return { family: 'IPv6', value };
  }

  #rowAt(row: number): number {
    return this.#layout.rowsAt + row * rowWords;
  }

  #load(at: number): number {
    return Atomics.load(this.#words, at);
  }

  #store(at: number, value: number): void {
    Atomics.store(this.#words, at, value);
  }

  #touch(): void {
    this.#changed = this.#batching;
    if (!this.#batching) Atomics.add(this.#words, Header.epoch, 1);
  }
}

function metaOf(family: 4 | 6, group: number): number {
  return family | (group << 16);
}

function checkGroup(group: number): void {
  if (!Number.isInteger(group) || group < 0 || group >= groupCount) {
    throw new RangeError(`Cannot use group ${group}: not within 0…${groupCount - 1}`);
  }
}
