// NDP frames for tests: golden ones as hex, others from parts, with a checksum that is computed in another way than ours.
import { fromHex } from './frames.ts';
import { complement } from './vrrp-frames.ts';

const own = '020000000001';
const client = '0200000000aa';
/** 2001:db8::10 */
export const vip6 = '20010db8000000000000000000000010';
/** 2001:db8::11 */
export const otherVip6 = '20010db8000000000000000000000011';
/** 2001:db8::200 */
export const client6 = '20010db8000000000000000000000200';
/** fe80::ff:fe00:1 */
export const linkLocal = 'fe80000000000000000000fffe000001';
export const allNodes = 'ff020000000000000000000000000001';
export const unspecified = '00000000000000000000000000000000';
/** ff02::1:ff00:10 */
export const solicitedNode = 'ff0200000000000000000001ff000010';
export const solicitedNodeMac = '3333ff000010';
export const allNodesMac = '333300000001';
/** Nonce (RFC 7527 §4.1), as Linux sends it. */
export const nonce = '0e01a1b2c3d4e5f6';

/** Our own question before an address is claimed (RFC 4862 §5.4.2): 78 bytes, without options. */
export const goldenProbe6 = `${solicitedNodeMac}${own}86dd6000000000183aff${unspecified}${solicitedNode}87004ccf00000000${vip6}`;

/** 86 bytes each, whole frames. */
export const golden6 = {
  /** With a source link-layer address, from a global address. */
  solicitation: `${solicitedNodeMac}${client}86dd6000000000203aff${client6}${solicitedNode}8700196300000000${vip6}0101${client}`,
  /** Answers `solicitation`. */
  solicited: `${client}${own}86dd6000000000203aff${vip6}${client6}8800885760000000${vip6}0201${own}`,
  /** Answers a solicitation from `::`. */
  toProber: `${allNodesMac}${own}86dd6000000000203aff${vip6}${allNodes}8800f90c20000000${vip6}0201${own}`,
  /** Unsolicited. */
  unsolicited: `${allNodesMac}${own}86dd6000000000203aff${linkLocal}${allNodes}8800295420000000${vip6}0201${own}`,
} as const;

export interface NeighborParts {
  readonly to?: string;
  readonly from?: string;
  readonly hopLimit?: number;
  readonly nextHeader?: number;
  readonly source?: string;
  readonly destination?: string;
  readonly type?: number;
  readonly code?: number;
  readonly flags?: string;
  readonly target?: string;
  readonly options?: string;
  /** Added to the right checksum. */
  readonly wrong?: number;
  /** In place of the real length of the message. */
  readonly payload?: number;
}

/** A multicast solicitation of the client for the VIP, with parts replaced. */
export function neighborFrame(parts: NeighborParts = {}): Uint8Array {
  const { to = solicitedNodeMac, from = client, source = client6, destination = solicitedNode, target = vip6 } = parts;
  const { hopLimit = 255, nextHeader = 58, type = 135, code = 0, flags = '00000000', wrong = 0 } = parts;
  const body = `${flags}${target}${parts.options ?? `0101${from}`}`;
  const message = (checksum: number) => `${byte(type)}${byte(code)}${word(checksum)}${body}`;
  const length = message(0).length / 2;
  const pseudo = `${source}${destination}${word(0)}${word(length)}00000000`.replace(/00000000$/, `000000${byte(58)}`);
  const checksum = (complement(pseudo + message(0)) + wrong) & 0xffff;
  const header = `60000000${word(parts.payload ?? length)}${byte(nextHeader)}${byte(hopLimit)}${source}${destination}`;
  return fromHex(`${to}${from}86dd${header}${message(checksum)}`);
}

/** Duplicate address detection by the client: from `::`, with a nonce as Linux sends it. */
export function dadFrame(parts: NeighborParts = {}): Uint8Array {
  return neighborFrame({ source: unspecified, options: nonce, ...parts });
}

/** An advertisement of the client, to all nodes. */
export function advertisementFrame(parts: NeighborParts = {}): Uint8Array {
  const from = parts.from ?? client;
  const addresses = { to: allNodesMac, destination: allNodes, source: client6 };
  return neighborFrame({ type: 136, flags: '20000000', options: `0201${from}`, ...addresses, ...parts });
}

function byte(value: number): string {
  return value.toString(16).padStart(2, '0');
}

function word(value: number): string {
  return value.toString(16).padStart(4, '0');
}
