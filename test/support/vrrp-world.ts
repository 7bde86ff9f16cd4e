// Boxes that share a LAN, as `evaluate` sees each of them.
import { type Box, eligibleGroups, type GroupRanking, groupStands, rankGroups } from '#core/group-ranks.ts';
import { formatAddress, parseAddress } from '#model/address.ts';
import type { NodeConfig } from '#model/node-config.ts';
import type { Inputs, Interface } from '#model/resources.ts';
import { type Desired, ledKey, type Observed } from '#model/snapshot.ts';
import { networkInterface, nodeConfig } from './objects.ts';
import { addressesOn, World } from './world.ts';

type Vrrp = NodeConfig['election']['vrrp'];

export function vrrpConfig(vrrp: Partial<Vrrp> = {}, more: Partial<NodeConfig> = {}): NodeConfig {
  const base = nodeConfig();
  const election = { ...base.election, mode: 'vrrp' as const, vrrp: { ...base.election.vrrp, ...vrrp } };
  return { ...base, election, ...more };
}

/** An interface on 10.0.0.0/16, with a link-local address. */
export function lan(name: string, number: number, more: Partial<Interface> = {}): Interface {
  return { ...addressesOn(networkInterface(name), `10.0.255.${number}/16`, `fe80::${number}/64`), ...more };
}

export interface SimpleBox {
  readonly name: string;
  readonly world: World;
  desired: Desired;
}

/** One round of boxes with the same declarations; every one is named `edge-N`, with an interface eth1. */
export function boxes(
  count: number,
  declared: Partial<Inputs>,
  more: (number: number) => Partial<Observed> = () => ({}),
): readonly SimpleBox[] {
  return Array.from({ length: count }, (_, i) => {
    const name = `edge-${i + 1}`;
    const world = new World({
      config: vrrpConfig(),
      node: { name, labels: { 'kubernetes.io/hostname': name } },
      interfaces: [lan('eth1', i + 1)],
      leadership: { kind: 'groups', active: new Set(), leaders: new Map() },
      ...more(i + 1),
    });
    return { name, world, desired: world.round(declared) };
  });
}

/** What a box tells the others about itself on an interface. */
export function boxOf({ name, desired }: SimpleBox, interfaceName = 'eth1'): Box {
  return { name, eligible: eligibleGroups(groupStands(desired), interfaceName) };
}

/** The ranking as one of the boxes makes it. */
export function rankingOf(box: SimpleBox, all: readonly SimpleBox[], interfaceName = 'eth1'): GroupRanking {
  return rankGroups(
    box.desired.groups,
    all.map((one) => boxOf(one, interfaceName)),
  );
}

/** The group of an address, which some row of the box has. */
export function groupOf({ candidacies, unannounced }: Desired, ip: string): number | undefined {
  const row = [...candidacies, ...unannounced].find(({ address }) => formatAddress(address) === ip);
  return row?.group;
}

/** Addresses that the box announces on eth1 when it leads what `leads` says. */
export function announced(box: SimpleBox, declared: Partial<Inputs>, leads: (group: number) => boolean): string[] {
  const active = new Set<string>();
  for (let group = 1; group < 512; group++) if (leads(group)) active.add(ledKey('eth1', group));
  box.desired = box.world.round(declared, { leadership: { kind: 'groups', active, leaders: new Map() } });
  return box.desired.announcements.map(({ address }) => formatAddress(address));
}

/** `count` addresses from `first` on. */
export function addressesFrom(first: string, count: number): readonly string[] {
  const start = parseAddress(first);
  if (!start) throw new Error(`not an address: ${first}`);
  return Array.from({ length: count }, (_, i) => formatAddress({ ...start, value: start.value + BigInt(i) }));
}
