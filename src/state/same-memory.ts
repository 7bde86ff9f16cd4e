// Whether two memories hold the same things.
import type { IpAddress } from '#model/address.ts';
import type { Quarantined } from '#model/claims.ts';
import type { Allocation, Memory } from '#model/snapshot.ts';

/** True when both memories hold the same things, found out without building keys. */
export function sameMemory(a: Memory, b: Memory): boolean {
  if (a === b) return true;
  return (
    sameMap(a.goodPools, b.goodPools) &&
    sameMap(a.goodPolicies, b.goodPolicies) &&
    sameMap(a.owned, b.owned) &&
    sameMap(a.policyFaults, b.policyFaults) &&
    sameMap(a.claimed, b.claimed) &&
    sameQuarantine(a.quarantine ?? [], b.quarantine ?? []) &&
    sameAddresses(a.released ?? [], b.released ?? []) &&
    a.allocations.length === b.allocations.length &&
    a.allocations.every((allocation, i) => sameAllocation(allocation, b.allocations[i]))
  );
}

const nothing: ReadonlyMap<string, unknown> = new Map();

function sameMap(a: ReadonlyMap<string, unknown> = nothing, b: ReadonlyMap<string, unknown> = nothing): boolean {
  if (a === b) return true;
  if (a.size !== b.size) return false;
  for (const [name, value] of a) {
    const other = b.get(name);
    if (other === value) continue;
    if (!Array.isArray(value) || !Array.isArray(other) || value.join('\n') !== other.join('\n')) return false;
  }
  return true;
}

function sameAddresses(a: readonly IpAddress[], b: readonly IpAddress[]): boolean {
  return a === b || (a.length === b.length && a.every((address, i) => sameAddress(address, b[i])));
}

function sameQuarantine(a: readonly Quarantined[], b: readonly Quarantined[]): boolean {
  return a === b || (a.length === b.length && a.every((entry, i) => entry === b[i]));
}

function sameAddress(a: IpAddress, b: IpAddress | undefined): boolean {
  return b !== undefined && a.family === b.family && a.value === b.value;
}

export function sameAllocation(a: Allocation, b: Allocation | undefined): boolean {
  if (a === b) return true;
  return (
    b !== undefined &&
    a.service === b.service &&
    sameAddress(a.address, b.address) &&
    a.pool === b.pool &&
    a.origin === b.origin &&
    a.sinceMs === b.sinceMs &&
    a.share === b.share &&
    a.node === b.node
  );
}
