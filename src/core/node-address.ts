// Addresses of this node that must not be handed out: its own, gateways, network and broadcast addresses.
import { type Family, familyBits, formatAddress, type IpAddress, parseAddress } from '#model/address.ts';
import type { Quarantined } from '#model/claims.ts';
import type { Range } from '#model/range.ts';
import type { Reason } from '#model/reason.ts';
import type { PeerExclusion, PeerRecords } from '#model/records.ts';
import type { Interface } from '#model/resources.ts';
import type { Observed } from '#model/snapshot.ts';
import { AddressMap } from './address-map.ts';

export interface Special {
  readonly address: string;
  readonly why: 'network' | 'broadcast' | 'gateway';
}

export interface NodeAddresses {
  /** The interface an own address is on. */
  readonly own: AddressMap<string>;
  readonly special: AddressMap<Special>;
  readonly ownRanges: readonly Range[];
  readonly specialRanges: readonly Range[];
  /** The other host that has an address. */
  readonly taken: AddressMap<Quarantined>;
  readonly takenRanges: readonly Range[];
  /** Own addresses of other boxes of ours. */
  readonly foreign: AddressMap<PeerExclusion>;
  readonly foreignRanges: readonly Range[];
}

export function nodeAddresses({
  interfaces,
  deliveredAddresses: delivered,
  quarantine = [],
  peers,
}: Pick<Observed, 'interfaces' | 'deliveredAddresses' | 'quarantine' | 'peers'>): NodeAddresses {
  const own = new AddressMap<string>();
  const special = new AddressMap<Special>();
  const ownRanges: Range[] = [];
  const specialRanges: Range[] = [];
  const mark = (address: IpAddress, why: Special['why']) => {
    if (special.get(address)) return;
    special.set(address, { address: formatAddress(address), why });
    specialRanges.push(single(address));
  };
  for (const device of interfaces) {
    for (const { address, prefixLength } of ownAddresses(device, delivered)) {
      own.set(address, device.name);
      ownRanges.push(single(address));
      if (!device.loopback) for (const edge of edges(address, prefixLength)) mark(edge.address, edge.why);
    }
    for (const gateway of device.gateways.map(parseAddress)) if (gateway) mark(gateway, 'gateway');
  }
  return { own, special, ownRanges, specialRanges, ...othersAddresses(own, quarantine, peers) };
}

/** What other hosts have, and other boxes of ours. What another box found is as good as found here. */
function othersAddresses(
  own: NodeAddresses['own'],
  found: readonly Quarantined[],
  peers: PeerRecords | undefined,
): Pick<NodeAddresses, 'taken' | 'takenRanges' | 'foreign' | 'foreignRanges'> {
  const told = peers?.exclusions ?? [];
  const quarantine = told.length === 0 ? found : [...told.flatMap(conflictOf), ...found];
  const taken = new AddressMap<Quarantined>(quarantine.map((entry) => [entry.address, entry]));
  const takenRanges = quarantine.map(({ address }) => single(address));
  const others = told.filter(({ kind, address }) => kind === 'own' && own.get(address) === undefined);
  const foreign = new AddressMap<PeerExclusion>(others.map((entry) => [entry.address, entry]));
  return { taken, takenRanges, foreign, foreignRanges: others.map(({ address }) => single(address)) };
}

function conflictOf({ kind, address, interface: name, mac, sinceMs, by }: PeerExclusion): readonly Quarantined[] {
  return kind === 'conflict' ? [{ address, interface: `${name} of ${by}`, mac, sinceMs }] : [];
}

export function peerAddress(address: string, { by, interface: name }: PeerExclusion): Reason {
  return { code: 'peer_address', address, node: by, interface: name };
}

export function inUse(address: string, { mac, interface: name }: Quarantined): Reason {
  return { code: 'address_in_use', address, mac, interface: name };
}

function ownAddresses(device: Interface, delivered: ReadonlySet<string>) {
  return device.addresses.flatMap((entry) => {
    const address = parseAddress(entry.address);
    if (!address || delivered.has(formatAddress(address))) return [];
    return [{ address, prefixLength: entry.prefixLength }];
  });
}

function single({ family, value }: IpAddress): Range {
  return { family, first: value, last: value };
}

/**
 * Network and broadcast address of a subnet. IPv6 has no broadcast; its first address is the subnet-router anycast
 * address (RFC 4291 §2.6.1). Subnets of one or two addresses have neither (RFC 3021 §2.1, RFC 6164 §6).
 */
function edges(
  { family, value }: IpAddress,
  prefixLength: number,
): readonly { readonly address: IpAddress; readonly why: 'network' | 'broadcast' }[] {
  const subnet = subnetOf({ family, value }, prefixLength);
  if (!subnet || subnet.last - subnet.first <= 1n) return [];
  const network = { address: { family, value: subnet.first }, why: 'network' as const };
  if (family === 'IPv6') return [network];
  return [network, { address: { family, value: subnet.last }, why: 'broadcast' }];
}

/** The subnet of an interface address, or null for a prefix length that cannot be. */
export function subnetOf({ family, value }: IpAddress, prefixLength: number): Range | null {
  const bits: number = familyBits(family);
  if (!Number.isInteger(prefixLength) || prefixLength < 0 || prefixLength > bits) return null;
  const host = (1n << BigInt(bits - prefixLength)) - 1n;
  const first = value & ~host;
  return { family, first, last: first | host };
}

const unicast: Readonly<Record<Family, readonly [bigint, bigint]>> = {
  // 0.0.0.0/8 is "this network" and 224.0.0.0 upwards multicast, reserved and broadcast (RFC 6890 §2.2.2, RFC 5771 §3).
  IPv4: [0x0100_0000n, 0xdfff_ffffn],
  // :: and ::1 below, ff00::/8 above (RFC 4291 §2.4).
  IPv6: [2n, (0xff00n << 112n) - 1n],
};

/** False for addresses that no host on a LAN can have: unspecified, loopback, multicast, broadcast. */
export function isUnicast({ family, value }: IpAddress): boolean {
  const [first, last] = unicast[family];
  if (value < first || value > last) return false;
  return family === 'IPv6' || value >> 24n !== 127n;
}
