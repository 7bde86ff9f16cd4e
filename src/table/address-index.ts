// The hash slots of the shared table as its writer changes them, without ever hiding an entry from a reader.
import { Header, hashIPv4, hashIPv6, type Layout, Row, rowWords } from './layout.ts';

/** An address as the table keeps it: four words, IPv4 mapped. */
export interface AddressKey {
  readonly words: Int32Array;
  readonly family: 4 | 6;
}

/** Open addressing with linear probing: a slot holds a row's index + 1, or 0 when it is empty. */
export class AddressIndex {
  readonly #words: Int32Array;
  readonly #slotsAt: number;
  readonly #mask: number;
  readonly #rowsAt: number;

  constructor(words: Int32Array, layout: Layout) {
    this.#words = words;
    this.#slotsAt = layout.slotsAt;
    this.#mask = layout.slots - 1;
    this.#rowsAt = layout.rowsAt;
  }

  /** The slot of this address, or the empty one where it belongs. At most half of the slots are in use. */
  slotOf(key: AddressKey): number {
    let slot = hashAt(key.words, 0, key.family) & this.#mask;
    for (;;) {
      const row = this.rowIn(slot);
      if (row < 0 || this.#holds(this.#rowAt(row), key)) return slot;
      slot = (slot + 1) & this.#mask;
    }
  }

  /** The row in a slot, -1 when it is empty. */
  rowIn(slot: number): number {
    return Atomics.load(this.#words, this.#slotsAt + slot) - 1;
  }

  publish(slot: number, row: number): void {
    Atomics.store(this.#words, this.#slotsAt + slot, row + 1);
  }

  /**
   * Empties a slot without leaving a tombstone: entries behind it move up. Each is copied before its old place is
   * overwritten, and the version changes before every store, so that a reader either sees an entry or looks again.
   */
  vacate(slot: number): void {
    let hole = slot;
    for (let next = (slot + 1) & this.#mask; ; next = (next + 1) & this.#mask) {
      const row = this.rowIn(next);
      if (row < 0) break;
      const at = this.#rowAt(row);
      const home = hashAt(this.#words, at + Row.address, familyAt(this.#words, at)) & this.#mask;
      // An entry may move no further up than to where its search begins.
      if (((next - home) & this.#mask) < ((next - hole) & this.#mask)) continue;
      this.#overwrite(hole, row);
      hole = next;
    }
    this.#overwrite(hole, -1);
  }

  #overwrite(slot: number, row: number): void {
    Atomics.add(this.#words, Header.indexVersion, 1);
    this.publish(slot, row);
  }

  #holds(at: number, key: AddressKey): boolean {
    if (familyAt(this.#words, at) !== key.family) return false;
    for (let i = 0; i < 4; i++) {
      if (Atomics.load(this.#words, at + Row.address + i) !== key.words[i]) return false;
    }
    return true;
  }

  #rowAt(row: number): number {
    return this.#rowsAt + row * rowWords;
  }
}

/** Family of the row at this word. */
export function familyAt(words: Int32Array, at: number): 4 | 6 {
  return (Atomics.load(words, at + Row.meta) & 0xff) === 4 ? 4 : 6;
}

function hashAt(words: Int32Array, at: number, family: 4 | 6): number {
  const last = words[at + 3] ?? 0;
  return family === 4 ? hashIPv4(last) : hashIPv6(words[at] ?? 0, words[at + 1] ?? 0, words[at + 2] ?? 0, last);
}
