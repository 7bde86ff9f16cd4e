// How a pool stands, in a word: what tables, filters and screens say.
import type { PoolItem } from './list-items.ts';

export type PoolWord = 'ok' | 'nearly full' | 'full' | 'empty' | 'disabled' | 'conflict' | 'invalid';

/** From here on a pool is nearly full, as the problem POOL counts. */
const nearlyFull = 0.9;
const isCount = /^\d+$/;

/** 0…1; closed addresses count as used. */
export function poolShare({ total, used }: PoolItem): number {
  // A list from a file may lack them.
  if (!isCount.test(used) || !isCount.test(total) || BigInt(total) === 0n) return 0;
  return Number((BigInt(used) * 10_000n) / BigInt(total)) / 10_000;
}

/** The gravest that holds; the first three of them hand out nothing, whatever is in them. */
export function poolWord(pool: PoolItem): PoolWord {
  if (!pool.valid) return 'invalid';
  if (pool.conflict) return 'conflict';
  if (pool.disabled) return 'disabled';
  if (pool.total === '0') return 'empty';
  if (poolShare(pool) >= 1) return 'full';
  return poolShare(pool) >= nearlyFull ? 'nearly full' : 'ok';
}

/** What it can still give. */
export function freeIn(pool: PoolItem): string {
  return pool.valid && !pool.conflict && !pool.disabled ? pool.available : '0';
}
