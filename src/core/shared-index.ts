// Addresses by sharing key, for services that join whichever fits.
import type { Family } from '#model/address.ts';
import type { Slot } from './ledger.ts';
import type { PoolUse } from './pool-use.ts';
import type { Round } from './round.ts';
import type { ServiceFacts } from './service-facts.ts';

export class SharedIndex {
  readonly #round: Round;
  /** Per family and key, made when it is first asked for. */
  readonly #slots = new Map<string, Slot[]>();
  /** Opened in this round before anybody asked. */
  readonly #fresh = new Map<string, Slot[]>();
  /**
   * How many slots at the start of a list can never take a service of this signature: while a round is decided holders
   * only come, so an obstacle stays. Without it n equal services under one key would ask n²/2 times.
   */
  readonly #obstructed = new Map<string, number>();

  constructor(round: Round) {
    this.#round = round;
  }

  /** Notes an address that was given in this round. */
  add(slot: Slot): void {
    const key = slot.holders[0]?.sharing.key ?? '';
    if (key === '') return;
    const list = listName(slot.address.family, key);
    const slots = this.#slots.get(list) ?? this.#fresh.get(list);
    if (slots) slots.push(slot);
    else this.#fresh.set(list, [slot]);
  }

  /** The first address of the service's key that it may join: pool open and selecting it, every holder compatible. */
  find(facts: ServiceFacts, family: Family): Slot | null {
    const { key, signature } = facts.sharing;
    if (key === '') return null;
    const slots = this.#list(family, key);
    if (slots.length === 0) return null;
    const cursor = `${family} ${signature}`;
    let start = this.#obstructed.get(cursor) ?? 0;
    for (let i = start; i < slots.length; i++) {
      const slot = slots[i];
      if (!slot) continue;
      const obstructed = this.#round.ledger.obstacle(slot, facts) !== null;
      if (obstructed && i === start) this.#obstructed.set(cursor, ++start);
      if (!obstructed && this.#takes(slot, facts)) return slot;
    }
    return null;
  }

  /** What was held when addresses began to be given, by pool and number; then the fresh ones. */
  #list(family: Family, key: string): readonly Slot[] {
    const name = listName(family, key);
    const known = this.#slots.get(name);
    if (known) return known;
    const fresh = this.#fresh.get(name) ?? [];
    const isFresh = new Set(fresh);
    const rank = (slot: Slot) => this.#use(slot)?.rank ?? 0;
    const slots: Slot[] = [];
    for (const slot of this.#round.ledger.slotsOfKey(key)) {
      if (slot.address.family === family && !isFresh.has(slot)) slots.push(slot);
    }
    slots.sort((a, b) => rank(a) - rank(b) || (a.address.value < b.address.value ? -1 : 1));
    slots.push(...fresh);
    this.#slots.set(name, slots);
    return slots;
  }

  #takes(slot: Slot, facts: ServiceFacts): boolean {
    const use = this.#use(slot);
    return use?.isOpen === true && use.state.selects(facts) && !this.#isOwn(slot);
  }

  #isOwn({ address }: Slot): boolean {
    const { own, foreign } = this.#round.node;
    return own.get(address) !== undefined || foreign.get(address) !== undefined;
  }

  #use(slot: Slot): PoolUse | undefined {
    return this.#round.book.byName(slot.pool.name);
  }
}

function listName(family: Family, key: string): string {
  return `${family} ${key}`;
}
