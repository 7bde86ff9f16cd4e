// The question whether anybody has an IPv6 address: a Neighbor Solicitation from the unspecified address.
// Read RFC 4862 §5.4.2 and RFC 4861 §4.3 before changing this file.
import { writeU16, writeU32 } from './bytes.ts';
import { destinationAt, EtherType, emitSourceAndType, headerLength } from './ethernet.ts';
import { copyAddress, emitIpv6Header, Ipv6Field, icmpv6Sum, ipv6AddressLength, ipv6HeaderLength } from './ipv6.ts';
import { NdpField, NdpType, shortestMessage } from './ndp.ts';

/** Without options: a source link-layer option is forbidden when the source is unspecified (RFC 4861 §4.3). */
export const neighborProbeLength = headerLength + ipv6HeaderLength + shortestMessage;

/**
 * Writes a solicitation for the 16 bytes of `target`, from `::` to its solicited-node group (RFC 4291 §2.7.1); 78 bytes
 * at `offset`, which it returns.
 */
export function emitNeighborProbe(out: Uint8Array, offset: number, mac: Uint8Array, target: Uint8Array): number {
  const at = offset + headerLength;
  const low = ipv6AddressLength - 3;
  emitSourceAndType(out, offset, mac, EtherType.ipv6);
  // RFC 2464 §7: 33:33 and the last four bytes of the group.
  writeU16(out, offset + destinationAt, 0x3333);
  out[offset + destinationAt + 2] = 0xff;
  emitIpv6Header(out, at, shortestMessage);
  out.fill(0, at + Ipv6Field.source, at + Ipv6Field.destination);
  // ff02::1:ff00:0/104 and the last three bytes of the target.
  writeU32(out, at + Ipv6Field.destination, 0xff02_0000);
  writeU32(out, at + Ipv6Field.destination + 4, 0);
  writeU32(out, at + Ipv6Field.destination + 8, 1);
  out[at + Ipv6Field.destination + 12] = 0xff;
  for (let i = 0; i < 3; i++) {
    out[offset + destinationAt + 3 + i] = target[low + i] as number;
    out[at + Ipv6Field.destination + low + i] = target[low + i] as number;
  }
  // Type, code 0, and 0 in place of the checksum until it is known; then the reserved word.
  writeU32(out, at + NdpField.type, NdpType.solicitation << 24);
  writeU32(out, at + NdpField.flags, 0);
  copyAddress(target, 0, out, at + NdpField.target);
  writeU16(out, at + NdpField.checksum, ~icmpv6Sum(out, at, shortestMessage) & 0xffff);
  return neighborProbeLength;
}
