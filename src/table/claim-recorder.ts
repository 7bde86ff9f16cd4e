// What a capture worker writes down about claims of other hosts: bounded, without allocating, read by the main thread.
// Read RFC 5227 §2.4 before changing this file.
import {
  ClaimOutcome,
  Conflict,
  conflictCount,
  conflictPolicies,
  conflictWords,
  groupCount,
  Header,
  type Layout,
  probeProfiles,
  Row,
  readLayout,
  rowWords,
} from './layout.ts';
import { HELD } from './table-reader.ts';

/** Which kind of frame claimed the address; bits of a conflict slot. */
export const ClaimKind = { reply: 0, announcement: 1, request: 2, probe: 3, own: 4, advertisement: 5 } as const;
export type ClaimKind = (typeof ClaimKind)[keyof typeof ClaimKind];

/** RFC 5227 §1.1: DEFEND_INTERVAL. */
export const defendIntervalMs = 10_000;

/** Kinds that clients believe; a friend that asks from an address is losing it. */
const assertive: ReadonlySet<ClaimKind> = new Set([ClaimKind.reply, ClaimKind.announcement, ClaimKind.advertisement]);

/** BOUNDED: rows with news that the worker has not looked at; a batch of frames is 64. */
const newsCount = 64;
const none: readonly number[] = [];

export class ClaimRecorder {
  readonly #words: Int32Array;
  readonly #layout: Layout;
  /** Rows that were claimed since `takeNews` was empty; a flood fills it once and is counted in the slots. */
  readonly #news = new Int32Array(new ArrayBuffer(newsCount * 4));
  #newsLength = 0;
  /** A bit for each group of which another box of ours claimed an address that is answered here. */
  readonly #friendly = new Uint32Array(new ArrayBuffer(groupCount / 8));
  #hasFriendly = false;
  // The MAC of the frame that is being recorded, as the slots keep it.
  #macHigh = 0;
  #macLow = 0;

  /** Throws when the buffer is no table. */
  constructor(buffer: SharedArrayBuffer) {
    this.#words = new Int32Array(buffer);
    this.#layout = readLayout(this.#words);
  }

  /**
   * A frame claims the address that a lookup found. `found`: a row, or HELD and below; anything else is ignored. The MAC
   * is the six bytes at `macAt` of `frame`.
   */
  record(found: number, frame: Uint8Array, macAt: number, kind: ClaimKind, nowMs: number): void {
    if (found < 0 && found > HELD) return;
    const row = found >= 0 ? found : HELD - found;
    const words = this.#words;
    const at = this.#layout.rowsAt + row * rowWords;
    const now = nowMs | 0;
    this.#macHigh = ((frame[macAt] as number) << 8) | (frame[macAt + 1] as number);
    this.#macLow =
      ((frame[macAt + 2] as number) << 24) |
      ((frame[macAt + 3] as number) << 16) |
      ((frame[macAt + 4] as number) << 8) |
      (frame[macAt + 5] as number);
    if (this.#isFriend()) {
      if (found >= 0 && assertive.has(kind)) this.#noteFriend(words[at + Row.meta] as number);
      return;
    }
    // Our own frames come back from loops and bonds: worth telling, but nobody else's claim.
    const isOwn = kind === ClaimKind.own;
    const last = words[at + Row.lastClaim] as number;
    const isRepeat = !isOwn && words[at + Row.wasClaimed] !== 0 && ((now - last) | 0) < defendIntervalMs;
    if (!isOwn) {
      words[at + Row.lastClaim] = now;
      words[at + Row.wasClaimed] = 1;
      if (this.#newsLength < newsCount) this.#news[this.#newsLength++] = row;
    }
    const slot = this.#slotFor(at);
    this.#write(slot, at, kind, now);
    if (isRepeat) Atomics.add(words, slot + Conflict.repeats, 1);
    Atomics.add(words, Header.claimEpoch, 1);
  }

  /** The next row with news, -1 when there is none. The same row may come several times. */
  takeNews(): number {
    return this.#newsLength > 0 ? (this.#news[--this.#newsLength] as number) : -1;
  }

