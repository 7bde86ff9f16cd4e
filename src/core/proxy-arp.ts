// Tells a router that answers for every address (proxy ARP) from a host that has one.
// Read RFC 1027 before changing this file.
import type { IpAddress } from '#model/address.ts';
import { parseAddress } from '#model/address.ts';
import type { Interface } from '#model/resources.ts';
import { isUnicast, subnetOf } from './node-address.ts';

/** A subnet that is full of addresses we know has no unused one to offer. */
const attempts = 32;

/**
 * An address of the interface's subnets that hopefully nobody has, near the one that is taken: whoever answers for it
 * too answers for everything. Null when there is none to be found. `random`: 0…1. `isKnown`: addresses not to ask for.
 */
export function controlAddress(
  { addresses }: Interface,
  taken: IpAddress,
  isKnown: (address: IpAddress) => boolean,
  random: () => number,
): IpAddress | null {
  for (const { address: text, prefixLength } of addresses) {
    const own = parseAddress(text);
    if (own?.family !== taken.family) continue;
    const subnet = subnetOf(own, prefixLength);
    if (!subnet || taken.value < subnet.first || taken.value > subnet.last || subnet.last - subnet.first < 4n) continue;
    const size = subnet.last - subnet.first - 1n;
    for (let attempt = 0; attempt < attempts; attempt++) {
      // 48 random bits are enough to hit nothing in a /64.
      const step = (BigInt(Math.floor(random() * 2 ** 48)) * size) >> 48n;
      const address: IpAddress = { family: taken.family, value: subnet.first + 1n + step };
      if (address.value !== taken.value && address.value !== own.value && isUnicast(address) && !isKnown(address)) {
        return address;
      }
    }
  }
  return null;
}
