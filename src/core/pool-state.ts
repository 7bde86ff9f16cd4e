// A pool judged: which version of it is in force, its ranges, and what it never hands out.

import { selectorFault } from '#model/labels.ts';
import type { Range } from '#model/range.ts';
import { type BlockError, type BlockRange, formatRange, parseBlock } from '#model/range.ts';
import type { Pool } from '#model/resources.ts';
import { quote } from '#model/safe-text.ts';
import { type IntervalSet, intervalSet } from './interval-set.ts';
import { type PoolAnnotations, poolAnnotations } from './pool-annotations.ts';
import { compileSelector } from './selector.ts';
import type { ServiceFacts } from './service-facts.ts';

export interface PoolFault {
  /** Reason word of condition `lanlord.dev/PoolValid`. */
  readonly reason: 'invalid_block' | 'invalid_selector' | 'invalid_annotation';
  readonly message: string;
  /** Path of the field inside the document, such as `spec.blocks[0]`. */
  readonly path: string;
}

export interface PoolState {
  readonly name: string;
  readonly declared: Pool;
  /** The version whose blocks and selector are in force; null: the pool was never valid and gives nothing. */
  readonly inForce: Pool | null;
  readonly fault: PoolFault | null;
  readonly annotations: PoolAnnotations;
  /** In spec order. */
  readonly ranges: readonly BlockRange[];
  readonly covers: IntervalSet;
  /** First and last of CIDR blocks with `allowFirstLastIPs: No`, and excluded addresses. */
  readonly reserved: readonly Range[];
  /** Whether the pool's selector takes this service and the service does not name another pool. */
  readonly selects: (facts: ServiceFacts) => boolean;
}

/**
 * Judges a pool. An invalid edit keeps the blocks or the selector of the last good version; everything else follows
 * the declared one.
 */
export function poolState(pool: Pool, lastGood: Pool | undefined): PoolState {
  const judged = judgeBlocks(pool);
  const selectorProblem = pool.serviceSelector ? selectorFault(pool.serviceSelector) : null;
  const annotations = poolAnnotations(pool);
  const excludeGood = annotations.fault === null;
  const fault = firstFault(judged.fault, selectorProblem, annotations.fault);
  let inForce: Pool | null = pool;
  if (fault) {
    inForce = lastGood
      ? withLastGood(pool, lastGood, judged.fault !== null, selectorProblem !== null, excludeGood)
      : null;
  }
  const ranges = inForce ? (inForce.blocks === pool.blocks ? judged.ranges : judgeBlocks(inForce).ranges) : [];
  const effective = inForce && !excludeGood ? poolAnnotations(inForce) : annotations;
  const takes = compileSelector(inForce?.serviceSelector);
  return {
    name: pool.name,
    declared: pool,
    inForce,
    fault,
    annotations: { ...effective, warnings: annotations.warnings },
    ranges,
    covers: intervalSet(ranges),
    reserved: [...effective.exclude, ...(inForce && !inForce.allowFirstLastIPs ? firstAndLast(ranges) : [])],
    selects: (facts) =>
      inForce !== null && (facts.poolName === null || facts.poolName === pool.name) && takes(facts.service),
  };
}

function judgeBlocks(pool: Pool): { readonly ranges: readonly BlockRange[]; readonly fault: PoolFault | null } {
  const ranges: BlockRange[] = [];
  let fault: PoolFault | null = null;
  pool.blocks.forEach((block, i) => {
    const result = parseBlock(block);
    if (result.ok) ranges.push(result.range);
    else
      fault ??= {
        reason: 'invalid_block',
        message: `block ${i + 1}: ${blockFault(result.error)}`,
        path: `spec.blocks[${i}]`,
      };
  });
  return { ranges, fault };
}

export function blockFault(error: BlockError): string {
  switch (error.code) {
    case 'bad_cidr':
      return `${quote(error.value)} is not a CIDR: ${error.detail}`;
    case 'bad_address':
      return `${error.field} ${quote(error.value)} is not an address`;
    case 'stop_without_start':
      return `stop ${quote(error.value)} has no start`;
    case 'mixed_families':
      return `start ${quote(error.start)} and stop ${quote(error.stop)} are of different families`;
    case 'start_after_stop':
      return `start ${quote(error.start)} is after stop ${quote(error.stop)}`;
    case 'empty_block':
      return 'it has neither cidr nor start';
  }
}

function firstFault(block: PoolFault | null, selector: string | null, exclude: string | null): PoolFault | null {
  if (block) return block;
  if (selector) return { reason: 'invalid_selector', message: selector, path: 'spec.serviceSelector' };
  return exclude ? { reason: 'invalid_annotation', message: exclude, path: 'metadata.annotations' } : null;
}

function withLastGood(pool: Pool, good: Pool, badBlocks: boolean, badSelector: boolean, excludeGood: boolean): Pool {
  const { serviceSelector: declared, ...rest } = pool;
  const selector = badSelector ? good.serviceSelector : declared;
  return {
    ...rest,
    ...(selector ? { serviceSelector: selector } : {}),
    ...(badBlocks ? { blocks: good.blocks, allowFirstLastIPs: good.allowFirstLastIPs } : {}),
    ...(excludeGood ? {} : { annotations: good.annotations }),
  };
}

/** First and last address of every CIDR block with more than two addresses; start/stop blocks reserve nothing. */
function firstAndLast(ranges: readonly BlockRange[]): readonly Range[] {
  return ranges
    .filter(({ fromCidr, first, last }) => fromCidr && last - first > 1n)
    .flatMap(({ family, first, last }) => [
      { family, first, last: first },
      { family, first: last, last },
    ]);
}

/** Blocks as text: what was written, normalized. */
export function blockTexts(state: PoolState): readonly string[] {
  const blocks = state.inForce?.blocks ?? [];
  return state.ranges.map((range, i) => {
    if (!range.fromCidr) return formatRange(range);
    const prefix = blocks[i]?.cidr?.split('/')[1] ?? '';
    return `${formatRange({ ...range, last: range.first })}/${prefix}`;
  });
}

/** Pools are used by priority (higher first), then age, then name. */
export function comparePools(a: PoolState, b: PoolState): number {
  return b.annotations.priority - a.annotations.priority || comparePoolAge(a, b);
}

/** Older first, equally old by name: the order in which conflicting pools win. */
export function comparePoolAge(a: PoolState, b: PoolState): number {
  return a.declared.createdMs - b.declared.createdMs || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
}
