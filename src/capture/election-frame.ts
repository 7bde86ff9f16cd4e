// VRRP frames of a capture: a comment for people, and a row for filters.
// Read RFC 9568 §7.1 before changing this file.
import type { FilterField } from '#model/filter-fields.ts';
import type { FilterRow } from '#model/filter-match.ts';
import type { RowValue } from '#model/filter-values.ts';
import type { FrameStamp } from '#model/traffic-frame.ts';
import { carriesIpv6, headerLength } from '#wire/ethernet.ts';
import { Ipv4Field, ipv4AddressLength } from '#wire/ipv4.ts';
import { Ipv6Field, ipv6AddressLength } from '#wire/ipv6.ts';
import { VrrpVerdict, vrrpVerdictNames } from '#wire/vrrp.ts';
import { describeVrrp, parseVrrp, type Vrrp } from '#wire/vrrp-text.ts';

/** How the daemon listens: `peers` are the only senders that it hears, 4 or 16 bytes each; none: whoever sends to the group. */
export interface ElectionEar {
  /** False: leaders are not elected by VRRP here, and nothing is made of any advertisement. */
  readonly isOn: boolean;
  readonly peers: readonly Uint8Array[];
}

export interface ElectionFrame {
  readonly frame: Uint8Array;
  readonly direction: 'in' | 'out';
  readonly interface: string;
  readonly stamp: FrameStamp;
}

/** What it is, and of one that was heard whether it counts. */
export function electionComment(
  { frame, direction }: Pick<ElectionFrame, 'frame' | 'direction'>,
  ear: ElectionEar,
): string {
  const read = anyVrrp(frame);
  const text = typeof read === 'string' ? `VRRP frame that cannot be read (${read})` : describeVrrp(read);
  return direction === 'out' ? text : `${verdictOf(frame, ear)}: ${text}`;
}

/** The frame as filters see it, in the words that they have for ARP and NDP. */
export function electionRow(captured: ElectionFrame, ear: ElectionEar, nowMs: number): FilterRow {
  const { frame, direction, stamp } = captured;
  const read = anyVrrp(frame);
  const sound = typeof read === 'string' ? null : read;
  const age = [(nowMs - (stamp.seconds * 1000 + stamp.microseconds / 1000)) / 1000];
  const addresses = sound ? [sound.sender, ...sound.addresses] : [];
  const values: { readonly [K in FilterField]?: readonly RowValue[] } = {
    vip: addresses,
    ip: addresses,
    mac: sound ? [sound.etherSource, sound.etherDestination] : [],
    iface: [captured.interface],
    dir: [direction],
    op: sound ? operations(sound) : [],
    verdict: direction === 'out' ? ['ours'] : [verdictOf(frame, ear)],
    kind: ['VRRP'],
    family: [carriesIpv6(frame) ? 'IPv6' : 'IPv4'],
    age,
    since: age,
  };
  return { values: (field) => values[field] ?? [], text: () => electionComment(captured, ear) };
}

function operations({ priority }: Vrrp): readonly string[] {
  return priority === 0 ? ['advertisement', 'goodbye'] : ['advertisement'];
}

/** `heard`: it counts, unless its virtual router is none of ours; otherwise why it does not. */
function verdictOf(frame: Uint8Array, { isOn, peers }: ElectionEar): string {
  if (!isOn) return 'ignored';
  const read = parseVrrp(frame, frame.length, peers);
  return typeof read === 'string' ? read : 'heard';
}

/** What it says, whomever it comes from and goes to. */
function anyVrrp(frame: Uint8Array): Vrrp | string {
  const read = parseVrrp(frame, frame.length);
  if (read !== vrrpVerdictNames[VrrpVerdict.destination]) return read;
  const [at, length] = carriesIpv6(frame)
    ? [headerLength + Ipv6Field.source, ipv6AddressLength]
    : [headerLength + Ipv4Field.source, ipv4AddressLength];
  return parseVrrp(frame, frame.length, [frame.subarray(at, at + length)]);
}
