// Blocks of a pool and the closed address ranges they stand for.
import { type Family, familyBits, formatAddress, type IpAddress, parseAddress } from './address.ts';

/** One entry of a pool as written (`spec.blocks[]` of CiliumLoadBalancerIPPool). */
export interface Block {
  readonly cidr?: string;
  readonly start?: string;
  readonly stop?: string;
}

/** A closed interval of addresses of one family. */
export interface Range {
  readonly family: Family;
  readonly first: bigint;
  readonly last: bigint;
}

export interface BlockRange extends Range {
  /** True when written as a CIDR: only then first and last can be reserved (`allowFirstLastIPs: No`). */
  readonly fromCidr: boolean;
}

export type BlockError =
  | { readonly code: 'bad_cidr'; readonly value: string; readonly detail: string }
  | { readonly code: 'bad_address'; readonly field: 'start' | 'stop'; readonly value: string }
  | { readonly code: 'stop_without_start'; readonly value: string }
  | { readonly code: 'mixed_families'; readonly start: string; readonly stop: string }
  | { readonly code: 'start_after_stop'; readonly start: string; readonly stop: string }
  | { readonly code: 'empty_block' };

export type BlockResult =
  | { readonly ok: true; readonly range: BlockRange }
  | { readonly ok: false; readonly error: BlockError };

const prefixText = /^\d{1,3}$/;

/** A CIDR such as `10.0.0.0/24`; host bits are masked off, as Cilium does. Null when it is none. */
export function parseCidr(text: string): Range | null {
  const slash = text.indexOf('/');
  if (slash < 0) return null;
  const address = parseAddress(text.slice(0, slash));
  const prefix = text.slice(slash + 1);
  if (!address || !prefixText.test(prefix)) return null;
  const bits = familyBits(address.family);
  const length = Number(prefix);
  if (length > bits) return null;
  const host = (1n << BigInt(bits - length)) - 1n;
  const first = address.value & ~host;
  return { family: address.family, first, last: first | host };
}

/** The range a block stands for. `cidr` wins over `start`/`stop`; `start` alone is one address. */
export function parseBlock(block: Block): BlockResult {
  if (block.cidr) {
    const range = parseCidr(block.cidr);
    if (range) return { ok: true, range: { ...range, fromCidr: true } };
    return { ok: false, error: { code: 'bad_cidr', value: block.cidr, detail: cidrFault(block.cidr) } };
  }
  if (!block.start) {
    if (block.stop) return { ok: false, error: { code: 'stop_without_start', value: block.stop } };
    return { ok: false, error: { code: 'empty_block' } };
  }
  const first = parseAddress(block.start);
  if (!first) return { ok: false, error: { code: 'bad_address', field: 'start', value: block.start } };
  const last = block.stop ? parseAddress(block.stop) : first;
  const stop = block.stop ?? block.start;
  if (!last) return { ok: false, error: { code: 'bad_address', field: 'stop', value: stop } };
  if (first.family !== last.family) return { ok: false, error: { code: 'mixed_families', start: block.start, stop } };
  if (first.value > last.value) return { ok: false, error: { code: 'start_after_stop', start: block.start, stop } };
  return { ok: true, range: { family: first.family, first: first.value, last: last.value, fromCidr: false } };
}

function cidrFault(text: string): string {
  const slash = text.indexOf('/');
  if (slash < 0) return 'a prefix length is missing';
  const address = parseAddress(text.slice(0, slash));
  if (!address) return `"${text.slice(0, slash)}" is not an address`;
  return `${address.family} prefix is 0 to ${familyBits(address.family)}`;
}

export function rangeContains(range: Range, address: IpAddress): boolean {
  return range.family === address.family && range.first <= address.value && address.value <= range.last;
}

/** Inclusive overlap: touching edges overlap, adjacent ranges do not. */
export function rangesOverlap(a: Range, b: Range): boolean {
  return a.family === b.family && a.first <= b.last && b.first <= a.last;
}

/** Number of addresses, exact beyond 2^53. */
export function rangeSize(range: Range): bigint {
  return range.last - range.first + 1n;
}

export function formatRange(range: Range): string {
  const first = formatAddress({ family: range.family, value: range.first });
  if (range.first === range.last) return first;
  return `${first}-${formatAddress({ family: range.family, value: range.last })}`;
}
