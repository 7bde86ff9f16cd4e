// The expression of `capture --filter` in the language of pcap-filter(7), with words of our own.
import { addressBytes, type IpAddress, parseAddress, parseMac } from '#model/address.ts';

export type FilterResult =
  | { readonly ok: true; readonly expression: string }
  | { readonly ok: false; readonly message: string };

const word = /\b(?<key>vip|mac):(?<value>[^\s()]+)/g;

/**
 * Replaces `vip:ADDRESS` (ARP or NDP about this address) and `mac:MAC` (from or to it); everything else is left to
 * libpcap. Nothing but what the product itself looks at ever passes: `base`.
 */
export function captureExpression(text: string, base: string): FilterResult {
  let bad: string | null = null;
  const replaced = text.replaceAll(word, (whole, ...rest) => {
    const { key = '', value = '' } = rest.at(-1) as Record<string, string>;
    const expression = key === 'vip' ? aboutAddress(parseAddress(value)) : aboutMac(value);
    if (expression === null) bad = whole;
    return expression ?? '';
  });
  if (bad !== null) return { ok: false, message: `"${bad}" names no address` };
  return { ok: true, expression: replaced.trim() === '' ? base : `(${base}) and (${replaced})` };
}

function aboutMac(text: string): string | null {
  return parseMac(text) ? `(ether host ${text})` : null;
}

function aboutAddress(address: IpAddress | null): string | null {
  if (!address) return null;
  const bytes = addressBytes(address);
  const words = Array.from({ length: bytes.length / 4 }, (_, i) => {
    return `0x${Array.from(bytes.subarray(i * 4, i * 4 + 4), (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
  });
  if (address.family === 'IPv4') return `(arp[14:4] = ${words[0]} or arp[24:4] = ${words[0]})`;
  // Target of a solicitation or advertisement: behind 40 bytes of IPv6 and 8 of ICMPv6 (RFC 4861 §4.3).
  return `(${words.map((value, i) => `ip6[${48 + i * 4}:4] = ${value}`).join(' and ')})`;
}
