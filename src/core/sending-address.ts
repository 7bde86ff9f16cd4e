// Where frames of our own come from on an interface.
// Read RFC 9568 §5.1.1.1, RFC 9568 §5.1.2.1 and RFC 4291 §2.5.6 before changing this file.
import { type Family, type IpAddress, parseAddress } from '#model/address.ts';
import type { Interface } from '#model/resources.ts';

/**
 * The primary IPv4 address (RFC 9568 §5.1.1.1), which the kernel lists first, or the IPv6 link-local address (RFC 9568
 * §5.1.2.1) once nothing speaks against it. Addresses that delivery added are on `lo` alone.
 */
export function sendingAddress({ addresses }: Pick<Interface, 'addresses'>, family: Family): IpAddress | null {
  for (const { family: own, address: text, tentative } of addresses) {
    if (own !== family || tentative) continue;
    const address = parseAddress(text);
    // RFC 4291 §2.5.6: fe80::/10.
    if (address && (family === 'IPv4' || address.value >> 118n === 0x3fan)) return address;
  }
  return null;
}
