// Addresses that other boxes hold for services that do not hold them here: nobody else is given them.
import type { Family, IpAddress } from '#model/address.ts';
import type { PeerRecord } from '#model/records.ts';
import { AddressMap } from './address-map.ts';
import type { ServiceFacts } from './service-facts.ts';
import { mayShareMarks, shareMark } from './share-mark.ts';

const nothing: readonly PeerRecord[] = [];

/** BOUNDED: records of the other boxes. */
export class Reservations {
  readonly #at = new AddressMap<readonly PeerRecord[]>();
  readonly #byService = new Map<string, PeerRecord[]>();
  /** Records lost here against earlier ones: what goes or comes next may turn that over, so everything is decided again. */
  isDisputed = false;

  add(record: PeerRecord): void {
    this.#at.set(record.address, [...this.at(record.address), record]);
    const all = this.#byService.get(record.service);
    if (all) all.push(record);
    else this.#byService.set(record.service, [record]);
  }

  /** Those of this service, or this one of them; returns what was there. */
  remove(service: string, only: PeerRecord | null = null): readonly PeerRecord[] {
    const all = this.#byService.get(service) ?? [];
    const gone = only ? all.filter((record) => record === only) : all;
    const kept = only ? all.filter((record) => record !== only) : [];
    if (kept.length > 0) this.#byService.set(service, kept);
    else this.#byService.delete(service);
    for (const record of gone) {
      const others = this.at(record.address).filter((other) => other !== record);
      if (others.length > 0) this.#at.set(record.address, others);
      else this.#at.delete(record.address);
    }
    return gone;
  }

  at(address: IpAddress): readonly PeerRecord[] {
    return this.#at.get(address) ?? nothing;
  }

  has(family: Family, value: bigint): boolean {
    return this.#at.find(family, value) !== undefined;
  }

  /** The first that keeps this service from the address. */
  against(address: IpAddress, facts: ServiceFacts): PeerRecord | undefined {
    return this.at(address).find((record) => excludes(record, facts));
  }

  all(): readonly PeerRecord[] {
    return this.#at.values().flat();
  }
}

/** Whether a record of another box and a service of this one cannot both have an address, as far as can be told. */
export function excludes(record: PeerRecord, { key, sharing }: ServiceFacts): boolean {
  return record.service !== key && !mayShareMarks(record.mark, shareMark(sharing.signature));
}
