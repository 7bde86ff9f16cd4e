// ARP frames from and to readable fields, for tests that judge from the other end of the cable.
// Read RFC 826 "Packet Format" before changing this file.

export interface ArpText {
  /** Ethernet destination and source. */
  readonly to: string;
  readonly from: string;
  readonly operation: number;
  readonly senderMac: string;
  readonly sender: string;
  readonly targetMac: string;
  readonly target: string;
}

export const broadcast = 'ff:ff:ff:ff:ff:ff';
export const noMac = '00:00:00:00:00:00';

export function macBytes(text: string): number[] {
  return text.split(':').map((byte) => Number.parseInt(byte, 16));
}

function ipBytes(text: string): number[] {
  return text.split('.').map(Number);
}

function macText(frame: Uint8Array, at: number): string {
  return [...frame.subarray(at, at + 6)].map((byte) => byte.toString(16).padStart(2, '0')).join(':');
}

/** 42 bytes. Left out: a broadcast request with target MAC zero. */
export function arpBytes(parts: Partial<ArpText> & { readonly from: string }): Uint8Array {
  const { to = broadcast, from, operation = 1, senderMac = from, sender = '0.0.0.0' } = parts;
  const { targetMac = noMac, target = '0.0.0.0' } = parts;
  return Uint8Array.from([
    ...[...macBytes(to), ...macBytes(from), 0x08, 0x06],
    ...[0, 1, 0x08, 0, 6, 4, operation >> 8, operation & 0xff],
    ...[...macBytes(senderMac), ...ipBytes(sender), ...macBytes(targetMac), ...ipBytes(target)],
  ]);
}

/** With a tag (type, control information) behind the Ethernet addresses. */
export function withTag(frame: Uint8Array, type: number, control: number): Uint8Array {
  const tag = [type >> 8, type & 0xff, control >> 8, control & 0xff];
  return Uint8Array.from([...frame.subarray(0, 12), ...tag, ...frame.subarray(12)]);
}

/** Null for what is not ARP for IPv4 over Ethernet. */
export function readArp(frame: Uint8Array): ArpText | null {
  if (frame.length < 42 || frame[12] !== 0x08 || frame[13] !== 0x06) return null;
  return {
    to: macText(frame, 0),
    from: macText(frame, 6),
    operation: (frame[20] ?? 0) * 256 + (frame[21] ?? 0),
    senderMac: macText(frame, 22),
    sender: [...frame.subarray(28, 32)].join('.'),
    targetMac: macText(frame, 32),
    target: [...frame.subarray(38, 42)].join('.'),
  };
}