  /** Groups that are led here and of which another box of ours claimed an address since the last call. */
  takeFriendly(): readonly number[] {
    if (!this.#hasFriendly) return none;
    this.#hasFriendly = false;
    const groups: number[] = [];
    for (let group = 0; group < groupCount; group++) {
      if (((this.#friendly[group >>> 5] as number) >>> (group & 31)) & 1) groups.push(group);
    }
    this.#friendly.fill(0);
    return groups;
  }

  /** Says what probing for the row of this generation came to. */
  conclude(row: number, generation: number, outcome: keyof typeof ClaimOutcome): void {
    const at = this.#layout.rowsAt + row * rowWords + Row.outcome;
    Atomics.store(this.#words, at, (generation << 2) | ClaimOutcome[outcome]);
    Atomics.add(this.#words, Header.claimEpoch, 1);
  }

  /** Milliseconds since the last claim on the row, Infinity when there was none. */
  sinceClaimMs(row: number, nowMs: number): number {
    const at = this.#layout.rowsAt + row * rowWords;
    if (this.#words[at + Row.wasClaimed] === 0) return Number.POSITIVE_INFINITY;
    return ((nowMs | 0) - (this.#words[at + Row.lastClaim] as number)) >>> 0;
  }

  /** Milliseconds since the last defence of the row, Infinity when there was none; `defended` starts anew. */
  sinceDefenceMs(row: number, nowMs: number): number {
    const at = this.#layout.rowsAt + row * rowWords;
    if (this.#words[at + Row.wasDefended] === 0) return Number.POSITIVE_INFINITY;
    return ((nowMs | 0) - (this.#words[at + Row.lastDefence] as number)) >>> 0;
  }

  defended(row: number, nowMs: number): void {
    const at = this.#layout.rowsAt + row * rowWords;
    this.#words[at + Row.lastDefence] = nowMs | 0;
    this.#words[at + Row.wasDefended] = 1;
  }

  policy(): (typeof conflictPolicies)[number] {
    return conflictPolicies[Atomics.load(this.#words, Header.conflictPolicy)] ?? 'defend';
  }

  profile(): (typeof probeProfiles)[number] {
    return probeProfiles[Atomics.load(this.#words, Header.probeProfile)] ?? 'wired';
  }

  /** The slot of this address and MAC, else a fresh one, else the one that was silent for longest. */
  #slotFor(rowAt: number): number {
    const words = this.#words;
    let oldest = this.#layout.conflictsAt;
    for (let i = 0; i < conflictCount; i++) {
      const at = this.#layout.conflictsAt + i * conflictWords;
      if (words[at + Conflict.sequence] === 0) return at;
      if (this.#isSame(at, rowAt)) return at;
      const younger = (words[at + Conflict.lastMs] as number) - (words[oldest + Conflict.lastMs] as number);
      if ((younger | 0) < 0) oldest = at;
    }
    return oldest;
  }

  #noteFriend(meta: number): void {
    const group = meta >>> 16;
    this.#friendly[group >>> 5] = (this.#friendly[group >>> 5] as number) | (1 << (group & 31));
    this.#hasFriendly = true;
  }

  /** Whether the MAC is one of our own other interfaces, or of another box of ours. */
  #isFriend(): boolean {
    const words = this.#words;
    const count = Atomics.load(words, Header.friends);
    for (let i = 0; i < count; i++) {
      const at = this.#layout.friendsAt + i * 2;
      if (words[at + 1] === this.#macLow && words[at] === this.#macHigh) return true;
    }
    return false;
  }

  /** Whether a slot is in use for this MAC and the address of this row. */
  #isSame(at: number, rowAt: number): boolean {
    const words = this.#words;
    if (words[at + Conflict.sequence] === 0) return false;
    if (words[at + Conflict.macLow] !== this.#macLow || words[at + Conflict.macHigh] !== this.#macHigh) return false;
    for (let i = 0; i < 4; i++) {
      if (words[at + Conflict.address + i] !== words[rowAt + Row.address + i]) return false;
    }
    return words[at + Conflict.family] === ((words[rowAt + Row.meta] as number) & 0xff);
  }

  #write(at: number, rowAt: number, kind: ClaimKind, now: number): void {
    const words = this.#words;
    const isKnown = this.#isSame(at, rowAt);
    Atomics.add(words, at + Conflict.sequence, 1);
    if (!isKnown) {
      for (let i = 0; i < 4; i++) {
        Atomics.store(words, at + Conflict.address + i, words[rowAt + Row.address + i] as number);
      }
      Atomics.store(words, at + Conflict.family, (words[rowAt + Row.meta] as number) & 0xff);
      Atomics.store(words, at + Conflict.macHigh, this.#macHigh);
      Atomics.store(words, at + Conflict.macLow, this.#macLow);
      Atomics.store(words, at + Conflict.count, 0);
      Atomics.store(words, at + Conflict.firstMs, now);
      Atomics.store(words, at + Conflict.kinds, 0);
      Atomics.store(words, at + Conflict.repeats, 0);
    }
    Atomics.add(words, at + Conflict.count, 1);
    Atomics.store(words, at + Conflict.lastMs, now);
    Atomics.or(words, at + Conflict.kinds, 1 << kind);
    Atomics.add(words, at + Conflict.sequence, 1);
  }
}
