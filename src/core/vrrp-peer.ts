// Which virtual routers are ours, what we list, and which checksum they understand.
// Read RFC 9568 §5.2.8 and RFC 9568 §5.2.9 before changing this file.
import { addressBytes, type Family, type IpAddress } from '#model/address.ts';
import type { NodeConfig } from '#model/node-config.ts';
import type { ChecksumKind } from '#wire/vrrp.ts';

/** 192.0.0.8: the dummy address of RFC 7600, which no host has. */
const anchor4 = 0xc000_0008n;
/** fe80::200:5eff:fe00:200, to which the virtual router id is added: the link-local address of its virtual MAC (RFC 9568 §7.3). */
const anchor6 = 0xfe80_0000_0000_0000_0200_5eff_fe00_0200n;

/**
 * The list to advertise, as bytes: what is configured of this family, link-local first, else an address that never
 * changes. Never the addresses in force: keepalived 2.2 drops an advertisement whose list differs from its own.
 */
export function advertisedList(
  family: Family,
  virtualRouterId: number,
  configured: readonly IpAddress[],
): readonly Uint8Array[] {
  const own = configured.filter((address) => address.family === family);
  if (own.length === 0) return [addressBytes(anchor(family, virtualRouterId))];
  // RFC 9568 §5.2.9: IPv6 lists the link-local address first.
  return [...own.filter(isLinkLocal), ...own.filter((address) => !isLinkLocal(address))].map(addressBytes);
}

/** What our boxes list unless told otherwise. `virtualRouterId`: 1…255. */
export function anchor(family: Family, virtualRouterId: number): IpAddress {
  return family === 'IPv4' ? { family, value: anchor4 } : { family, value: anchor6 + BigInt(virtualRouterId) };
}

function isLinkLocal({ family, value }: IpAddress): boolean {
  return family === 'IPv6' && value >> 118n === 0x3fan;
}

export interface SenderFacts {
  /** The sender, by MAC or address, is a box whose hello was heard. */
  readonly isKnownBox: boolean;
  /** It lists what we list. */
  readonly listsOurs: boolean;
  /** `vrrp.addresses` is set: the operator pairs us with routers of another make. */
  readonly hasConfiguredList: boolean;
  /** The group's id was chosen by an annotation, to pair with an existing virtual router. */
  readonly isPinned: boolean;
}

/** Whether somebody uses the id for something else: nobody told us to expect another make, and it is none of ours. */
export function isForeignRouter({ isKnownBox, listsOurs, hasConfiguredList, isPinned }: SenderFacts): boolean {
  return !(isKnownBox || listsOurs || hasConfiguredList || isPinned);
}

/** Which form the next advertisement gets: as configured, or as the peer that was heard last has it. Null: nobody was. */
export function checksumToSend(
  setting: NodeConfig['election']['vrrp']['checksum'],
  heard: ChecksumKind | null,
): ChecksumKind {
  // keepalived 2.2 and FRR drop the other form, and two leaders would be for ever.
  return setting === 'auto' ? (heard ?? 'pseudo') : setting;
}
