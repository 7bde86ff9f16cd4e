// Layout of the shared table: header, groups, counters, conflict slots, hash slots, rows; all 32-bit words.

/** Rows of one table at most; a row costs 72 to 80 bytes. */
export const maxCapacity = 1 << 20;

/**
 * BOUNDED: groups per table. 0 is solo mode; 1…255 are the virtual router ids of IPv4 and 257…511, less 256, those of
 * IPv6: the same id in both families is two virtual routers (RFC 9568 §5.2.3).
 */
export const groupCount = 512;

/** BOUNDED: conflicts remembered per table. A flood of forged claims must not grow anything. */
export const conflictCount = 64;

/** BOUNDED: MACs whose claims are no conflicts, two words each: high and low. A box of containers has dozens of them. */
export const friendCount = 512;

/** BOUNDED: room for counters, one per verdict. */
export const counterCount = 32;

const magic = 0x4c4c_5442;
const version = 5;

/** Words of the header. */
export const Header = {
  magic: 0,
  version: 1,
  capacity: 2,
  slots: 3,
  /** Changes with every change of rows or of a group's mode or activity. */
  epoch: 4,
  /** Changes before every destructive step in the hash slots: a reader that found nothing looks again. */
  indexVersion: 5,
  stop: 6,
  /** When the writer last showed that it is alive. */
  writerBeat: 7,
  /** When the reader last showed that it is alive. */
  readerBeat: 8,
  size: 9,
  /** Rows with this index and above were never used. */
  rowsUsed: 10,
  /** Changes with everything that the reader writes about claims: conflict slots and outcomes of probing. */
  claimEpoch: 11,
  /** Index in `conflictPolicies`. */
  conflictPolicy: 12,
  /** Index in `probeProfiles`. */
  probeProfile: 13,
  /** How many MACs there are in the list of friends; see friends.ts. */
  friends: 14,
  /** Odd while the three below are being changed. */
  sourceSequence: 16,
  /** What NDP frames leave from; see neighbor-source.ts. */
  sourceKind: 17,
  /** Four words in network order. */
  sourceAddress: 18,
} as const;
const headerWords = 32;

/**
 * Words of a group. `lease` is the deadline with its lowest bit replaced by "active", so that both change in one store;
 * rounding the deadline down makes it at most 1 ms early, never late.
 */
export const Group = { mode: 0, lease: 1 } as const;
export const groupWords = 2;
export const activeBit = 1;

/** A counter: two words, low and high. */
export const counterWords = 2;

/** Words of a conflict slot, written by the reader side alone. */
export const Conflict = {
  /** Odd while the slot is being written, 0 while it was never used. */
  sequence: 0,
  /** Four words, as in a row. */
  address: 1,
  /** 4 or 6. */
  family: 5,
  /** First two bytes of the MAC. */
  macHigh: 6,
  /** Last four bytes of the MAC. */
  macLow: 7,
  count: 8,
  firstMs: 9,
  lastMs: 10,
  /** Kinds of frame seen: bits 1 << ClaimKind. */
  kinds: 11,
  /** How often a claim came within DEFEND_INTERVAL after another one (RFC 5227 §2.4). */
  repeats: 12,
} as const;
export const conflictWords = 16;

/** Words of a row: one cache line, so that counting an answer disturbs no other row. */
export const Row = {
  /** See `freeBit` and `updateBit`. */
  sequence: 0,
  /** Four words in network order; IPv4 as ::ffff:a.b.c.d. */
  address: 1,
  /** Family (4 or 6) in the low byte, phase in the next one, group in the high half. */
  meta: 5,
  generation: 6,
  /** Low and high word. */
  answers: 7,
  lastAnswer: 9,
  /** Outcome of probing, written by the reader side: generation << 2 | ClaimOutcome. */
  outcome: 10,
  /** When the reader last heard a claim of somebody else, and 1 once it has. */
  lastClaim: 11,
  wasClaimed: 12,
  /** When the reader last defended, and 1 once it has. */
  lastDefence: 13,
  wasDefended: 14,
} as const;
export const rowWords = 16;

/** The bits of a row's `meta` that say its phase. */
export const phaseMask = 0xff00;
export const phaseShift = 8;

/**
 * What a row is for. `live`: answered. `claiming`: probed for, not answered (RFC 5227 §2.1: not used before). `watched`:
 * neither, but claims of others are recorded. `asking`: asked about once, as by probing, and never to be used.
 */
