// Tells frames of VRRP from the rest.
// Read RFC 9568 §5.1.1.4 and RFC 9568 §5.1.2.4 before changing this file.
import { readU16 } from './bytes.ts';
import { EtherType, etherTypeAt, headerLength } from './ethernet.ts';
import { Ipv4Field } from './ipv4.ts';
import { Ipv6Field } from './ipv6.ts';
import { vrrpProtocol } from './vrrp.ts';

/** Whether an untagged frame has protocol 112 right behind its Ethernet header; for frames of at least 24 bytes. */
export function carriesVrrp(frame: Uint8Array): boolean {
  const type = readU16(frame, etherTypeAt);
  if (type === EtherType.ipv4) return frame[headerLength + Ipv4Field.protocol] === vrrpProtocol;
  return type === EtherType.ipv6 && frame[headerLength + Ipv6Field.nextHeader] === vrrpProtocol;
}
