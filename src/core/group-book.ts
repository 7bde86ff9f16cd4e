// The groups of all addresses of a round: who wishes what, which group each address is in, how many each group has.
import { compareAddresses, formatAddress, type IpAddress } from '#model/address.ts';
import { groupIndex } from '#model/group-index.ts';
import type { RunningProblem } from '#model/problem.ts';
import { explain, type Reason } from '#model/reason.ts';
import type { Policy } from '#model/resources.ts';
import { quote } from '#model/safe-text.ts';
import type { GroupOutcome } from '#model/snapshot.ts';
import { AddressMap } from './address-map.ts';
import { type ElectionClass, ElectionClasses, type GroupWish } from './election-class.ts';
import { ElectionGroups, type IdRange, isCommon } from './election-groups.ts';
import { sameData } from './same-data.ts';
import { sorted } from './sorted.ts';

/** An address, as far as its group goes. */
export interface Grouped {
  readonly address: IpAddress;
  readonly wish: GroupWish;
  /** Services that have the address and pin another id than the one that counts. */
  readonly rivals: readonly string[];
  /** `groupIndex`, or why it has none. Written by the book. */
  group: number | Reason;
}

interface Count {
  readonly policies: readonly string[];
  addresses: number;
  /** Addresses whose services pin it. */
  pinned: number;
}

export class GroupBook {
  /** What makes the wishes. */
  readonly classes: ElectionClasses;
  readonly #range: IdRange;
  /** BOUNDED: by combinations of policies and pins in use. */
  readonly #wishes = new Map<string, { readonly wish: GroupWish; count: number }>();
  /** By group. BOUNDED: 512. */
  readonly #counts = new Map<number, Count>();
  /** Addresses with rivals. BOUNDED: by the addresses. */
  readonly #rivals = new AddressMap<Grouped>();
  #groups: ElectionGroups;

  constructor(policies: readonly Policy[], range: IdRange) {
    this.classes = new ElectionClasses(policies);
    this.#range = range;
    this.#groups = new ElectionGroups(range, []);
  }

  /** Takes all addresses of a round that is decided from the ground up. */
  fill(all: readonly Grouped[]): void {
    for (const one of all) this.#add(one);
    this.#groups = this.#made();
    for (const one of all) this.#settle(one);
  }

  /** The same for a change. False: ids of others change with it, and this book is of no more use. */
  replace(gone: readonly Grouped[], come: readonly Grouped[]): boolean {
    const before = new Map(this.#wishes);
    for (const one of gone) this.#drop(one);
    for (const one of come) this.#add(one);
    const isSame = before.size === this.#wishes.size && [...before.keys()].every((key) => this.#wishes.has(key));
    if (!isSame) {
      const old = this.#groups;
      this.#groups = this.#made();
      for (const [key, { wish }] of before) {
        if (this.#wishes.has(key) && !sameData(old.idsFor(wish), this.#groups.idsFor(wish))) return false;
      }
    }
    for (const one of come) this.#settle(one);
    return true;
  }

  /** Groups that have addresses, whoever can announce these, by number. */
  outcomes(): readonly GroupOutcome[] {
    const groups = [...this.#counts].sort(([a], [b]) => a - b);
    return groups.map(([group, { policies, addresses, pinned }]) => {
      return { group, policies, addresses, isPinned: pinned > 0 };
    });
  }

  /** Classes without ids, and services whose pin does not count. */
  problems(): readonly RunningProblem[] {
    const refused = this.#groups
      .classes()
      .flatMap(({ class: { policies }, refused: reason }) =>
        reason ? [{ ...problem(`policy/${policies.join(',')}`, explain(reason)), severity: 'critical' as const }] : [],
      );
    const contested = sorted(this.#rivals.values(), (a, b) => compareAddresses(a.address, b.address));
    const rivals = contested.flatMap(({ address, wish, rivals: keys }) =>
      keys.map((key) => {
        const counts = typeof wish.pin === 'number' ? `, which is in group ${wish.pin}` : '';
        return problem(`svc/${key}`, `Service ${quote(key)} pins another group for ${formatAddress(address)}${counts}`);
      }),
    );
    return [...refused, ...rivals];
  }

  #made(): ElectionGroups {
    return new ElectionGroups(
      this.#range,
      [...this.#wishes.values()].map(({ wish }) => wish),
    );
  }

  /** Addresses that no policy wants announced are in no group: they must not keep ids. */
  #add(one: Grouped): void {
    const { wish } = one;
    if (wish.class.policies.length === 0) return;
    const key = keyOf(wish);
    const known = this.#wishes.get(key);
    if (known) known.count++;
    else this.#wishes.set(key, { wish, count: 1 });
    if (one.rivals.length > 0) this.#rivals.set(one.address, one);
  }

  #drop({ address, wish, rivals, group }: Grouped): void {
    if (wish.class.policies.length === 0) return;
    const key = keyOf(wish);
    const known = this.#wishes.get(key);
    if (known && --known.count === 0) this.#wishes.delete(key);
    if (rivals.length > 0) this.#rivals.delete(address);
    const count = typeof group === 'number' ? this.#counts.get(group) : undefined;
    if (!count) return;
    count.addresses--;
    if (wish.pin !== null) count.pinned--;
    if (count.addresses === 0) this.#counts.delete(Number(group));
  }

  #settle(one: Grouped): void {
    const { address, wish } = one;
    const id = this.#groups.idOf(wish, address);
    one.group = typeof id === 'number' ? groupIndex(id, address.family) : id;
    if (typeof one.group !== 'number' || wish.class.policies.length === 0) return;
    const count = this.#counts.get(one.group) ?? { policies: ownersOf(wish.class), addresses: 0, pinned: 0 };
    this.#counts.set(one.group, count);
    count.addresses++;
    if (wish.pin !== null) count.pinned++;
  }
}

/** Classes that may be led by every box have their groups in common. */
function ownersOf(own: ElectionClass): readonly string[] {
  return isCommon(own) ? [] : own.policies;
}

function keyOf({ class: { key }, pin }: GroupWish): string {
  return `${key} ${pin}`;
}

function problem(object: string, message: string): RunningProblem {
  const hint = 'lanlord check lists the ids; see lanlord.dev/group and lanlord.dev/virtual-router-id';
  return { code: 'GROUP', severity: 'warning', object, message, hint };
}
