// Groups by number: a virtual router of each family has one, alone there is one for everything.
// Read RFC 9568 §5.2.3 before changing this file.
import type { Family } from './address.ts';

/** The group of a box that is alone: everything is led. */
export const soloGroup = 0;

/** Groups that one interface can have: 0…511. */
export const groupLimit = 512;

/** The largest virtual router id (RFC 9568 §5.2.3: 1…255). */
export const largestRouterId = 255;

/** IPv4: the id itself, 1…255; IPv6: 256 more. Each family has virtual routers of its own. */
export function groupIndex(id: number, family: Family): number {
  return family === 'IPv4' ? id : 256 + id;
}

/** Null for the group of a box that is alone, and for numbers that no group has. */
export function routerOf(group: number): { readonly id: number; readonly family: Family } | null {
  const id = group & 255;
  if (!Number.isInteger(group) || group < 0 || group >= groupLimit || id === 0) return null;
  return { id, family: group < 256 ? 'IPv4' : 'IPv6' };
}
