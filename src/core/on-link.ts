// Whether an address is on the LAN of an interface.
import { type IpAddress, parseAddress } from '#model/address.ts';
import type { Interface } from '#model/resources.ts';
import { subnetOf } from './node-address.ts';

/** By the subnets of the interface's own addresses. */
export function isOnLink({ addresses }: Pick<Interface, 'addresses'>, target: IpAddress): boolean {
  return addresses.some(({ address, prefixLength }) => {
    const own = parseAddress(address);
    const subnet = own?.family === target.family ? subnetOf(own, prefixLength) : null;
    return subnet !== null && target.value >= subnet.first && target.value <= subnet.last;
  });
}
