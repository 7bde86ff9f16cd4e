// Which box leads which group by choice: bounded rendezvous hashing. Every box computes the same from the same names.
import { hashText, mixHashes } from './hash-text.ts';
import { sortedText } from './sorted.ts';

export interface SpreadGroup {
  /** Virtual router id: a box that is first choice for IPv4 is it for IPv6, too. */
  readonly id: number;
  /** How many addresses belong to it. */
  readonly addresses: number;
}

/** Boxes by group, first choice first. */
export type Ranking = ReadonlyMap<number, readonly string[]>;

/** RFC 9568 §5.2.4: 255 is for the owner of the address, 254 the highest that a backup has. */
const highestPriority = 254;
/** RFC 9568 §8.3.2: priorities differ enough for the skew times to differ. Sixteen ranks fit in. */
const priorityStep = 16;
const lastRank = 15;

/** `rank`: 0 is the first choice. All from rank 15 on have the same priority: then the greater address decides. */
export function priorityOf(rank: number): number {
  return highestPriority - priorityStep * Math.min(rank, lastRank);
}

/**
 * A box is first choice for at most ceil(groups / boxes) groups and for about its share of the addresses; the groups that
 * it has are spread in the same way over the others as their second choice, and so on. The result does not depend on the
 * order of the arguments.
 */
export function spread(groups: readonly SpreadGroup[], boxes: readonly string[]): Ranking {
  const names = sortedText(new Set(boxes));
  const hashes = names.map(hashText);
  const items = groups.map(({ id, addresses }): Item => {
    const hash = hashText(String(id));
    return { id, weight: coarse(addresses), hash, scores: hashes.map((box) => mixHashes(hash, box)), ranked: [] };
  });
  // The heaviest first: what comes last fills the gaps.
  items.sort((a, b) => b.weight - a.weight || a.hash - b.hash || a.id - b.id);
  rank(items, new Set(names.keys()), 0);
  return new Map(items.map(({ id, ranked }) => [id, ranked.flatMap((box) => names[box] ?? [])]));
}

function rank(items: readonly Item[], boxes: ReadonlySet<number>, depth: number): void {
  if (items.length === 0 || boxes.size === 0) return;
  if (depth > lastRank) {
    for (const { ranked } of items) ranked.push(...boxes);
    return;
  }
  for (const [box, own] of share(items, boxes)) {
    for (const { ranked } of own) ranked.push(box);
    rank(own, new Set([...boxes].filter((other) => other !== box)), depth + 1);
  }
}

interface Item {
  readonly id: number;
  readonly weight: number;
  readonly hash: number;
  /** By box, each the number of its name. */
  readonly scores: readonly number[];
  /** Filled in: boxes, first choice first. */
  readonly ranked: number[];
}

/** Each group to the box that it scores highest with, of those that have room. */
function share(items: readonly Item[], boxes: ReadonlySet<number>): ReadonlyMap<number, readonly Item[]> {
  const total = items.reduce((sum, { weight }) => sum + weight, 0);
  const mostGroups = Math.ceil(items.length / boxes.size);
  const mostWeight = Math.ceil(total / boxes.size);
  const shares = new Map([...boxes].map((box) => [box, { own: [] as Item[], weight: 0 }]));
  for (const item of items) {
    const open = [...shares].filter(([, { own }]) => own.length < mostGroups);
    const roomy = open.filter(([, { weight }]) => weight + item.weight <= mostWeight);
    const best = roomy.length > 0 ? greatest(roomy, ([box]) => item.scores[box] ?? 0) : lightest(open, item);
    if (!best) continue;
    best[1].own.push(item);
    best[1].weight += item.weight;
  }
  return new Map([...shares].map(([box, { own }]) => [box, own]));
}

type Share = readonly [box: number, share: { readonly own: Item[]; weight: number }];

function greatest(shares: readonly Share[], of: (share: Share) => number): Share | undefined {
  let best: Share | undefined;
  for (const one of shares) if (!best || of(one) > of(best)) best = one;
  return best;
}

/** Nobody has room for all of it: where it weighs least. */
function lightest(shares: readonly Share[], { scores }: Item): Share | undefined {
  const least = Math.min(...shares.map(([, { weight }]) => weight));
  return greatest(
    shares.filter(([, { weight }]) => weight === least),
    ([box]) => scores[box] ?? 0,
  );
}

/** Two significant bits (1, 2, 3, 4, 6, 8, 12, …): one address more or less seldom changes who is first choice. */
function coarse(addresses: number): number {
  if (addresses < 4) return Math.max(1, addresses);
  const unit = 2 ** (Math.floor(Math.log2(addresses)) - 1);
  return Math.round(addresses / unit) * unit;
}

/** `election.vrrp.priority` of a box with this rank. */
export function configuredPriority(priority: 'auto' | number, rank: number): number {
  return priority === 'auto' ? priorityOf(rank) : priority;
}
