// The main thread's side of the shared table: the only writer of rows and groups.
import type { IpAddress } from '#model/address.ts';
import { AddressIndex, type AddressKey, familyAt } from './address-index.ts';
import {
  activeBit,
  counterWords,
  freeBit,
  Group,
  groupAt,
  groupCount,
  Header,
  type Layout,
  mappedWord,
  type Phase,
  phaseShift,
  phases,
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
  /** Indexes of rows that were used and are free again, the next one last. BOUNDED: capacity. */
  readonly #free: number[] = [];
  readonly #index: AddressIndex;
  #batching = false;
  #changed = false;

  /** Takes up an existing table too. Throws when the buffer is no table. */
  constructor(buffer: SharedArrayBuffer) {
    this.#words = new Int32Array(buffer);
    this.#layout = readLayout(this.#words);
    this.#index = new AddressIndex(this.#words, this.#layout);
    for (let row = this.#load(Header.rowsUsed) - 1; row >= 0; row--) {
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
   * Adds a VIP, or changes its group, phase (live unless said) and generation; the same again changes nothing, not even
   * the epoch. False: the table is full.
   */
  put(row: {
    readonly address: IpAddress;
    readonly group: number;
    readonly generation: number;
    readonly phase?: Phase;
  }): boolean {
    checkGroup(row.group);
    const key = keyOf(row.address);
    const meta = key.family | (phases.indexOf(row.phase ?? 'live') << phaseShift) | (row.group << 16);
    const slot = this.#index.slotOf(key);
    const existing = this.#index.rowIn(slot);
    if (existing >= 0) {
      this.#update(this.#rowAt(existing), meta, row.generation | 0);
      return true;
    }
    const used = this.#load(Header.rowsUsed);
    const free = this.#free.pop() ?? used;
    if (free >= this.capacity) return false;
    this.#fill(this.#rowAt(free), key, meta, row.generation | 0);
    // The slot comes last: a reader that sees it sees a whole row.
    this.#index.publish(slot, free);
    if (free === used) this.#store(Header.rowsUsed, free + 1);
    this.#store(Header.size, this.size + 1);
    this.#touch();
    return true;
  }

  /** Takes a VIP out; when it returns, no lookup finds it. False: it was not there. */
  remove(address: IpAddress): boolean {
    const slot = this.#index.slotOf(keyOf(address));
    const row = this.#index.rowIn(slot);
    if (row < 0) return false;
    const at = this.#rowAt(row) + Row.sequence;
    this.#store(at, (this.#load(at) + sequenceStep) | freeBit);
    this.#index.vacate(slot);
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

  /** Word index of the row of this VIP, -1 when it is not there. */
  rowWordOf(address: IpAddress): number {
    const row = this.#index.rowIn(this.#index.slotOf(keyOf(address)));
    return row < 0 ? -1 : this.#rowAt(row);
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
    const at = this.rowWordOf(address);
    return at < 0 ? 0 : readCounter(this.#words, at + Row.answers);
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

  #fill(at: number, key: AddressKey, meta: number, generation: number): void {
    for (let i = 0; i < 4; i++) this.#store(at + Row.address + i, key.words[i] ?? 0);
    this.#store(at + Row.meta, meta);
    this.#store(at + Row.generation, generation);
    for (let word = Row.answers; word < rowWords; word++) this.#store(at + word, 0);
    this.#store(at + Row.sequence, (this.#load(at + Row.sequence) + sequenceStep) & ~freeBit);
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

  #addressAt(at: number): IpAddress {
    const word = (i: number) => this.#load(at + Row.address + i) >>> 0;
    if (familyAt(this.#words, at) === 4) return { family: 'IPv4', value: BigInt(word(3)) };
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

function keyOf(address: IpAddress): AddressKey {
  const words = new Int32Array(4);
  if (address.family === 'IPv4') {
    words.set([0, 0, mappedWord, Number(address.value) | 0]);
    return { words, family: 4 };
  }
  for (let i = 0; i < 4; i++) words[i] = Number(BigInt.asIntN(32, address.value >> BigInt(96 - 32 * i)));
  return { words, family: 6 };
}

function checkGroup(group: number): void {
  if (!Number.isInteger(group) || group < 0 || group >= groupCount) {
    throw new RangeError(`Cannot use group ${group}: not within 0…${groupCount - 1}`);
  }
}
