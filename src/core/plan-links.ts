// What many rows of the plan share: the subnets of interfaces, and the names of policies.
import { type Family, type IpAddress, parseAddress } from '#model/address.ts';
import { type Range, rangeContains } from '#model/range.ts';
import type { Interface } from '#model/resources.ts';
import { subnetOf } from './node-address.ts';
import type { PolicyState } from './policy-state.ts';

/** An interface without an address of the family takes every address. */
export class PlanLinks {
  readonly #delivered: ReadonlySet<string>;
  readonly #subnets = new Map<Interface, Readonly<Record<Family, readonly Range[]>>>();
  readonly #names = new Map<PolicyState, readonly string[]>();

  constructor(delivered: ReadonlySet<string>) {
    this.#delivered = delivered;
  }

  /** One list for all rows of a policy. */
  nameOf(policy: PolicyState): readonly string[] {
    const known = this.#names.get(policy);
    if (known) return known;
    const names = [policy.name];
    this.#names.set(policy, names);
    return names;
  }

  isOnLink(device: Interface, address: IpAddress): boolean {
    const subnets = this.#of(device)[address.family];
    return subnets.length === 0 || subnets.some((subnet) => rangeContains(subnet, address));
  }

  #of(device: Interface): Readonly<Record<Family, readonly Range[]>> {
    const known = this.#subnets.get(device);
    if (known) return known;
    const subnets: Record<Family, Range[]> = { IPv4: [], IPv6: [] };
    for (const { address: text, prefixLength } of device.addresses) {
      const address = parseAddress(text);
      // Every IPv6 interface has a link-local address (RFC 4291 §2.1): it says nothing about the LAN's prefixes.
      if (!address || this.#delivered.has(text) || isLinkLocal(address)) continue;
      const subnet = subnetOf(address, prefixLength);
      if (subnet) subnets[address.family].push(subnet);
    }
    this.#subnets.set(device, subnets);
    return subnets;
  }
}

/** RFC 4291 §2.5.6: fe80::/10. */
function isLinkLocal({ family, value }: IpAddress): boolean {
  return family === 'IPv6' && value >> 118n === 0x3fan;
}
