// Golden frames as hex, and the addresses in them.

export const ownMac = Uint8Array.of(0x02, 0, 0, 0, 0, 0x01);
export const clientMac = Uint8Array.of(0x02, 0, 0, 0, 0, 0xaa);
export const strangerMac = Uint8Array.of(0x02, 0, 0, 0, 0, 0xbb);
/** 192.0.2.10 */
export const vip = 0xc000020a;
/** 192.0.2.11 */
export const otherVip = 0xc000020b;
/** 192.0.2.200 */
export const client = 0xc00002c8;

/** 42 bytes each; on the wire 18 zero bytes follow. */
export const golden = {
  whoHas: 'ffffffffffff0200000000aa080600010800060400010200000000aac00002c8000000000000c000020a',
  reply: '0200000000aa02000000000108060001080006040002020000000001c000020a0200000000aac00002c8',
  announceRequest: 'ffffffffffff02000000000108060001080006040001020000000001c000020a000000000000c000020a',
  announceReply: 'ffffffffffff02000000000108060001080006040002020000000001c000020a020000000001c000020a',
  probe: 'ffffffffffff0200000000010806000108000604000102000000000100000000000000000000c000020a',
  foreignClaim: 'ffffffffffff0200000000bb080600010800060400020200000000bbc000020affffffffffffc000020a',
} as const;

export function fromHex(hex: string): Uint8Array {
  const bytes = new Uint8Array(new ArrayBuffer(hex.length / 2));
  for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(hex.slice(i * 2, i * 2 + 2), 16);
  return bytes;
}

/** As it travels: padded to 60 bytes with zeros. */
export function padded(hex: string): string {
  return hex.padEnd(120, '0');
}

export interface FrameParts {
  readonly to?: Uint8Array;
  readonly from?: Uint8Array;
  readonly operation?: number;
  readonly senderMac?: Uint8Array;
  readonly sender?: number;
  readonly targetMac?: Uint8Array;
  readonly target?: number;
}

/** A request of the client for the VIP, with parts replaced. 42 bytes. */
export function arpFrame(parts: FrameParts = {}): Uint8Array {
  const frame = fromHex(golden.whoHas);
  const view = new DataView(frame.buffer);
  const from = parts.from ?? clientMac;
  if (parts.to) frame.set(parts.to, 0);
  frame.set(from, 6);
  view.setUint16(20, parts.operation ?? 1);
  frame.set(parts.senderMac ?? from, 22);
  view.setUint32(28, parts.sender ?? client);
  if (parts.targetMac) frame.set(parts.targetMac, 32);
  view.setUint32(38, parts.target ?? vip);
  return frame;
}

/** The frame with a tag of this type and control information behind its addresses. */
export function tagged(frame: Uint8Array, type: number, control: number): Uint8Array {
  const out = new Uint8Array(new ArrayBuffer(frame.length + 4));
  out.set(frame.subarray(0, 12));
  new DataView(out.buffer).setUint32(12, type * 0x1_0000 + control);
  out.set(frame.subarray(12), 16);
  return out;
}
