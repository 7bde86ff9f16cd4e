// Items of every kind, as views of what the daemon knows.
import { compareAddresses, parseAddress } from '#model/address.ts';
import type { JournalEntry } from '#model/journal.ts';
import type { DaemonView } from '#ports.ts';
import { leaders } from './leadership.ts';
import type { Items, Kind } from './protocol.ts';
import { eventItems, generationItems, historyItems, problemItems } from './view-journal.ts';
import { announcementItems, interfaceItems, nodeItems } from './view-links.ts';
import { ipItems, policyItems, poolItems, serviceItems } from './view-resources.ts';

/** What views are made from. The journal is read only for the kinds that need it. */
export interface ViewSource {
  readonly view: DaemonView;
  readonly journal: () => readonly JournalEntry[];
}

const views: { readonly [K in Kind]: (source: ViewSource) => Iterable<Items[K]> } = {
  pools: ({ view }) => poolItems(view),
  ips: ({ view }) => ipItems(view),
  services: ({ view }) => serviceItems(view),
  leaders: ({ view }) => leaders(view),
  announcements: ({ view }) => announcementItems(view),
  policies: ({ view }) => policyItems(view),
  nodes: ({ view }) => nodeItems(view),
  interfaces: ({ view }) => interfaceItems(view),
  problems: ({ view }) => problemItems(view),
  events: ({ journal }) => eventItems(journal()),
  history: ({ view, journal }) => historyItems(view.node, journal()),
  generations: ({ journal }) => generationItems(journal()),
};

/** Items of one kind, made one by one so that a long list need not exist at once. */
export function itemsOf<K extends Kind>(kind: K, source: ViewSource): Iterable<Items[K]> {
  return views[kind](source);
}

/** Whether an item is the one that somebody named: by its name, address or `namespace/name`. */
export function isNamed(kind: Kind, item: Items[Kind], name: string): boolean {
  switch (kind) {
    case 'services': {
      const service = item as Items['services'];
      return name.includes('/') ? `${service.namespace}/${service.name}` === name : service.name === name;
    }
    case 'ips':
      return holds((item as Items['ips']).ip, name);
    case 'leaders':
    case 'announcements':
    case 'history':
      return (item as { readonly ip: string }).ip === name;
    case 'generations':
      return String((item as Items['generations']).generation) === name.replace(/^#/, '');
    case 'problems':
    case 'events': {
      const { object } = item as Items['problems'];
      return object === name || object.endsWith(`/${name}`);
    }
    default:
      return (item as { readonly name: string }).name === name;
  }
}

/** An address, or the range it is in. */
function holds(ip: string, name: string): boolean {
  const [first, last] = ip.split('-').map(parseAddress);
  const address = parseAddress(name);
  if (!first || !address) return false;
  return compareAddresses(first, address) <= 0 && compareAddresses(address, last ?? first) <= 0;
}
