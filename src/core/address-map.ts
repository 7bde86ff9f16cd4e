// A map by address. Numbers for IPv4 and bigints for IPv6: a map of small numbers is several times faster.
import type { Family, IpAddress } from '#model/address.ts';

export class AddressMap<T> {
  readonly #ipv4 = new Map<number, T>();
  readonly #ipv6 = new Map<bigint, T>();

  constructor(entries: readonly (readonly [IpAddress, T])[] = []) {
    for (const [address, item] of entries) this.set(address, item);
  }

  get({ family, value }: IpAddress): T | undefined {
    return this.find(family, value);
  }

  find(family: Family, value: bigint): T | undefined {
    return family === 'IPv4' ? this.#ipv4.get(Number(value)) : this.#ipv6.get(value);
  }

  set({ family, value }: IpAddress, item: T): void {
    if (family === 'IPv4') this.#ipv4.set(Number(value), item);
    else this.#ipv6.set(value, item);
  }

  delete({ family, value }: IpAddress): void {
    if (family === 'IPv4') this.#ipv4.delete(Number(value));
    else this.#ipv6.delete(value);
  }

  get size(): number {
    return this.#ipv4.size + this.#ipv6.size;
  }

  /** In the order of their first `set`, IPv4 first. */
  values(): T[] {
    return [...this.#ipv4.values(), ...this.#ipv6.values()];
  }
}
