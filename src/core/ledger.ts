// Who holds which address. It is carried from round to round as long as only services change.
import type { Family, IpAddress } from '#model/address.ts';
import type { PeerRecord } from '#model/records.ts';
import type { Allocation } from '#model/snapshot.ts';
import { AddressMap } from './address-map.ts';
import type { PoolState } from './pool-state.ts';
import { excludes, Reservations } from './reservations.ts';
import { compareServices, type ServiceFacts } from './service-facts.ts';
import { sharingObstacle } from './share.ts';
import { sorted } from './sorted.ts';

export interface Holding {
  readonly address: IpAddress;
  readonly pool: PoolState;
  readonly origin: Allocation['origin'];
  readonly sinceMs: number;
  /** The box that gave it; undefined: this one, which does not say so while it is alone. */
  readonly node: string | undefined;
  /** What is remembered of it; null until the round that gave it ends. */
  record: Allocation | null;
}

/** An address that is held, and by whom. */
export interface Slot {
  readonly address: IpAddress;
  readonly pool: PoolState;
  readonly holders: readonly ServiceFacts[];
}

interface OpenSlot extends Slot {
  pool: PoolState;
  holders: ServiceFacts[];
  /** Ports of all holders, the quick answer for the usual case; null until a second holder comes. */
  ports: Set<string> | null;
  /** All holders are of this namespace, or null. */
  namespace: string | null;
}

export interface Obstacle {
  readonly holder: string;
  readonly why: string;
}

/** Addresses that got their first holder or lost their last one. One that did both is in both lists. */
export interface LedgerChanges {
  readonly opened: readonly Slot[];
  readonly closed: readonly Slot[];
}

const nothing: readonly Holding[] = [];

export class Ledger {
  readonly reservations = new Reservations();
  readonly #slots = new AddressMap<OpenSlot>();
  readonly #byService = new Map<ServiceFacts, Holding[]>();
  /** Slots whose holders have a sharing key. */
  readonly #byKey = new Map<string, Set<OpenSlot>>();
  /** Slots whose holders are not in the order in which services compete. */
  readonly #unsettled = new Set<OpenSlot>();
  #opened: Slot[] = [];
  #closed: Slot[] = [];

  slot(address: IpAddress): Slot | undefined {
    return this.#slots.get(address);
  }

  isHeld(family: Family, value: bigint): boolean {
    return this.#slots.find(family, value) !== undefined;
  }

  /** Held, or reserved for what another box has. */
  isOccupied(family: Family, value: bigint): boolean {
    return this.isHeld(family, value) || this.reservations.has(family, value);
  }

  /** In the order in which they were given. */
  holdings(service: ServiceFacts): readonly Holding[] {
    return this.#byService.get(service) ?? nothing;
  }

  /** The record of another box that has a held address for somebody else than its holders, whom they cannot share it with. */
  contest(address: IpAddress): PeerRecord | undefined {
    const holders = this.slot(address)?.holders ?? [];
    if (holders.length === 0) return undefined;
    return this.reservations.at(address).find((record) => holders.every((facts) => excludes(record, facts)));
  }

  isContested(): boolean {
    return this.reservations.all().some(({ address }) => this.contest(address) !== undefined);
  }

  isHeldBy(service: ServiceFacts, { family, value }: IpAddress): boolean {
    return this.holdings(service).some(({ address }) => address.value === value && address.family === family);
  }

  /** Addresses that services of this sharing key hold, in no order. */
  slotsOfKey(key: string): Iterable<Slot> {
    return this.#byKey.get(key) ?? [];
  }

  /** What was opened and closed since the last call. */
  takeChanges(): LedgerChanges {
    const changes = { opened: this.#opened, closed: this.#closed };
    this.#opened = [];
    this.#closed = [];
    return changes;
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
      const before = known.holders.at(-2);
      if (before && compareServices(before, facts) > 0) this.#unsettled.add(known);
    }
    const holdings = this.#byService.get(facts);
    if (holdings) holdings.push(holding);
    else this.#byService.set(facts, [holding]);
    return slot;
  }

  /** The service gives back everything. */
  release(facts: ServiceFacts): readonly Holding[] {
    const holdings = this.holdings(facts);
    this.#byService.delete(facts);
    for (const { address } of holdings) {
      const slot = this.#slots.get(address);
      if (!slot) continue;
      slot.holders = slot.holders.filter((holder) => holder !== facts);
      if (slot.holders.length === 0) this.#close(slot, facts.sharing.key);
      else this.#refresh(slot);
    }
    return holdings;
  }

  /** Puts holders in the order in which they compete, as if each had kept its address in its turn. */
  settle(): void {
    for (const slot of this.#unsettled) {
      slot.holders = [...sorted(slot.holders, compareServices)];
      this.#refresh(slot);
    }
    this.#unsettled.clear();
  }

  /** What is known of a slot follows from its holders; its pool is that of the first one. */
  #refresh(slot: OpenSlot): void {
    const [first] = slot.holders;
    if (!first) return;
    slot.ports = null;
    slot.namespace = first.sharing.namespace;
    if (slot.holders.some(({ sharing }) => sharing.namespace !== slot.namespace)) slot.namespace = null;
    const { family, value } = slot.address;
    const own = this.holdings(first).find(({ address }) => address.family === family && address.value === value);
    if (own) slot.pool = own.pool;
  }

  #close(slot: OpenSlot, key: string): void {
    this.#slots.delete(slot.address);
    this.#unsettled.delete(slot);
    this.#closed.push(slot);
    const slots = this.#byKey.get(key);
    if (slots?.delete(slot) && slots.size === 0) this.#byKey.delete(key);
  }

  #open({ address, pool }: Holding, facts: ServiceFacts): OpenSlot {
    const { key, namespace } = facts.sharing;
    const slot: OpenSlot = { address, pool, holders: [facts], ports: null, namespace };
    this.#slots.set(address, slot);
    this.#opened.push(slot);
    if (key !== '') {
      const slots = this.#byKey.get(key);
      if (slots) slots.add(slot);
      else this.#byKey.set(key, new Set([slot]));
    }
    return slot;
  }
}

function portsOf(slot: OpenSlot): Set<string> {
  slot.ports ??= new Set(slot.holders.flatMap(({ sharing }) => sharing.ports));
  return slot.ports;
}
