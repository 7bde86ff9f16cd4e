// VRRP advertisements as values and as one line, for people and tests.
// Read RFC 9568 §5.2 before changing this file.
import { formatAddress, formatMac, type IpAddress } from '#model/address.ts';
import { readU32 } from './bytes.ts';
import { destinationAt, macLength, sourceAt } from './ethernet.ts';
import { type ChecksumKind, emptyVrrpFrame, readVrrp, type VrrpFrame, vrrpVerdictNames } from './vrrp.ts';

export interface Vrrp {
  readonly etherSource: string;
  readonly etherDestination: string;
  readonly sender: string;
  readonly virtualRouterId: number;
  readonly priority: number;
  readonly intervalMs: number;
  readonly checksum: ChecksumKind;
  readonly addresses: readonly string[];
}

/** Reads a frame, or names why it is dropped; the hot path uses `readVrrp`. `peers`: as there. */
export function parseVrrp(frame: Uint8Array, length: number, peers: readonly Uint8Array[] = []): Vrrp | string {
  const read = emptyVrrpFrame();
  const verdict = readVrrp(frame, length, peers, read);
  if (verdict !== 0) return vrrpVerdictNames[verdict] ?? 'not_vrrp';
  const { family, virtualRouterId, priority, intervalMs, checksum, count, addressesAt } = read;
  const size = family === 4 ? 4 : 16;
  return {
    etherSource: macText(frame, sourceAt),
    etherDestination: macText(frame, destinationAt),
    sender: formatAddress(senderOf(frame, read)),
    virtualRouterId,
    priority,
    intervalMs,
    checksum,
    addresses: Array.from({ length: count }, (_, i) => formatAddress(addressAt(frame, addressesAt + i * size, family))),
  };
}

/** The address that the advertisement came from. */
export function senderOf(frame: Uint8Array, { senderAt, family }: VrrpFrame): IpAddress {
  return addressAt(frame, senderAt, family);
}

/** One line for people: `VRRP router 51 by 192.0.2.1: priority 254, every 100 ms`. */
export function describeVrrp({ virtualRouterId, sender, priority, intervalMs }: Vrrp): string {
  const what = priority === 0 ? 'lets go' : `priority ${priority}, every ${intervalMs} ms`;
  return `VRRP router ${virtualRouterId} by ${sender}: ${what}`;
}

function addressAt(frame: Uint8Array, at: number, family: 4 | 6): IpAddress {
  if (family === 4) return { family: 'IPv4', value: BigInt(readU32(frame, at)) };
  let value = 0n;
  for (let i = at; i < at + 16; i += 4) value = (value << 32n) | BigInt(readU32(frame, i));
  return { family: 'IPv6', value };
}

function macText(frame: Uint8Array, at: number): string {
  return formatMac(frame.subarray(at, at + macLength));
}
