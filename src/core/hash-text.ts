// Hashes that are the same on every box, for ever: who takes which group follows from them. Never for secrets.

/** FNV-1a's offset basis and prime, 32 bits. */
const [basis, prime] = [0x811c9dc5, 0x01000193];

/** 0…2^32−1. */
export function hashText(text: string): number {
  let hash = basis;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), prime);
  return scrambled(hash);
}

/** One hash of two, in which every bit depends on both: 0…2^32−1. */
export function mixHashes(a: number, b: number): number {
  return scrambled(Math.imul(scrambled(a ^ 0x9e3779b9), prime) ^ b);
}

/** The finalizer of MurmurHash3: FNV alone leaves texts that differ in their last letter close together. */
function scrambled(hash: number): number {
  let mixed = hash ^ (hash >>> 16);
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
