// The netlink envelope: message headers, attributes and error acknowledgements, without any I/O.
// Read RFC 3549 §2.2 and linux/netlink.h before changing this file.

// Netlink speaks the byte order of the host. Every machine the binary is built for (x86-64, arm64) is little-endian.
const HOST_ORDER = true;

/** Fixed header of a message: length u32, type u16, flags u16, sequence u32, port u32. */
export const MESSAGE_HEADER_BYTES = 16;
const ATTRIBUTE_HEADER_BYTES = 4;
// The two top bits of an attribute type are flags (nested, network byte order), not part of the number.
const ATTRIBUTE_TYPE_MASK = 0x3fff;

export const MESSAGE_TYPE = { error: 2, done: 3, overrun: 4 } as const;

export const MESSAGE_FLAG = {
  request: 0x1,
  acknowledge: 0x4,
  /** The kernel saw a change while it dumped: the answer mixes two states. */
  dumpInterrupted: 0x10,
  exclusive: 0x200,
  dump: 0x300,
  create: 0x400,
} as const;

/** One message; `payload` is a view into the buffer it was read from. */
export type NetlinkMessage = {
  type: number;
  flags: number;
  sequence: number;
  port: number;
  payload: Uint8Array;
};

export type NetlinkAttribute = { type: number; value: Uint8Array };

/** A view for reading numbers out of `bytes`. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function aligned(length: number): number {
  return (length + 3) & ~3;
}

/** Splits what one `recv` returned into messages; stops silently at the first one that is cut off or malformed. */
export function* readMessages(bytes: Uint8Array): Generator<NetlinkMessage> {
  const view = viewOf(bytes);
  let offset = 0;
  while (offset + MESSAGE_HEADER_BYTES <= bytes.length) {
    const length = view.getUint32(offset, HOST_ORDER);
    if (length < MESSAGE_HEADER_BYTES || offset + length > bytes.length) return;
    yield {
      type: view.getUint16(offset + 4, HOST_ORDER),
      flags: view.getUint16(offset + 6, HOST_ORDER),
      sequence: view.getUint32(offset + 8, HOST_ORDER),
      port: view.getUint32(offset + 12, HOST_ORDER),
      payload: bytes.subarray(offset + MESSAGE_HEADER_BYTES, offset + length),
    };
    offset += aligned(length);
  }
}

/** Splits a list of attributes; stops silently at the first one that is cut off or malformed. */
export function* readAttributes(bytes: Uint8Array): Generator<NetlinkAttribute> {
  const view = viewOf(bytes);
  let offset = 0;
  while (offset + ATTRIBUTE_HEADER_BYTES <= bytes.length) {
    const length = view.getUint16(offset, HOST_ORDER);
    if (length < ATTRIBUTE_HEADER_BYTES || offset + length > bytes.length) return;
    yield {
      type: view.getUint16(offset + 2, HOST_ORDER) & ATTRIBUTE_TYPE_MASK,
      value: bytes.subarray(offset + ATTRIBUTE_HEADER_BYTES, offset + length),
    };
    offset += aligned(length);
  }
}

/** The number in a u32 attribute, or `fallback` when the attribute is too short. */
export function attributeU32(value: Uint8Array, fallback = 0): number {
  return value.length >= 4 ? viewOf(value).getUint32(0, HOST_ORDER) : fallback;
}

/** The text in a NUL-terminated string attribute. */
export function attributeText(value: Uint8Array): string {
  const end = value.indexOf(0);
  return new TextDecoder().decode(end < 0 ? value : value.subarray(0, end));
}

/**
 * The errno of an NLMSG_ERROR or NLMSG_DONE payload as a positive number; 0 is success (an acknowledgement).
 * A payload that is too short reads as 0: NLMSG_DONE of old kernels carries none.
 */
export function messageErrno(payload: Uint8Array): number {
  return payload.length >= 4 ? -viewOf(payload).getInt32(0, HOST_ORDER) : 0;
}

export function attribute(type: number, value: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(aligned(ATTRIBUTE_HEADER_BYTES + value.length));
  const view = viewOf(bytes);
  view.setUint16(0, ATTRIBUTE_HEADER_BYTES + value.length, HOST_ORDER);
  view.setUint16(2, type, HOST_ORDER);
  bytes.set(value, ATTRIBUTE_HEADER_BYTES);
  return bytes;
}

/** A NUL-terminated string attribute. */
export function textAttribute(type: number, text: string): Uint8Array {
  return attribute(type, new TextEncoder().encode(`${text}\0`));
}

export function u32Attribute(type: number, number: number): Uint8Array {
  const value = new Uint8Array(4);
  viewOf(value).setUint32(0, number, HOST_ORDER);
  return attribute(type, value);
}

/** Joins a header with body parts (each already padded to four bytes) into one message from port 0 (to the kernel). */
export function emitMessage(type: number, flags: number, sequence: number, body: readonly Uint8Array[]): Uint8Array {
  const length = body.reduce((sum, part) => sum + part.length, MESSAGE_HEADER_BYTES);
  // An own ArrayBuffer: the bytes go to the kernel by pointer, and small arrays on the GC heap can move.
  const bytes = new Uint8Array(new ArrayBuffer(length));
  const view = viewOf(bytes);
  view.setUint32(0, length, HOST_ORDER);
  view.setUint16(4, type, HOST_ORDER);
  view.setUint16(6, flags, HOST_ORDER);
  view.setUint32(8, sequence, HOST_ORDER);
  let offset = MESSAGE_HEADER_BYTES;
  for (const part of body) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes;
}
