// Neighbor Discovery frames as values and as one line, for people and tests.
// Read RFC 4861 §4.3 and RFC 4861 §4.4 before changing this file.
import { formatAddress, formatMac } from '#model/address.ts';
import { readU32 } from './bytes.ts';
import { destinationAt, macLength, sourceAt } from './ethernet.ts';
import { Ipv6Field } from './ipv6.ts';
import { isAdvertisement, linkLayerAt, NdpDrop, NdpField, NdpFlag, type NdpType, ndpOffset } from './ndp.ts';

export interface Ndp {
  readonly etherSource: string;
  readonly etherDestination: string;
  readonly type: keyof typeof NdpType;
  readonly source: string;
  readonly destination: string;
  readonly target: string;
  /** False in solicitations, like the other two. */
  readonly router: boolean;
  readonly solicited: boolean;
  readonly override: boolean;
  /** The source or target link-layer address option, null without one. */
  readonly linkLayer: string | null;
}

/** Reads a frame; the hot path uses `ndpOffset` and the offsets. */
export function parseNdp(frame: Uint8Array, length: number): Ndp | keyof typeof NdpDrop {
  const at = ndpOffset(frame, length);
  if (at === NdpDrop.truncated) return 'truncated';
  if (at === NdpDrop.vlan_tagged) return 'vlan_tagged';
  if (at === NdpDrop.not_ndp) return 'not_ndp';
  if (at < 0) return 'invalid';
  const type = isAdvertisement(frame, at) ? 'advertisement' : 'solicitation';
  // The same 32 bits of a solicitation are reserved and ignored (RFC 4861 §4.3).
  const flags = type === 'advertisement' ? readU32(frame, at + NdpField.flags) : 0;
  const option = linkLayerAt(frame, at);
  return {
    etherSource: macText(frame, sourceAt),
    etherDestination: macText(frame, destinationAt),
    type,
    source: addressText(frame, at + Ipv6Field.source),
    destination: addressText(frame, at + Ipv6Field.destination),
    target: addressText(frame, at + NdpField.target),
    router: (flags & NdpFlag.router) !== 0,
    solicited: (flags & NdpFlag.solicited) !== 0,
    override: (flags & NdpFlag.override) !== 0,
    linkLayer: option < 0 ? null : macText(frame, option),
  };
}

/** One line for people: `who-has 2001:db8::10 tell fe80::1 (02:00:00:00:00:aa)`. */
export function describeNdp({ type, source, destination, target, solicited, linkLayer, etherSource }: Ndp): string {
  const mac = linkLayer ?? etherSource;
  if (type === 'solicitation') {
    return source === '::' ? `probe for ${target} by ${mac}` : `who-has ${target} tell ${source} (${mac})`;
  }
  return solicited ? `${target} is-at ${mac} (to ${destination})` : `announcement of ${target} by ${mac}`;
}

function addressText(frame: Uint8Array, at: number): string {
  let value = 0n;
  for (let i = at; i < at + 16; i += 4) value = (value << 32n) | BigInt(readU32(frame, i));
  return formatAddress({ family: 'IPv6', value });
}

function macText(frame: Uint8Array, at: number): string {
  return formatMac(frame.subarray(at, at + macLength));
}
