// Bytes written and read one field after the other. Reading beyond the end fails once and for all, and never throws.

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const nothing = new Uint8Array();

export class ByteWriter {
  #bytes = new Uint8Array(new ArrayBuffer(256));
  #view = new DataView(this.#bytes.buffer);
  length = 0;

  u8(value: number): void {
    const at = this.#room(1);
    this.#view.setUint8(at, value);
  }

  u16(value: number): void {
    const at = this.#room(2);
    this.#view.setUint16(at, value);
  }

  u32(value: number): void {
    const at = this.#room(4);
    this.#view.setUint32(at, value);
  }

  f64(value: number): void {
    const at = this.#room(8);
    this.#view.setFloat64(at, value);
  }

  raw(bytes: Uint8Array): void {
    const at = this.#room(bytes.length);
    this.#bytes.set(bytes, at);
  }

  /** Its length in two bytes, then UTF-8. */
  text(text: string): void {
    const bytes = encoder.encode(text);
    this.u16(bytes.length);
    this.raw(bytes);
  }

  bytes(): Uint8Array {
    return this.#bytes.slice(0, this.length);
  }

  #room(bytes: number): number {
    const at = this.length;
    this.length += bytes;
    if (this.length > this.#bytes.length) {
      const larger = new Uint8Array(new ArrayBuffer(Math.max(this.length, this.#bytes.length * 2)));
      larger.set(this.#bytes.subarray(0, at));
      this.#bytes = larger;
      this.#view = new DataView(larger.buffer);
    }
    return at;
  }
}

export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;
  /** Something was read that is not there. */
  failed = false;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get atEnd(): boolean {
    return this.failed || this.#at >= this.#bytes.length;
  }

  u8(): number {
    return this.#take(1) ? this.#view.getUint8(this.#at - 1) : 0;
  }

  u16(): number {
    return this.#take(2) ? this.#view.getUint16(this.#at - 2) : 0;
  }

  u32(): number {
    return this.#take(4) ? this.#view.getUint32(this.#at - 4) : 0;
  }

  f64(): number {
    return this.#take(8) ? this.#view.getFloat64(this.#at - 8) : 0;
  }

  raw(length: number): Uint8Array {
    return this.#take(length) ? this.#bytes.subarray(this.#at - length, this.#at) : nothing;
  }

  text(): string {
    return decoder.decode(this.raw(this.u16()));
  }

  #take(bytes: number): boolean {
    if (this.failed || this.#at + bytes > this.#bytes.length) this.failed = true;
    else this.#at += bytes;
    return !this.failed;
  }
}
