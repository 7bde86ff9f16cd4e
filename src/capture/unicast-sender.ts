// Advertisements for unicast peers.
// Read RFC 9568 §5.2 before changing this file.
import { addressBytes, parseAddress } from '#model/address.ts';
import { readU16 } from '#wire/bytes.ts';
import { headerLength } from '#wire/ethernet.ts';
import { Ipv4Field, ipv4HeaderLength } from '#wire/ipv4.ts';
import { ipv6HeaderLength, readPayloadLength } from '#wire/ipv6.ts';
import { emitVrrp } from '#wire/vrrp-emit.ts';
import type { SendToPeer } from './advertisement-queue.ts';

/** Longest message: IPv6 with the longest list that is sent. */
const scratchBytes = 256;
const unknownMac = new Uint8Array(6);

/** `send`: a message between two addresses, the IP header left to the kernel. Peers of the other family are passed over. */
export function unicastSender(
  send: (source: Uint8Array, destination: Uint8Array, message: Uint8Array) => boolean,
): SendToPeer {
  const scratch = new Uint8Array(new ArrayBuffer(scratchBytes));
  return (peer, advertiser, priority) => {
    const parsed = parseAddress(peer);
    const destination = parsed ? addressBytes(parsed) : null;
    if (!destination || destination.length !== advertiser.source.length) return true;
    emitVrrp(scratch, 0, { ...advertiser, peer: { mac: unknownMac, address: destination } }, priority);
    return send(advertiser.source, destination, messageOf(scratch, destination.length === 4));
  };
}

/** A copy of what follows the IP header of the frame. */
function messageOf(frame: Uint8Array, isIPv4: boolean): Uint8Array {
  const header = isIPv4 ? ipv4HeaderLength : ipv6HeaderLength;
  const length = isIPv4
    ? readU16(frame, headerLength + Ipv4Field.totalLength) - header
    : readPayloadLength(frame, headerLength);
  return frame.slice(headerLength + header, headerLength + header + length);
}
