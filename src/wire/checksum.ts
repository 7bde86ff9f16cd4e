// The Internet checksum as a sum that goes on from one piece of a packet to the next.
// Read RFC 1071 §1 before changing this file.

/**
 * Adds the `length` bytes at `at`, taken as 16-bit words, to `sum`; an odd last byte counts as the high half of a word.
 * Not folded: add pieces of even length first, `foldSum` at the end. Exact for 2^15 words of a packet and more.
 */
export function addToSum(sum: number, bytes: Uint8Array, at: number, length: number): number {
  let total = sum;
  const even = at + (length & ~1);
  for (let i = at; i < even; i += 2) total += ((bytes[i] as number) << 8) | (bytes[i + 1] as number);
  return (length & 1) === 0 ? total : total + ((bytes[even] as number) << 8);
}

/**
 * The sum in 16 bits. Over data whose checksum is right it is 0xffff; over data whose checksum field is 0, the complement
 * of what belongs there. `sum`: below 2^32.
 */
export function foldSum(sum: number): number {
  const once = (sum & 0xffff) + (sum >>> 16);
  return (once & 0xffff) + (once >>> 16);
}
