// A text in shared memory: one thread replaces it as a whole, another takes the newest one when it has changed.

/** Words before the text: a sequence, odd while the text is being replaced, and the length in bytes. */
const Word = { sequence: 0, length: 1 } as const;
const headerBytes = 8;

/** Room for a text of this many bytes in UTF-8. What is never used costs no memory. BOUNDED: `bytes`. */
export function createSharedText(bytes: number): SharedArrayBuffer {
  return new SharedArrayBuffer(headerBytes + bytes);
}

/** Replaces the text; the same again changes nothing. For one writer. False: it does not fit, and the old one stays. */
export function writeSharedText(buffer: SharedArrayBuffer, text: string): boolean {
  const bytes = new TextEncoder().encode(text);
  if (bytes.length > buffer.byteLength - headerBytes) return false;
  const words = new Int32Array(buffer, 0, headerBytes / 4);
  const room = new Uint8Array(buffer, headerBytes, bytes.length);
  if (Atomics.load(words, Word.length) === bytes.length && bytes.every((byte, i) => byte === room[i])) return true;
  Atomics.add(words, Word.sequence, 1);
  room.set(bytes);
  Atomics.store(words, Word.length, bytes.length);
  Atomics.add(words, Word.sequence, 1);
  return true;
}

/** The other side. */
export class SharedTextReader {
  readonly #buffer: SharedArrayBuffer;
  readonly #words: Int32Array;
  #taken = 0;

  constructor(buffer: SharedArrayBuffer) {
    this.#buffer = buffer;
    this.#words = new Int32Array(buffer, 0, headerBytes / 4);
  }

  /** The text if it is another one than at the last call, else null; also null while it is being replaced: ask again. */
  take(): string | null {
    const sequence = Atomics.load(this.#words, Word.sequence);
    if (sequence === this.#taken || (sequence & 1) !== 0) return null;
    const length = Atomics.load(this.#words, Word.length);
    // A copy: TextDecoder takes no shared memory, and the text must be whole before it is looked at.
    const bytes = new Uint8Array(length);
    bytes.set(new Uint8Array(this.#buffer, headerBytes, length));
    if (Atomics.load(this.#words, Word.sequence) !== sequence) return null;
    this.#taken = sequence;
    return new TextDecoder().decode(bytes);
  }
}
