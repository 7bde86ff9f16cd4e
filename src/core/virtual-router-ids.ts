// Virtual router ids as they are written in annotations.
import { largestRouterId } from '#model/group-index.ts';

/** `count` ids from `first` on, all within 1…255. */
export interface IdBlock {
  readonly first: number;
  readonly count: number;
}

/** `200+8` (eight ids from 200 on) or `200` (one). Null: it is neither, or reaches beyond 255. */
export function parseIdBlock(text: string): IdBlock | null {
  const [, first = '', count = '1'] = /^([1-9]\d{0,2})(?:\+([1-9]\d{0,2}))?$/.exec(text.trim()) ?? [];
  const block = { first: Number(first), count: Number(count) };
  if (first === '' || block.first + block.count - 1 > largestRouterId) return null;
  return block;
}

/** One id, 1…255, or null. */
export function parseRouterId(text: string): number | null {
  const block = parseIdBlock(text);
  return block && !text.includes('+') ? block.first : null;
}

export function idsOf({ first, count }: IdBlock): readonly number[] {
  return Array.from({ length: count }, (_, i) => first + i);
}

/** For people: `128…159`, `51`. */
export function idsText(ids: readonly number[]): string {
  const [first, last] = [ids[0], ids.at(-1)];
  if (first === undefined || last === undefined) return 'none';
  if (ids.length === 1) return String(first);
  return last - first === ids.length - 1 ? `${first}…${last}` : ids.join(', ');
}
