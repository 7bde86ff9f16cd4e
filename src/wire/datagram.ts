// The envelope of what boxes of ours tell each other: who sends, which start of it, which datagram of that start.
// Offsets: 0 "LLH" and version · 4 type · 5 flags · 8 incarnation · 16 counter · 24 instance · 32 length of name · 33 name,
// body, and with flag 1 the HMAC-SHA256 of all before it (RFC 2104).

/** Fits an Ethernet frame with room for IPv6 and a tunnel: nothing is ever fragmented. */
export const maxDatagramBytes = 1400;
export const signatureBytes = 32;
const headerBytes = 33;
const magic = [0x4c, 0x4c, 0x48, 1];
const signedFlag = 1;

export const DatagramType = { hello: 1, want: 2, sections: 3 } as const;
export type DatagramType = (typeof DatagramType)[keyof typeof DatagramType];

export interface Sender {
  readonly node: string;
  /** 16 hexadecimal digits, random per start. */
  readonly instance: string;
  /** Rises with every start of a box: milliseconds since 1970, or more. */
  readonly incarnation: number;
}

export interface Datagram extends Sender {
  readonly type: number;
  /** Rises with every datagram of a start. */
  readonly counter: number;
  readonly body: Uint8Array;
  /** What `signature` was made of. */
  readonly signed: Uint8Array | null;
  readonly signature: Uint8Array | null;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();
/** 2^53 − 1 in its upper word: no number beyond is exact. */
const mostHigh = 0x1f_ffff;

/** How many bytes of body fit into a datagram of this sender. */
export function roomFor({ node }: Sender): number {
  return maxDatagramBytes - headerBytes - encoder.encode(node).length - signatureBytes;
}

/** With `sign`, 32 bytes of what that makes of the rest are put behind it. Names longer than 255 bytes are cut. */
export function emitDatagram(
  sender: Sender,
  head: { readonly type: DatagramType; readonly counter: number },
  body: Uint8Array,
  sign: ((bytes: Uint8Array) => Uint8Array) | null,
): Uint8Array<ArrayBuffer> {
  const name = encoder.encode(sender.node).subarray(0, 255);
  const length = headerBytes + name.length + body.length;
  const bytes = new Uint8Array(new ArrayBuffer(length + (sign ? signatureBytes : 0)));
  const view = new DataView(bytes.buffer);
  bytes.set(magic);
  view.setUint8(4, head.type);
  view.setUint8(5, sign ? signedFlag : 0);
  setNumber(view, 8, sender.incarnation);
  setNumber(view, 16, head.counter);
  view.setBigUint64(24, BigInt(`0x${sender.instance}`));
  view.setUint8(32, name.length);
  bytes.set(name, headerBytes);
  bytes.set(body, headerBytes + name.length);
  if (sign) bytes.set(sign(bytes.subarray(0, length)).subarray(0, signatureBytes), length);
  return bytes;
}

/** Null: no datagram of ours. */
export function parseDatagram(bytes: Uint8Array): Datagram | null {
  if (bytes.length < headerBytes + 1 || magic.some((byte, i) => bytes[i] !== byte)) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isSigned = (view.getUint8(5) & signedFlag) !== 0;
  const end = bytes.length - (isSigned ? signatureBytes : 0);
  const bodyAt = headerBytes + view.getUint8(32);
  const [incarnation, counter] = [getNumber(view, 8), getNumber(view, 16)];
  if (bodyAt > end || bodyAt === headerBytes || incarnation === null || counter === null) return null;
  return {
    node: decoder.decode(bytes.subarray(headerBytes, bodyAt)),
    instance: view.getBigUint64(24).toString(16).padStart(16, '0'),
    incarnation,
    counter,
    type: view.getUint8(4),
    body: bytes.subarray(bodyAt, end),
    signed: isSigned ? bytes.subarray(0, end) : null,
    signature: isSigned ? bytes.subarray(end) : null,
  };
}

function setNumber(view: DataView, at: number, value: number): void {
  view.setUint32(at, Math.floor(value / 0x1_0000_0000));
  view.setUint32(at + 4, value % 0x1_0000_0000);
}

function getNumber(view: DataView, at: number): number | null {
  const high = view.getUint32(at);
  return high > mostHigh ? null : high * 0x1_0000_0000 + view.getUint32(at + 4);
}
