// The place of every box for every group on one LAN, and what this box brings along for each.
import { routerOf } from '#model/group-index.ts';
import type { Reason } from '#model/reason.ts';
import type { Candidacy, Desired, GroupOutcome } from '#model/snapshot.ts';
import { type SpreadGroup, spread } from './spread.ts';

/** A box on a LAN, with the groups that it can lead there. */
export interface Box {
  readonly name: string;
  readonly eligible: ReadonlySet<number>;
}

/** This box and one group on one interface. */
export interface GroupStand {
  readonly interface: string;
  readonly group: number;
  /** Addresses of the group that it could answer for there. */
  readonly rows: number;
  /**
   * It has a row for every address of the group on some interface. One that has not leads only when nobody else can:
   * the rest of the addresses would be answered by nobody.
   */
  readonly isWhole: boolean;
  /** Why it must not lead the group there, or null. */
  readonly refusal: Reason | null;
}

/** Groups that this box has rows of, by interface in the order of the rows. */
export function groupStands({ candidacies, groups }: Pick<Desired, 'candidacies' | 'groups'>): readonly GroupStand[] {
  const wanted = new Map(groups.map(({ group, addresses }) => [group, addresses]));
  const covered = coverage(candidacies);
  // A map of maps: a text for every row would be felt.
  const stands = new Map<string, Map<number, { -readonly [Field in keyof GroupStand]: GroupStand[Field] }>>();
  for (const { interface: name, group, refusal } of candidacies) {
    const own = stands.get(name) ?? new Map();
    stands.set(name, own);
    const known = own.get(group);
    if (known) known.rows++;
    else {
      const isWhole = (covered.get(group) ?? 0) >= (wanted.get(group) ?? 0);
      own.set(group, { interface: name, group, rows: 1, isWhole, refusal });
    }
  }
  return [...stands.values()].flatMap((own) => [...own.values()]);
}

/** Addresses by group, each once. Rows are sorted by address. */
function coverage(rows: readonly Candidacy[]): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  let last: Candidacy | null = null;
  for (const row of rows) {
    const isSame = last?.address.value === row.address.value && last.address.family === row.address.family;
    last = row;
    if (!isSame) counts.set(row.group, (counts.get(row.group) ?? 0) + 1);
  }
  return counts;
}

/** Groups of one interface that this box is a full candidate for: what it tells others, and what ranks it. */
export function eligibleGroups(stands: readonly GroupStand[], interfaceName: string): ReadonlySet<number> {
  const own = stands.filter((one) => one.interface === interfaceName && one.isWhole && one.refusal === null);
  return new Set(own.map(({ group }) => group));
}

/** Names of boxes by group, first choice first. */
export type GroupRanking = ReadonlyMap<number, readonly string[]>;

/**
 * The ranking on one LAN: groups of the same policies are spread together over the boxes that can lead any of them. An id
 * is one choice for both families. Every box computes the same from the same groups and boxes, in whatever order.
 */
export function rankGroups(groups: readonly GroupOutcome[], boxes: readonly Box[]): GroupRanking {
  const ranking = new Map<number, readonly string[]>();
  for (const own of Map.groupBy(groups, ({ policies }) => policies.join(',')).values()) {
    const able = boxes.filter(({ eligible }) => own.some(({ group }) => eligible.has(group)));
    const ranked = spread(
      byId(own),
      able.map(({ name }) => name),
    );
    for (const { group } of own) ranking.set(group, ranked.get(routerOf(group)?.id ?? 0) ?? []);
  }
  return ranking;
}

/** 0 is the first choice. A box that is not ranked comes after all that are. */
export function rankIn(ranking: GroupRanking, group: number, box: string): number {
  const ranked = ranking.get(group) ?? [];
  const place = ranked.indexOf(box);
  return place < 0 ? ranked.length : place;
}

function byId(groups: readonly GroupOutcome[]): readonly SpreadGroup[] {
  const counts = new Map<number, number>();
  for (const { group, addresses } of groups) {
    const id = routerOf(group)?.id ?? 0;
    counts.set(id, (counts.get(id) ?? 0) + addresses);
  }
  return [...counts].map(([id, addresses]) => ({ id, addresses }));
}
