// Who holds which address while one round is decided.
import type { Family, IpAddress } from '#model/address.ts';
import type { Allocation } from '#model/snapshot.ts';
import { AddressMap } from './address-map.ts';
import type { PoolState } from './pool-state.ts';
import type { ServiceFacts } from './service-facts.ts';
import { sharingObstacle } from './share.ts';

export interface Holding {
  readonly address: IpAddress;
  readonly pool: PoolState;
  readonly origin: Allocation['origin'];
  readonly sinceMs: number;
  /** The record of the round before, when the holder kept its address. */
  readonly record: Allocation | null;
}

/** An address that is held, and by whom. */
export interface Slot {
  readonly address: IpAddress;
  readonly pool: PoolState;
  readonly holders: readonly ServiceFacts[];
}

interface OpenSlot extends Slot {
  readonly holders: ServiceFacts[];
  /** Ports of all holders, the quick answer for the usual case; null until a second holder comes. */
  ports: Set<string> | null;
  /** All holders are of this namespace, or null. */
  namespace: string | null;
}

export interface Obstacle {
  readonly holder: string;
  readonly why: string;
}

export class Ledger {
  readonly #slots = new AddressMap<OpenSlot>();
  readonly #byService = new Map<string, Holding[]>();

  slot(address: IpAddress): Slot | undefined {
    return this.#slots.get(address);
  }

  isHeld(family: Family, value: bigint): boolean {
    return this.#slots.find(family, value) !== undefined;
  }

  /** In the order in which they were given. */
  holdings(service: string): readonly Holding[] {
    return this.#byService.get(service) ?? [];
  }

  slots(): readonly Slot[] {
    return this.#slots.values();
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
    const ports = portsOf(slot);
    return !sharing.ports.some((port) => ports.has(port));
  }

  /** Gives the address to the service. The caller has made sure that it may have it. */
  hold(facts: ServiceFacts, holding: Holding): Slot {
    const { address } = holding;
    const known = this.#slots.get(address);
    const slot = known ?? this.#open(holding, facts);
    if (known) {
      known.holders.push(facts);
      for (const port of facts.sharing.ports) portsOf(known).add(port);
      if (known.namespace !== facts.sharing.namespace) known.namespace = null;
    }
    const holdings = this.#byService.get(facts.key);
    if (holdings) holdings.push(holding);
    else this.#byService.set(facts.key, [holding]);
    return slot;
  }

  #open({ address, pool }: Holding, facts: ServiceFacts): OpenSlot {
    const { namespace } = facts.sharing;
    const slot: OpenSlot = { address, pool, holders: [facts], ports: null, namespace };
    this.#slots.set(address, slot);
    return slot;
  }
}

function portsOf(slot: OpenSlot): Set<string> {
  slot.ports ??= new Set(slot.holders.flatMap(({ sharing }) => sharing.ports));
  return slot.ports;
}
