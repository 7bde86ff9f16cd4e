// One record of the traffic ring: what is kept of a frame, in 16 words, one cache line.

/** Words of a record. */
export const recordWords = 16;

/**
 * Words of a record. Addresses and MACs lie in network order; a MAC is two bytes in one word and four in the next, or the
 * other way round.
 */
export const Field = {
  /** Low 32 bits of the sequence number. */
  sequence: 0,
  /** Wall clock, seconds since 1970. */
  seconds: 1,
  /** Microseconds of the second, verdict or purpose, direction, shape: see `packAbout`. */
  about: 2,
  /** Ethernet destination and source, six bytes each. */
  ethernet: 3,
  /** Four words; of IPv4 one. Of a frame of no shape: the first eight bytes behind the Ethernet addresses. */
  sender: 6,
  target: 10,
  /** First four bytes of the MAC that the packet itself names as the sender's. */
  macHigh: 14,
  /** Its last two bytes, then `extra`: the length of the frame; of an answer how long it took, in units of `latencyUnitUs`. */
  macLow: 15,
} as const;

/** What kind of packet; 0: could not be read. */
export const Shape = {
  none: 0,
  arpRequest: 1,
  arpReply: 2,
  solicitation: 3,
  /** An advertisement with its Solicited flag. */
  solicited: 4,
  unsolicited: 5,
} as const;
export type Shape = (typeof Shape)[keyof typeof Shape];

/** Why we sent a frame. */
export const Purpose = { answer: 0, announcement: 1, defence: 2, probe: 3, self_check: 4 } as const;
export type Purpose = (typeof Purpose)[keyof typeof Purpose];

export const purposeNames = Object.keys(Purpose) as readonly (keyof typeof Purpose)[];

/** Sixteen bits reach to a quarter of a second; longer is told as that. */
export const latencyUnitUs = 4;

const verdictShift = 20;
const outShift = 26;
const shapeShift = 27;

/** `code`: a verdict of a frame that was heard, a purpose of one that was sent; 0…63. */
export function packAbout(microseconds: number, code: number, isOut: boolean, shape: Shape): number {
  return microseconds | (code << verdictShift) | ((isOut ? 1 : 0) << outShift) | (shape << shapeShift);
}

/** Of an `about` word. */
export function microsecondsOf(about: number): number {
  return about & 0xf_ffff;
}

/** A record as it is read: for people, off the hot path. */
export interface TrafficRecord {
  readonly sequence: number;
  readonly seconds: number;
  readonly microseconds: number;
  readonly isOut: boolean;
  /** A verdict of a frame that was heard, a purpose of one that was sent. */
  readonly code: number;
  readonly shape: number;
  readonly destination: Uint8Array;
  readonly source: Uint8Array;
  /** 4 or 16 bytes; of a frame of no shape empty, like the two below. */
  readonly sender: Uint8Array;
  readonly target: Uint8Array;
  readonly mac: Uint8Array;
  /** Of a frame of no shape: eight bytes from the Ethernet type on. */
  readonly raw: Uint8Array;
  readonly extra: number;
}

/** Reads the copy of a record. */
export function readRecord(words: Int32Array, sequence: number): TrafficRecord {
  const bytes = new Uint8Array(recordWords * 4);
  for (let i = 0; i < recordWords; i++) writeWord(bytes, i * 4, words[i] as number);
  const about = words[Field.about] as number;
  const shape = (about >>> shapeShift) & 7;
  const part = (field: number, length: number) => bytes.subarray(field * 4, field * 4 + length);
  let addressLength = 0;
  if (shape !== Shape.none) addressLength = shape <= Shape.arpReply ? 4 : 16;
  return {
    sequence,
    seconds: (words[Field.seconds] as number) >>> 0,
    microseconds: microsecondsOf(about),
    isOut: ((about >>> outShift) & 1) === 1,
    code: (about >>> verdictShift) & 0x3f,
    shape,
    destination: part(Field.ethernet, 6),
    source: part(Field.ethernet, 12).subarray(6),
    sender: part(Field.sender, addressLength),
    target: part(Field.target, addressLength),
    mac: part(Field.macHigh, shape === Shape.none ? 0 : 6),
    raw: part(Field.sender, shape === Shape.none ? 8 : 0),
    extra: (words[Field.macLow] as number) & 0xffff,
  };
}

function writeWord(bytes: Uint8Array, at: number, word: number): void {
  bytes[at] = word >>> 24;
  bytes[at + 1] = word >>> 16;
  bytes[at + 2] = word >>> 8;
  bytes[at + 3] = word;
}
