// MAC addresses that belong to a protocol instead of a network card.
// Read RFC 9568 §7.3 and RFC 2281 before changing this file.

/** Prefix, and what the rest of the MAC says. */
const kinds: readonly { readonly prefix: string; readonly name: (rest: string) => string }[] = [
  { prefix: '00:00:5e:00:01:', name: (rest) => `VRRP router id ${number(rest)}` },
  { prefix: '00:00:5e:00:02:', name: (rest) => `VRRP router id ${number(rest)} (IPv6)` },
  { prefix: '00:00:0c:07:ac:', name: (rest) => `HSRP group ${number(rest)}` },
  { prefix: '00:00:0c:9f:f', name: (rest) => `HSRP version 2 group ${number(rest)}` },
  { prefix: '00:05:73:a0:0', name: (rest) => `HSRP version 2 group ${number(rest)} (IPv6)` },
  { prefix: '00:07:b4:00:', name: () => 'GLBP forwarder' },
];

function number(rest: string): number {
  return Number.parseInt(rest.replaceAll(':', ''), 16);
}

/** The MAC with the protocol behind it, where there is one: `00:00:5e:00:01:0a (VRRP router id 10)`. */
export function macText(mac: string): string {
  const protocol = macProtocol(mac);
  return protocol === null ? mac : `${mac} (${protocol})`;
}

/** What a virtual MAC says about itself, such as `VRRP router id 10`; null for any other. */
export function macProtocol(mac: string): string | null {
  const kind = kinds.find(({ prefix }) => mac.startsWith(prefix));
  return kind ? kind.name(mac.slice(kind.prefix.length)) : null;
}
