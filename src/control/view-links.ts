// Rows of this node, interfaces and nodes as the API lists them.
import { formatAddress } from '#model/address.ts';
import type { Announcement } from '#model/snapshot.ts';
import type { DaemonView } from '#ports.ts';
import { countVips } from './leadership.ts';
import type { AnnouncementItem, InterfaceItem, NodeItem } from './list-items.ts';
import { timestamp } from './protocol.ts';
import { muteRows } from './row-state.ts';

/** Exactly the rows that are answered: those of the shared table, on interfaces whose capture is open. */
export function* announcementItems(view: DaemonView): Iterable<AnnouncementItem> {
  const wanted = announcementsByRow(view.snapshot?.desired.announcements ?? []);
  const isMute = muteRows(view.snapshot);
  for (const capture of view.captures) {
    if (capture.capture !== 'open') continue;
    for (const row of capture.rows) {
      if (row.isClaiming) continue;
      const announcement = wanted.get(`${row.ip}%${capture.interface}`);
      if (announcement && isMute(announcement)) continue;
      yield {
        ip: row.ip,
        interface: capture.interface,
        mac: capture.mac,
        services: announcement?.services ?? [],
        group: announcement?.group ?? 0,
        since: timestamp(row.sinceMs),
        answers: row.answers,
      };
    }
  }
}

const byRow = new WeakMap<readonly Announcement[], ReadonlyMap<string, Announcement>>();

/** Pure memoization: the plan changes less often than counters do. */
function announcementsByRow(announcements: readonly Announcement[]): ReadonlyMap<string, Announcement> {
  const known = byRow.get(announcements);
  if (known) return known;
  const made = new Map(announcements.map((row) => [`${formatAddress(row.address)}%${row.interface}`, row]));
  byRow.set(announcements, made);
  return made;
}

/** Interfaces that are captured on, or should be. */
export function* interfaceItems(view: DaemonView): Iterable<InterfaceItem> {
  const observed = new Map((view.snapshot?.observed.interfaces ?? []).map((link) => [link.name, link]));
  for (const capture of view.captures) {
    const link = observed.get(capture.interface);
    let drops = 0;
    for (const count of Object.values(capture.drops)) drops += count;
    yield {
      name: capture.interface,
      index: link?.index ?? null,
      mac: capture.mac,
      up: link?.up ?? false,
      carrier: link?.carrier ?? false,
      capture: capture.capture,
      detail: capture.detail,
      requests: capture.requests,
      answers: capture.answers,
      drops,
      dropReasons: capture.drops,
      kernelDrops: capture.kernelDrops,
      announced: capture.announced,
    };
  }
}

/** This node, and the other boxes that it has heard, by name. */
export function* nodeItems(view: DaemonView): Iterable<NodeItem> {
  yield {
    name: view.node,
    self: true,
    state: nodeState(view),
    address: ownAddress(view),
    lastSeenSeconds: 0,
    clockOffsetSeconds: 0,
    version: view.version,
    generation: view.generation,
    vips: countVips(view).here,
  };
  for (const { node, state, address, heardMs, clockAheadMs, version, generation, vips } of view.peers ?? []) {
    const lastSeenSeconds = Math.max(0, Math.round((view.monotonicMs ?? heardMs) - heardMs) / 1000);
    const clockOffsetSeconds = clockAheadMs === null ? null : Math.round(clockAheadMs / 100) / 10;
    yield { name: node, self: false, state, address, lastSeenSeconds, clockOffsetSeconds, version, generation, vips };
  }
}

function nodeState(view: DaemonView): string {
  if (view.snapshot?.observed.drained) return 'draining';
  return view.configValid ? 'ready' : 'stale-config';
}

/** The address under which others most likely know this node: on the link with the default route, else on any. */
function ownAddress(view: DaemonView): string | null {
  const links = (view.snapshot?.observed.interfaces ?? []).filter(({ loopback }) => !loopback);
  const addresses = [...links]
    .sort((a, b) => Number(b.gateways.length > 0) - Number(a.gateways.length > 0))
    .flatMap((link) => link.addresses)
    .filter(({ address }) => !address.startsWith('fe80:'));
  return (addresses.find(({ family }) => family === 'IPv4') ?? addresses[0])?.address ?? null;
}
