// Reading and writing network byte order; bytes outside of the array read as 0, and callers check lengths first.

export function readU16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
}

/** 32 bits as a signed number, which stays a small integer. */
export function readI32(bytes: Uint8Array, at: number): number {
  return (
    ((bytes[at] as number) << 24) |
    ((bytes[at + 1] as number) << 16) |
    ((bytes[at + 2] as number) << 8) |
    (bytes[at + 3] as number)
  );
}

export function readU32(bytes: Uint8Array, at: number): number {
  return readI32(bytes, at) >>> 0;
}

export function writeU16(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 8;
  bytes[at + 1] = value;
}

/** Signed or unsigned: the same bits. */
export function writeU32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 24;
  bytes[at + 1] = value >>> 16;
  bytes[at + 2] = value >>> 8;
  bytes[at + 3] = value;
}

// Written out, because a loop over six bytes takes three times as long, and there are a dozen of them in every frame.

export function copy4(from: Uint8Array, fromAt: number, to: Uint8Array, toAt: number): void {
  to[toAt] = from[fromAt] as number;
  to[toAt + 1] = from[fromAt + 1] as number;
  to[toAt + 2] = from[fromAt + 2] as number;
  to[toAt + 3] = from[fromAt + 3] as number;
}

export function copy6(from: Uint8Array, fromAt: number, to: Uint8Array, toAt: number): void {
  copy4(from, fromAt, to, toAt);
  to[toAt + 4] = from[fromAt + 4] as number;
  to[toAt + 5] = from[fromAt + 5] as number;
}

export function fill6(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value;
  bytes[at + 1] = value;
  bytes[at + 2] = value;
  bytes[at + 3] = value;
  bytes[at + 4] = value;
  bytes[at + 5] = value;
}

export function equal6(a: Uint8Array, aAt: number, b: Uint8Array, bAt: number): boolean {
  return (
    a[aAt] === b[bAt] &&
    a[aAt + 1] === b[bAt + 1] &&
    a[aAt + 2] === b[bAt + 2] &&
    a[aAt + 3] === b[bAt + 3] &&
    a[aAt + 4] === b[bAt + 4] &&
    a[aAt + 5] === b[bAt + 5]
  );
}

/** Lower-case hex without separators. Of 16-byte addresses it sorts as the addresses do. */
export function toHex(bytes: Uint8Array): string {
  return bytes.toHex();
}
