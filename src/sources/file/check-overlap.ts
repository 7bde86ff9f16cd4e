// Pools that overlap: the younger one hands out nothing.
import type { ConfigProblem } from '#model/problem.ts';
import { formatRange, parseBlock, type Range, rangesOverlap } from '#model/range.ts';
import { type Pool, placeText } from '#model/resources.ts';

interface PoolRange {
  readonly pool: Pool;
  readonly index: number;
  readonly path: string;
  readonly range: Range;
}

/**
 * One problem for each pool that loses: as in Cilium the older pool keeps its addresses, of equally old ones the first
 * by name; a pool can also be in conflict with itself.
 */
export function findOverlaps(pools: readonly Pool[]): ConfigProblem[] {
  const ranges = pools.flatMap(rangesOf).sort((a, b) => compareFirst(a.range, b.range));
  const worst = new Map<Pool, { readonly own: PoolRange; readonly other: PoolRange }>();
  // The range that reaches furthest so far is the one that can still overlap; ranges are sorted by their first address.
  let furthest: PoolRange | undefined;
  for (const next of ranges) {
    if (furthest && rangesOverlap(furthest.range, next.range)) {
      const [own, other] = loser(furthest, next);
      if (!worst.has(own.pool)) worst.set(own.pool, { own, other });
    }
    const reaches = furthest && furthest.range.family === next.range.family && furthest.range.last >= next.range.last;
    if (!reaches) furthest = next;
  }
  return pools.flatMap((pool) => {
    const found = worst.get(pool);
    return found ? [overlapProblem(found.own, found.other)] : [];
  });
}

function rangesOf(pool: Pool): PoolRange[] {
  const cidrsFrom = pool.blocks.length - (pool.usesCidrs ? countCidrs(pool) : 0);
  return pool.blocks.flatMap((block, index) => {
    const result = parseBlock(block);
    const path = index < cidrsFrom ? `spec.blocks[${index}]` : `spec.cidrs[${index - cidrsFrom}]`;
    return result.ok ? [{ pool, index, path, range: result.range }] : [];
  });
}

function countCidrs(pool: Pool): number {
  let count = 0;
  while (pool.fields?.has(`spec.cidrs[${count}]`)) count++;
  return count;
}

function compareFirst(a: Range, b: Range): number {
  if (a.family !== b.family) return a.family === 'IPv4' ? -1 : 1;
  if (a.first !== b.first) return a.first < b.first ? -1 : 1;
  return 0;
}

function loser(a: PoolRange, b: PoolRange): readonly [PoolRange, PoolRange] {
  if (a.pool === b.pool) return a.index < b.index ? [b, a] : [a, b];
  const older = a.pool.createdMs - b.pool.createdMs || (a.pool.name < b.pool.name ? -1 : 1);
  return older < 0 ? [b, a] : [a, b];
}

function overlapProblem(own: PoolRange, other: PoolRange): ConfigProblem {
  const here = own.pool.fields?.get(own.path) ?? own.pool.position ?? { file: '', line: 1, column: 1 };
  const there = other.pool.fields?.get(other.path) ?? other.pool.position ?? here;
  const first = greatest(own.range.first, other.range.first);
  const last = -greatest(-own.range.last, -other.range.last);
  const common = formatRange({ family: own.range.family, first, last });
  const against =
    own.pool === other.pool
      ? `its own block ${formatRange(other.range)}`
      : `pool ${other.pool.name} ${formatRange(other.range)}`;
  return {
    ...here,
    code: 'LL-CFG-031',
    severity: 'error',
    scope: 'object',
    path: own.path,
    message: `pool ${own.pool.name} ${formatRange(own.range)} overlaps ${against}`,
    hint: `the other one is at ${placeText(there)}; overlap ${common}; ${own.pool.name} would hand out nothing`,
  };
}

function greatest(a: bigint, b: bigint): bigint {
  return [a, b].reduce((most, next) => (next > most ? next : most));
}
