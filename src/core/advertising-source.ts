// Which address of an interface its unsolicited Neighbor Advertisements come from.
// Read RFC 4861 §4.4, RFC 4862 §5.4 and RFC 4291 §2.5.6 before changing this file.
import { addressBytes, type Family } from '#model/address.ts';
import type { Interface } from '#model/resources.ts';
import type { NeighborSource } from '#table/neighbor-source.ts';
import { sendingAddress } from './sending-address.ts';

/**
 * The interface's link-local address. While that is tentative (for a second or two after the link came up) or missing, and
 * the interface has other IPv6 addresses, the VIP itself, which nobody has to wait for: it is ours. Without any IPv6
 * address, nothing: there IPv6 is off, and what is attracted would get lost.
 */
export function advertisingSource(link: Interface): NeighborSource {
  const own = sendingAddress(link, 'IPv6');
  if (own) return addressBytes(own);
  return link.addresses.some(({ family }) => family === 'IPv6') ? 'target' : 'none';
}

/** Interfaces on which addresses of this family are announced to nobody and not answered. */
export function muteLinks(interfaces: readonly Interface[], family: Family): ReadonlySet<string> {
  const mute = family === 'IPv6' ? interfaces.filter((link) => advertisingSource(link) === 'none') : [];
  return new Set(mute.map(({ name }) => name));
}

/** For people: what is not as usual about it; empty when nothing is. */
export function advertisingNote(source: NeighborSource): string {
  if (source === 'none') return 'no IPv6 address: Neighbor Solicitations are not answered until there is one';
  if (source === 'target') return 'no usable IPv6 link-local address yet: IPv6 announcements leave from the VIP';
  return '';
}
