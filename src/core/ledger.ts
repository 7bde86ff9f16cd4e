// Who holds which address while one round is decided.
import type { Family, IpAddress } from '#model/address.ts';
import type { Allocation } from '#model/snapshot.ts';
import type { PoolState } from './pool-state.ts';
import type { ServiceFacts } from './service-facts.ts';
import { sharingObstacle } from './share.ts';

export interface Holding {
  readonly address: IpAddress;
  readonly pool: PoolState;
  readonly origin: Allocation['origin'];
  readonly sinceMs: number;
}

/** An address that is held, and by whom. */
export interface Slot {
  readonly address: IpAddress;
  readonly pool: PoolState;
  readonly holders: readonly ServiceFacts[];
}

interface OpenSlot extends Slot {
  readonly holders: ServiceFacts[];
  /** Ports of all holders: the quick answer for the usual case. */
  readonly ports: Set<string>;
  /** All holders are of this namespace, or null. */
  namespace: string | null;
}

export interface Obstacle {
  readonly holder: string;
  readonly why: string;
}

export class Ledger {
  // Numbers for IPv4 and bigints for IPv6: a map of small numbers is several times faster.
  readonly #ipv4 = new Map<number, OpenSlot>();
  readonly #ipv6 = new Map<bigint, OpenSlot>();
  readonly #byService = new Map<string, Holding[]>();

  slot(address: IpAddress): Slot | undefined {
    return this.#find(address.family, address.value);
  }

  isHeld(family: Family, value: bigint): boolean {
    return this.#find(family, value) !== undefined;
  }

  /** In the order in which they were given. */
  holdings(service: string): readonly Holding[] {
    return this.#byService.get(service) ?? [];
  }

  *slots(): Iterable<Slot> {
    yield* this.#ipv4.values();
    yield* this.#ipv6.values();
  }

  /** The first holder that does not share with the service, or null when it may join. */
  obstacle(slot: Slot, facts: ServiceFacts): Obstacle | null {
    if (this.#fitsAtAGlance(slot as OpenSlot, facts)) return null;
    for (const holder of slot.holders) {
      const why = sharingObstacle(facts.sharing, holder.sharing);
      if (why !== null) return { holder: holder.key, why };
    }
    return null;
  }

  /** Cluster policy, one key and one namespace: only ports can collide, and no holder has to be asked alone. */
  #fitsAtAGlance(slot: OpenSlot, { sharing }: ServiceFacts): boolean {
    const first = slot.holders[0];
    if (!first || sharing.key === '' || first.sharing.key !== sharing.key) return false;
    if (slot.namespace !== sharing.namespace || sharing.local || first.sharing.local) return false;
    return !sharing.ports.some((port) => slot.ports.has(port));
  }

  /** Gives the address to the service. The caller has made sure that it may have it. */
  hold(facts: ServiceFacts, holding: Holding): Slot {
    const { address } = holding;
    const known = this.#find(address.family, address.value);
    const slot = known ?? this.#open(holding, facts);
    if (known) {
      known.holders.push(facts);
      for (const port of facts.sharing.ports) known.ports.add(port);
      if (known.namespace !== facts.sharing.namespace) known.namespace = null;
    }
    const holdings = this.#byService.get(facts.key);
    if (holdings) holdings.push(holding);
    else this.#byService.set(facts.key, [holding]);
    return slot;
  }

  #open({ address, pool }: Holding, facts: ServiceFacts): OpenSlot {
    const { namespace, ports } = facts.sharing;
    const slot: OpenSlot = { address, pool, holders: [facts], ports: new Set(ports), namespace };
    if (address.family === 'IPv4') this.#ipv4.set(Number(address.value), slot);
    else this.#ipv6.set(address.value, slot);
    return slot;
  }

  #find(family: Family, value: bigint): OpenSlot | undefined {
    return family === 'IPv4' ? this.#ipv4.get(Number(value)) : this.#ipv6.get(value);
  }
}
