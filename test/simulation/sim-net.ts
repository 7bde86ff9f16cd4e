// Who is who on the LAN of a simulation: addresses and MACs of boxes, VIPs of groups, and what a frame says about them.
// Read RFC 826 "Packet format" and RFC 4861 §4.4 before changing this file.
import type { Family, IpAddress } from '#model/address.ts';
import { groupIndex } from '#model/group-index.ts';
import { emitQuestion } from '#wire/arp.ts';
import { readU16, readU32, toHex } from '#wire/bytes.ts';
import { carriesVrrp } from '#wire/carries-vrrp.ts';
import { EtherType, etherTypeAt, isGroup, isMac } from '#wire/ethernet.ts';
import { icmpv6 } from '#wire/ipv6.ts';
import { NdpType } from '#wire/ndp.ts';
import { VrrpField } from '#wire/vrrp.ts';
import { neighborFrame } from '../support/neighbor-frames.ts';

/** A VIP in both families: the last 16 bits of the address. */
export type Vip = number;

const firstVip = 0x0100;
const vipsPerGroup = 16;
const network4 = 0x0a00_0000;
const network6 = 0x2001_0db8n << 96n;
const linkLocal6 = 0xfe80n << 112n;
const firstRouterId = 51;

const clientMac = Uint8Array.of(2, 0, 0, 0, 0, 0xaa);
const clientAddress = 0x0a00_00fe;

export function vipOf(group: number, number: number): Vip {
  return firstVip + group * vipsPerGroup + number;
}

export function groupOf(vip: Vip): number {
  return Math.floor((vip - firstVip) / vipsPerGroup);
}

export function vipAddress(family: Family, vip: Vip): IpAddress {
  return { family, value: family === 'IPv4' ? BigInt(network4 + vip) : network6 + BigInt(vip) };
}

/** As the table of a box numbers it. */
export function tableGroup(group: number, family: Family): number {
  return groupIndex(firstRouterId + group, family);
}

export function groupOfTable(index: number): number {
  return (index & 255) - firstRouterId;
}

/** What a box sends from. */
export function boxAddress(box: number, family: Family): IpAddress {
  const number = BigInt(box + 1);
  return { family, value: family === 'IPv4' ? BigInt(network4) + number : linkLocal6 + number };
}

/** By the address that it sends from. */
export function boxOfAddress(address: bigint): number {
  return Number(address & 0xffn) - 1;
}

export function boxMac(box: number): Uint8Array {
  return Uint8Array.of(2, 0, 0, 0, 0, box + 1);
}

/** The box that a frame is for alone, `client`, or null: everybody. */
export function receiverOf(frame: Uint8Array): number | 'client' | null {
  if (isGroup(frame, 0)) return null;
  return isMac(frame, 0, clientMac) ? 'client' : (frame[5] as number) - 1;
}

/** The VIP that a frame says is at its sender, or null. */
export function claimOf(frame: Uint8Array): Vip | null {
  const type = readU16(frame, etherTypeAt);
  if (type === EtherType.arp) {
    const sender = readU32(frame, 28);
    return sender >>> 16 === network4 >>> 16 && (sender & 0xffff) >= firstVip ? sender & 0xffff : null;
  }
  if (type !== EtherType.ipv6 || frame[20] !== icmpv6 || frame[54] !== NdpType.advertisement) return null;
  return readU16(frame, 76);
}

/** The group that a frame advertises, or null. */
export function advertisedGroup(frame: Uint8Array): number | null {
  if (!carriesVrrp(frame)) return null;
  const at = readU16(frame, etherTypeAt) === EtherType.ipv4 ? 34 : 54;
  return (frame[at + VrrpField.virtualRouterId] as number) - firstRouterId;
}

/** The MAC that a frame with a claim puts into neighbor caches, in hex. */
export function claimedMac(frame: Uint8Array): string {
  const at = readU16(frame, etherTypeAt) === EtherType.arp ? 22 : 80;
  return toHex(frame.subarray(at, at + 6));
}

/** The client asks who has it. */
export function question(family: Family, vip: Vip): Uint8Array {
  if (family === 'IPv4') {
    const frame = new Uint8Array(60);
    emitQuestion(frame, 0, clientMac, clientAddress, network4 + vip);
    return frame;
  }
  const [target, low] = [
    vipAddress(family, vip).value.toString(16).padStart(32, '0'),
    vip.toString(16).padStart(6, '0'),
  ];
  return neighborFrame({ to: `3333ff${low}`, destination: `ff0200000000000000000001ff${low}`, target });
}
