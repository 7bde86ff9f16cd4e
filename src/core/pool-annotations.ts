// Our own annotations on pools: priority, exclude, reuse, allow-special.
import { parseAddress } from '#model/address.ts';
import { parseCidr, type Range } from '#model/range.ts';
import type { Pool } from '#model/resources.ts';
import { quote } from '#model/safe-text.ts';
import { annotation, goBoolean, listOf } from './annotation.ts';

export interface PoolAnnotations {
  /** Higher goes first. */
  readonly priority: number;
  /** Addresses that are never handed out. */
  readonly exclude: readonly Range[];
  readonly reuse: 'lowest' | 'oldest';
  /** Whether network, broadcast and gateway addresses of on-link subnets may be handed out. */
  readonly allowSpecial: boolean;
  /** Values that were not understood and have no effect. */
  readonly warnings: readonly string[];
  /** An exclusion that cannot be read makes the pool invalid: it may protect somebody's address. */
  readonly fault: string | null;
}

/** What `lanlord.dev/priority` takes. */
export const priorityPattern = /^[+-]?\d{1,9}$/;

export function poolAnnotations(pool: Pool): PoolAnnotations {
  const warnings: string[] = [];
  const ignore = (name: string, value: string, wanted: string) =>
    warnings.push(`Pool ${quote(pool.name)}: annotation ${name} is ignored: ${quote(value)} is not ${wanted}`);

  const priority = annotation(pool.annotations, 'priority')?.trim() ?? '0';
  if (!priorityPattern.test(priority)) ignore('lanlord.dev/priority', priority, 'an integer of at most nine digits');

  const reuse = annotation(pool.annotations, 'reuse')?.trim() ?? 'lowest';
  if (reuse !== 'lowest' && reuse !== 'oldest') ignore('lanlord.dev/reuse', reuse, 'lowest or oldest');

  const special = annotation(pool.annotations, 'allowSpecial')?.trim() ?? 'false';
  const allowSpecial = goBoolean(special);
  if (allowSpecial === null) ignore('lanlord.dev/allow-special', special, 'true or false');

  const exclude: Range[] = [];
  let fault: string | null = null;
  for (const entry of listOf(annotation(pool.annotations, 'exclude') ?? '')) {
    const range = parseExclusion(entry);
    if (range) exclude.push(range);
    else fault ??= `annotation lanlord.dev/exclude: ${quote(entry)} is not an address, a CIDR or a range`;
  }
  return {
    priority: priorityPattern.test(priority) ? Number(priority) : 0,
    exclude,
    reuse: reuse === 'oldest' ? 'oldest' : 'lowest',
    allowSpecial: allowSpecial ?? false,
    warnings,
    fault,
  };
}

/** One entry of `lanlord.dev/exclude`: `10.0.0.1`, `10.0.0.0/28` or `10.0.0.1-10.0.0.9`. */
export function parseExclusion(text: string): Range | null {
  if (text.includes('/')) return parseCidr(text);
  const dash = text.indexOf('-');
  const first = parseAddress(dash < 0 ? text : text.slice(0, dash).trim());
  const last = dash < 0 ? first : parseAddress(text.slice(dash + 1).trim());
  if (!first || !last || first.family !== last.family || first.value > last.value) return null;
  return { family: first.family, first: first.value, last: last.value };
}
