// MACs of our own other interfaces and of other boxes of ours: what they claim is no conflict.
import { friendCount, Header, readLayout } from './layout.ts';

/** Says whose claims are none. `macs`: six bytes each. BOUNDED: `friendCount`, further ones are left out. */
export function writeFriends(buffer: SharedArrayBuffer, macs: readonly Uint8Array[]): void {
  const words = new Int32Array(buffer);
  const { friendsAt } = readLayout(words);
  const listed = macs.slice(0, friendCount);
  // Nobody is a friend while the list changes: at worst a claim of a friend is written down once.
  Atomics.store(words, Header.friends, 0);
  for (const [i, mac] of listed.entries()) {
    const view = new DataView(mac.buffer, mac.byteOffset, mac.byteLength);
    Atomics.store(words, friendsAt + i * 2, view.getUint16(0));
    Atomics.store(words, friendsAt + i * 2 + 1, view.getInt32(2));
  }
  Atomics.store(words, Header.friends, listed.length);
}
