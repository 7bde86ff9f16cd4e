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

/** The rest of an `about` word. */
export function readAbout(about: number): { code: number; isOut: boolean; shape: number } {
  return {
    code: (about >>> verdictShift) & 0x3f,
    isOut: ((about >>> outShift) & 1) === 1,
    shape: (about >>> shapeShift) & 7,
  };
}
