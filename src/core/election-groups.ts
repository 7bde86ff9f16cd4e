// Which virtual router ids the classes of addresses use, and which of them an address belongs to.
// Read RFC 9568 §5.2.3 before changing this file: ids are 1…255, and two groups on one LAN must never share one.
import { formatAddress, type IpAddress } from '#model/address.ts';
import { largestRouterId } from '#model/group-index.ts';
import type { NodeConfig } from '#model/node-config.ts';
import type { Reason } from '#model/reason.ts';
import type { ElectionClass, GroupWish } from './election-class.ts';
import { hashText, mixHashes } from './hash-text.ts';
import { compareText } from './sorted.ts';
import { idsOf } from './virtual-router-ids.ts';

/** Ids of a class that has a nodeSelector: enough for eight boxes to share its addresses. */
const blockSize = 8;

/** Who has an id: all classes without a nodeSelector together, or one class. */
type Owner = 'common' | ElectionClass;

export type IdRange = Pick<NodeConfig['election']['vrrp'], 'virtualRouterId' | 'groups'>;

/** A class with its ids, or why it has none. */
export interface ClassIds {
  readonly class: ElectionClass;
  readonly ids: readonly number[];
  readonly refused: Reason | null;
}

export class ElectionGroups {
  /** By key of the class. */
  readonly #classes = new Map<string, ClassIds>();
  readonly #owners: (Owner | undefined)[] = [];
  readonly #common: readonly number[];

  /** The result depends on which wishes there are, not on their order or number. */
  constructor(range: IdRange, wishes: Iterable<GroupWish>) {
    const { classes, pins } = sortedWishes(wishes);
    this.#common = idsOf({ first: range.virtualRouterId, count: range.groups }).filter((id) => id <= largestRouterId);
    for (const id of this.#common) this.#owners[id] = 'common';
    // What is written goes before what is found, and what is written for many before what is written for one.
    for (const one of classes) this.#pin(one);
    for (const { id, owner } of pins) this.#owners[id] ??= isCommon(owner) ? 'common' : owner;
    const slots = new Slots(range);
    for (const one of classes) if (isCommon(one)) this.#note(one, this.#common, null);
    for (const one of classes) if (one.block === null && one.isNodeBound) this.#find(one, slots);
  }

  /** Ids and refusals by class, in the order of their keys. */
  classes(): readonly ClassIds[] {
    return [...this.#classes.values()].sort((a, b) => compareText(a.class.key, b.class.key));
  }

  /** The virtual router id of an address, or why it has none. */
  idOf(wish: GroupWish, address: IpAddress): number | Reason {
    const ids = this.idsFor(wish);
    return 'code' in ids ? ids : shardOf(address, ids);
  }

  /** The ids that addresses with this wish are spread over, or why there are none. */
  idsFor({ class: own, pin }: GroupWish): readonly number[] | Reason {
    if (pin === 'unreadable') return { code: 'group_pin_unreadable' };
    if (pin !== null) return this.refusalOf(pin, own) ?? [pin];
    if (isCommon(own)) return this.#common;
    const found = this.#classes.get(own.key);
    return found?.refused ?? found?.ids ?? { code: 'group_ids_exhausted', policies: own.policies };
  }

  /** Why addresses of a class cannot use an id that is pinned for them, or null. */
  refusalOf(id: number, own: ElectionClass): Reason | null {
    const owner = this.#owners[id];
    if (owner === undefined || this.#fits(own, owner)) return null;
    return { code: 'group_id_taken', id, by: owner === 'common' ? [] : owner.policies };
  }

  #fits(own: ElectionClass, owner: Owner): boolean {
    return owner === 'common' ? isCommon(own) : own.key === owner.key;
  }

  #note(one: ElectionClass, ids: readonly number[], refused: Reason | null): void {
    this.#classes.set(one.key, { class: one, ids, refused });
  }

  /** A block that is written at the policy. */
  #pin(one: ElectionClass): void {
    if (one.block === null) return;
    if (one.block === 'unreadable') {
      this.#note(one, [], { code: 'block_unreadable', policies: one.policies });
      return;
    }
    const ids = idsOf(one.block);
    const refused = ids.map((id) => this.refusalOf(id, one)).find((reason) => reason !== null) ?? null;
    if (!refused) for (const id of ids) this.#owners[id] = one;
    this.#note(one, refused ? [] : ids, refused);
  }

  /** A block found by the hash of the names, or the next one that is free. */
  #find(one: ElectionClass, slots: Slots): void {
    for (const ids of slots.from(hashText(one.key))) {
      if (ids.some((id) => this.refusalOf(id, one) !== null)) continue;
      for (const id of ids) this.#owners[id] = one;
      this.#note(one, ids, null);
      return;
    }
    this.#note(one, [], { code: 'group_ids_exhausted', policies: one.policies });
  }
}

function sortedWishes(wishes: Iterable<GroupWish>) {
  const classes = new Map<string, ElectionClass>();
  const pins: { readonly id: number; readonly owner: ElectionClass }[] = [];
  for (const { class: owner, pin } of wishes) {
    classes.set(owner.key, owner);
    if (typeof pin === 'number') pins.push({ id: pin, owner });
  }
  pins.sort((a, b) => a.id - b.id || compareText(a.owner.key, b.owner.key));
  return { classes: [...classes.values()].sort((a, b) => compareText(a.key, b.key)), pins };
}

/** Shares the ids that NodeConfig names. */
export function isCommon({ isNodeBound, block }: ElectionClass): boolean {
  return !isNodeBound && block === null;
}

/** Blocks of eight beside the common ids: those above, then, when these do not suffice, those below. */
class Slots {
  readonly #above: (readonly number[])[] = [];
  readonly #below: (readonly number[])[] = [];

  constructor({ virtualRouterId, groups }: IdRange) {
    for (let first = virtualRouterId + groups; first + blockSize - 1 <= largestRouterId; first += blockSize) {
      this.#above.push(idsOf({ first, count: blockSize }));
    }
    // Low ids are what people choose for routers of their own: the highest of them go first.
    for (let first = virtualRouterId - blockSize; first >= 1; first -= blockSize) {
      this.#below.push(idsOf({ first, count: blockSize }));
    }
  }

  /** All of them, from the one that the hash names. */
  *from(hash: number): Generator<readonly number[]> {
    const { length } = this.#above;
    for (let i = 0; i < length; i++) yield this.#above[(hash + i) % length] ?? [];
    yield* this.#below;
  }
}

/**
 * Rendezvous hashing: the id whose hash together with the address is the greatest. An address moves only when its id goes
 * or a new one is greater, whatever other addresses there are.
 */
export function shardOf(address: IpAddress, ids: readonly number[]): number {
  const own = hashText(formatAddress(address));
  let best = ids[0] ?? 0;
  let most = -1;
  for (const id of ids) {
    const score = mixHashes(own, id);
    if (score <= most) continue;
    best = id;
    most = score;
  }
  return best;
}
