// Capture files in pcapng, little-endian: section, interfaces, packets with direction and comment.
// Read https://www.ietf.org/archive/id/draft-ietf-opsawg-pcapng-02.html before changing this file.

const Block = { section: 0x0a0d_0d0a, interface: 1, enhancedPacket: 6 } as const;
const Option = { comment: 1, sectionApplication: 4, interfaceName: 2, packetFlags: 2 } as const;
const byteOrderMagic = 0x1a2b_3c4d;
const linkTypeEthernet = 1;
/** epb_flags, bits 0 and 1. */
const directions = { in: 1, out: 2 } as const;

export interface CapturedFrame {
  /** Position of its interface among those of the section, from 0. */
  readonly interface: number;
  /** Microseconds since 1970; below 2^53. */
  readonly micros: number;
  readonly bytes: Uint8Array;
  /** Length on the wire. */
  readonly originalLength: number;
  readonly direction: 'in' | 'out';
  /** For people; empty: none. */
  readonly comment: string;
}

/** The beginning of a file. `application`: who wrote it. */
export function sectionBlock(application: string): Uint8Array {
  const body = new Uint8Array(new ArrayBuffer(16));
  const view = new DataView(body.buffer);
  view.setUint32(0, byteOrderMagic, true);
  view.setUint16(4, 1, true);
  // Length of the section: unknown, because it is written as it comes.
  view.setBigInt64(8, -1n, true);
  return block(Block.section, [body, option(Option.sectionApplication, utf8(application)), endOfOptions]);
}

/** One interface; they are numbered in the order in which they are written. Times are microseconds, the default. */
export function interfaceBlock(name: string, snapLength: number): Uint8Array {
  const body = new Uint8Array(new ArrayBuffer(8));
  const view = new DataView(body.buffer);
  view.setUint16(0, linkTypeEthernet, true);
  view.setUint32(4, snapLength, true);
  return block(Block.interface, [body, option(Option.interfaceName, utf8(name)), endOfOptions]);
}

export function packetBlock(frame: CapturedFrame): Uint8Array {
  const head = new Uint8Array(new ArrayBuffer(20));
  const view = new DataView(head.buffer);
  view.setUint32(0, frame.interface, true);
  view.setUint32(4, Math.floor(frame.micros / 2 ** 32), true);
  view.setUint32(8, frame.micros % 2 ** 32, true);
  view.setUint32(12, frame.bytes.length, true);
  view.setUint32(16, frame.originalLength, true);
  const flags = new Uint8Array(new ArrayBuffer(4));
  flags[0] = directions[frame.direction];
  const comment = frame.comment === '' ? [] : [option(Option.comment, utf8(frame.comment))];
  return block(Block.enhancedPacket, [
    head,
    padded(frame.bytes),
    option(Option.packetFlags, flags),
    ...comment,
    endOfOptions,
  ]);
}

const endOfOptions = new Uint8Array(new ArrayBuffer(4));

function option(code: number, value: Uint8Array): Uint8Array {
  const head = new Uint8Array(new ArrayBuffer(4));
  const view = new DataView(head.buffer);
  view.setUint16(0, code, true);
  view.setUint16(2, value.length, true);
  return joined([head, padded(value)]);
}

function block(type: number, parts: readonly Uint8Array[]): Uint8Array {
  const body = joined(parts);
  const length = body.length + 12;
  const whole = new Uint8Array(new ArrayBuffer(length));
  const view = new DataView(whole.buffer);
  view.setUint32(0, type, true);
  view.setUint32(4, length, true);
  whole.set(body, 8);
  view.setUint32(length - 4, length, true);
  return whole;
}

/** To a multiple of four bytes. */
function padded(bytes: Uint8Array): Uint8Array {
  const whole = new Uint8Array(new ArrayBuffer(Math.ceil(bytes.length / 4) * 4));
  whole.set(bytes);
  return whole;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(new ArrayBuffer(parts.reduce((sum, part) => sum + part.length, 0)));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
