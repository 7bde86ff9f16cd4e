// What can still be told of an advertisement that was dropped: who sent it, of which virtual router, and in which version.
// Read RFC 9568 §5.2 and RFC 3768 §5.3 before changing this file.
import { readU16 } from './bytes.ts';
import { carriesVrrp } from './carries-vrrp.ts';
import { EtherType, etherTypeAt, headerLength } from './ethernet.ts';
import { Ipv4Field, ipv4HeaderLength, ipv4HeaderSize } from './ipv4.ts';
import { Ipv6Field, ipv6HeaderLength } from './ipv6.ts';
import { VrrpField } from './vrrp.ts';

export interface VrrpGlimpse {
  readonly family: 4 | 6;
  readonly senderAt: number;
  /** TTL or hop limit. */
  readonly ttl: number;
  readonly version: number;
  readonly virtualRouterId: number;
  /** Of version 2 (RFC 3768 §5.3.6); 0: none. */
  readonly authentication: number;
}

/** Null: not even the message begins. Nothing in it is believed, it is only told. */
export function glimpseVrrp(frame: Uint8Array, length: number): VrrpGlimpse | null {
  const present = Math.min(length, frame.length);
  if (present < headerLength + ipv4HeaderLength || !carriesVrrp(frame)) return null;
  const family = readU16(frame, etherTypeAt) === EtherType.ipv4 ? 4 : 6;
  const header = family === 4 ? ipv4HeaderSize(frame, headerLength, present) : ipv6HeaderLength;
  const at = headerLength + header;
  if (header === 0 || present < at + VrrpField.addresses) return null;
  const version = (frame[at + VrrpField.versionAndType] as number) >>> 4;
  return {
    family,
    senderAt: headerLength + (family === 4 ? Ipv4Field.source : Ipv6Field.source),
    ttl: frame[headerLength + (family === 4 ? Ipv4Field.ttl : Ipv6Field.hopLimit)] as number,
    version,
    virtualRouterId: frame[at + VrrpField.virtualRouterId] as number,
    // RFC 3768 §5.1: where version 3 has its interval.
    authentication: version === 2 ? (frame[at + VrrpField.interval] as number) : 0,
  };
}
