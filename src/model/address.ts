// IP addresses as a family and a number, and MAC addresses as lower-case text.
import { Address6 } from 'ip-address';
import { readPlainIpv6, writeIpv6 } from './ipv6-text.ts';

export type Family = 'IPv4' | 'IPv6';

/** An address: `value` is 0…2^32−1 (IPv4) or 0…2^128−1 (IPv6). Compare by number, never by text: `FF::` equals `ff::`. */
export interface IpAddress {
  readonly family: Family;
  readonly value: bigint;
}

const ipv4Text = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/;

/**
 * Parses one address. Null for anything that is not exactly one address: prefixes, zones (`fe80::1%eth0`) and
 * zero-padded octets (`010.0.0.1`, which some readers take as octal) are refused.
 */
export function parseAddress(text: string): IpAddress | null {
  if (text.length > 45) return null;
  const octets = ipv4Text.exec(text);
  if (octets) {
    let value = 0;
    for (let i = 1; i <= 4; i++) {
      const octet = octets[i] ?? '';
      if (Number(octet) > 255 || (octet.length > 1 && octet.startsWith('0'))) return null;
      value = value * 256 + Number(octet);
    }
    return { family: 'IPv4', value: BigInt(value) };
  }
  const plain = readPlainIpv6(text);
  if (plain !== null) return { family: 'IPv6', value: plain };
  // What is left of IPv6: a dotted IPv4 tail (`::ffff:10.0.0.1`), or no address.
  if (!text.includes(':') || /[%/[\]]/.test(text) || !Address6.isValid(text)) return null;
  return { family: 'IPv6', value: new Address6(text).bigInt() };
}

/** Canonical text: dotted decimal, or RFC 5952 §4 for IPv6. */
export function formatAddress(address: IpAddress): string {
  if (address.family === 'IPv4') {
    const value = Number(address.value);
    return `${value >>> 24}.${(value >>> 16) & 255}.${(value >>> 8) & 255}.${value & 255}`;
  }
  return writeIpv6(address.value);
}

/** IPv4 before IPv6, then by number. */
export function compareAddresses(a: IpAddress, b: IpAddress): number {
  if (a.family !== b.family) return a.family === 'IPv4' ? -1 : 1;
  return a.value < b.value ? -1 : a.value > b.value ? 1 : 0;
}

/** The address in network byte order: 4 or 16 bytes. */
export function addressBytes(address: IpAddress): Uint8Array {
  const bytes = new Uint8Array(new ArrayBuffer(address.family === 'IPv4' ? 4 : 16));
  let rest = address.value;
  for (let i = bytes.length - 1; i >= 0; i--) {
    bytes[i] = Number(rest & 0xffn);
    rest >>= 8n;
  }
  return bytes;
}

/** Bits of an address of this family. */
export function familyBits(family: Family): 32 | 128 {
  return family === 'IPv4' ? 32 : 128;
}

const macText = /^[0-9a-f]{2}(?::[0-9a-f]{2}){5}$/;

/** Six bytes of a MAC address such as `02:00:00:00:00:01`; null when the text is none. */
export function parseMac(text: string): Uint8Array | null {
  const lower = text.toLowerCase();
  if (!macText.test(lower)) return null;
  const bytes = new Uint8Array(new ArrayBuffer(6));
  for (let i = 0; i < 6; i++) bytes[i] = Number.parseInt(lower.slice(i * 3, i * 3 + 2), 16);
  return bytes;
}

/** Lower-case, colon-separated text of six bytes. */
export function formatMac(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(':');
}
