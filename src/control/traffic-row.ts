// A frame as filters see it.
import type { FilterField } from '#model/filter-fields.ts';
import type { FilterRow } from '#model/filter-match.ts';
import type { RowValue } from '#model/filter-values.ts';
import { trafficColumns } from './traffic-columns.ts';
import type { TrafficItem } from './traffic-protocol.ts';

/** Other words for operations, as tcpdump, arping and people have them. */
const otherWords: Readonly<Record<string, readonly string[]>> = {
  request: ['who', 'who-has'],
  probe: ['who', 'who-has'],
  reply: ['is-at'],
  announcement: ['garp', 'gratuitous', 'unsolicited'],
};
/** Of Neighbor Discovery. */
const neighborWords: Readonly<Record<string, readonly string[]>> = {
  request: ['ns', 'solicitation'],
  probe: ['ns', 'solicitation', 'dad'],
  reply: ['na', 'advertisement'],
  announcement: ['na', 'una', 'advertisement'],
};

/** `vendor`: who made the card with this MAC, where that is known. */
export function trafficRow(
  item: TrafficItem,
  nowMs: number,
  vendor: (mac: string) => string | null = () => null,
): FilterRow {
  return {
    values: (field) => readers[field]?.(item, nowMs, vendor) ?? [],
    text: () => trafficColumns.map(({ value }) => value(item, nowMs)).join(' '),
  };
}

type Reader = (item: TrafficItem, nowMs: number, vendor: (mac: string) => string | null) => readonly RowValue[];

const age: Reader = ({ time }, nowMs) => [(nowMs - Date.parse(time)) / 1000];
const addresses: Reader = ({ ip, sender, target }) => present(ip, sender, target);

const readers: { readonly [K in FilterField]?: Reader } = {
  vip: addresses,
  ip: addresses,
  mac: ({ source, destination, senderMac }) => present(source, destination, senderMac),
  oui: ({ source, senderMac }, _nowMs, vendor) => {
    return present(...[source, senderMac].flatMap((mac) => (mac === null ? [] : [mac.slice(0, 8), vendor(mac)])));
  },
  iface: (item) => [item.interface],
  vlan: ({ vlan }) => (vlan === null ? [] : [vlan]),
  dir: ({ direction }) => [direction],
  op: ({ operation, protocol }) => {
    if (operation === null) return [];
    const more = protocol === 'NDP' ? neighborWords[operation] : [];
    return [operation, ...(otherWords[operation] ?? []), ...(more ?? [])];
  },
  // An answer to somebody who claims another address of ours is both.
  verdict: ({ verdict, reason }) => [verdict, reason, ...(reason === 'claimant_answered' ? ['duplicate'] : [])],
  kind: ({ protocol }) => present(protocol),
  family: ({ protocol }) => (protocol === null ? [] : [protocol === 'ARP' ? 'IPv4' : 'IPv6']),
  age,
  since: age,
  lat: ({ latencySeconds }) => (latencySeconds === null ? [] : [latencySeconds]),
};

function present(...values: readonly (string | null)[]): readonly string[] {
  return values.filter((value) => value !== null);
}
