// The rows that the table of an interface is to have.
// Read RFC 5227 §2.1 before changing this file.
import { claimKey } from '#core/claimed.ts';
import { formatAddress } from '#model/address.ts';
import type { ClaimOrders } from '#model/claims.ts';
import type { GroupReport } from '#model/election.ts';
import type { AnnouncedRow } from '#ports.ts';
import type { WantedRow } from './table-rows.ts';

/** Announced rows, and those of addresses that are watched or asked about and not announced. */
export function wantedRows(
  name: string,
  rows: readonly AnnouncedRow[],
  { watched }: ClaimOrders,
  isClaimed: (row: AnnouncedRow) => boolean,
): readonly WantedRow[] {
  const announced = rows.map((row) => {
    return { address: row.address, group: row.group, mode: 'announce', isClaimed: isClaimed(row) } as const;
  });
  const others = watched.filter((entry) => entry.interface === name);
  if (others.length === 0) return announced;
  const texts = new Set(rows.map(({ address }) => formatAddress(address)));
  const listened = others.filter(({ address }) => !texts.has(formatAddress(address)));
  return [
    ...announced,
    ...listened.map(({ address, mode }) => ({ address, group: 0, mode, isClaimed: false }) as const),
  ];
}

/**
 * What this box, or a box that leads its group now, has answered before: at a failover nobody probes for what is ours
 * (RFC 5227 §2.1: before *beginning* to use an address).
 */
export function claimedBefore(
  name: string,
  { claimed }: ClaimOrders,
  groups: readonly GroupReport[],
): (row: AnnouncedRow) => boolean {
  const ledByOthers = new Set(groups.flatMap(({ group, leader }) => (leader ? [group] : [])));
  return ({ address, group }) => ledByOthers.has(group) || claimed.has(claimKey(formatAddress(address), name));
}