export const phases = ['live', 'claiming', 'watched', 'asking'] as const;
export type Phase = (typeof phases)[number];

/** What probing for a row came to. */
export const ClaimOutcome = { none: 0, clear: 1, conflict: 2 } as const;

export const conflictPolicies = ['defend', 'alarm', 'release'] as const;
export const probeProfiles = ['wired', 'standard'] as const;

/** Set in a row's sequence while the address is not valid: the row was used, and is free again. */
export const freeBit = 1;
/** Set in a row's sequence while group and generation are being changed. */
export const updateBit = 2;
/** Added to the sequence by every step. */
export const sequenceStep = 4;

/** Third word of an IPv4-mapped address (RFC 4291 §2.5.5.2). */
export const mappedWord = 0xffff;

/** Where the parts of a table begin, in words. */
export interface Layout {
  readonly capacity: number;
  readonly slots: number;
  readonly friendsAt: number;
  readonly groupsAt: number;
  readonly countersAt: number;
  readonly conflictsAt: number;
  readonly slotsAt: number;
  readonly rowsAt: number;
  readonly words: number;
}

/** Bytes of a table for this many rows. */
export function tableBytes(capacity: number): number {
  return layoutOf(capacity).words * 4;
}

/** An empty table. Rows are not touched: until they are used they cost no memory. BOUNDED: `capacity` rows, 1…`maxCapacity`. */
export function createTable(capacity: number): SharedArrayBuffer {
  const buffer = new SharedArrayBuffer(tableBytes(capacity));
  const words = new Int32Array(buffer);
  const { slots } = layoutOf(capacity);
  words[Header.capacity] = capacity;
  words[Header.slots] = slots;
  words[Header.version] = version;
  Atomics.store(words, Header.magic, magic);
  return buffer;
}

/** The layout of an existing table. Throws for a buffer that `createTable` did not make. */
export function readLayout(words: Int32Array): Layout {
  if (Atomics.load(words, Header.magic) !== magic || words[Header.version] !== version) {
    throw new TypeError('Cannot use buffer: not a table of this version');
  }
  return layoutOf(Atomics.load(words, Header.capacity));
}

function layoutOf(capacity: number): Layout {
  if (!Number.isInteger(capacity) || capacity < 1 || capacity > maxCapacity) {
    throw new RangeError(`Cannot lay out table: capacity ${capacity} is not within 1…${maxCapacity}`);
  }
  // At most half full, so that linear probing stays short.
  const slots = 2 ** Math.ceil(Math.log2(capacity * 2));
  const friendsAt = headerWords;
  const groupsAt = friendsAt + friendCount * 2;
  const countersAt = groupsAt + groupCount * groupWords;
  const conflictsAt = countersAt + counterCount * counterWords;
  const slotsAt = conflictsAt + conflictCount * conflictWords;
  // All parts are multiples of 16 words, so that rows start on a cache line.
  const rowsAt = Math.ceil((slotsAt + slots) / rowWords) * rowWords;
  return {
    capacity,
    slots,
    friendsAt,
    groupsAt,
    countersAt,
    conflictsAt,
    slotsAt,
    rowsAt,
    words: rowsAt + capacity * rowWords,
  };
}

/** Word index of a group. */
export function groupAt(layout: Layout, group: number): number {
  return layout.groupsAt + group * groupWords;
}

/** Hash of an IPv4 address: the finalizer of MurmurHash3, which spreads neighbours over all slots. */
export function hashIPv4(value: number): number {
  let h = value | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** Hash of the four words of an IPv6 address. */
export function hashIPv6(a: number, b: number, c: number, d: number): number {
  return hashIPv4(hashIPv4(hashIPv4(hashIPv4(a) ^ b) ^ c) ^ d);
}

/** Reads a two-word counter; the reader side adds to it concurrently. */
export function readCounter(words: Int32Array, at: number): number {
  for (;;) {
    const high = Atomics.load(words, at + 1);
    const low = Atomics.load(words, at);
    if (Atomics.load(words, at + 1) === high) return (high >>> 0) * 2 ** 32 + (low >>> 0);
  }
}

/** Adds one to a two-word counter. Only one thread may do so, which is why plain stores are enough. */
export function incrementCounter(words: Int32Array, at: number): void {
  const low = ((words[at] as number) + 1) | 0;
  words[at] = low;
  if (low === 0) words[at + 1] = (words[at + 1] as number) + 1;
}
