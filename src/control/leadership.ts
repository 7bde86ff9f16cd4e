// Which addresses are answered from here, and which by nobody: what `leaders`, `who-has` and `status` are made of.
import { formatAddress } from '#model/address.ts';
import type { Duplicate } from '#model/claims.ts';
import type { GroupView } from '#model/group-view.ts';
import { hasGroups } from '#model/node-config.ts';
import { isThere, type Peer } from '#model/peers.ts';
import { explain, type Reason } from '#model/reason.ts';
import { type Announcement, type Candidacy, ledKey, type Snapshot, type Unannounced } from '#model/snapshot.ts';
import type { DaemonView } from '#ports.ts';
import { groupsByKey, ledByPeer, remarked } from './group-leaders.ts';
import type { LeaderItem } from './list-items.ts';
import { timestamp } from './protocol.ts';
import { type Capture, capturesByName, muteRows, type RowOf, rowMessage, rowState } from './row-state.ts';

/** A policy that does not select an address leaves it alone; every other reason means that it should be answered. */
const unselected: ReadonlySet<Reason['code']> = new Set([
  'no_policy',
  'policy_service_selector',
  'policy_node_selector',
  'policy_no_address_kind',
  'policy_invalid',
]);

export interface VipCounts {
  readonly total: number;
  readonly here: number;
  readonly peers: number;
  readonly claiming: number;
  readonly nobody: number;
}

/** One item per (address, interface) that is or should be answered; selected addresses without a row count as `nobody`. */
export function* leaders(view: DaemonView): Iterable<LeaderItem> {
  const desired = view.snapshot?.desired;
  const captures = capturesByName(view);
  const groups = groupsByKey(view);
  // Alone, there is nothing but what is led. Else rows stand in the order of their addresses, whoever leads them.
  const isMute = muteRows(view.snapshot);
  const isGrouped = view.snapshot !== null && hasGroups(view.snapshot.observed.config);
  if (!isGrouped) for (const row of desired?.announcements ?? []) yield announced(row, isMute(row), view, captures);
  else yield* grouped(view, groups, captures, isMute);
  const listed = new Set(!isGrouped ? [] : desired?.candidacies.map(({ address }) => formatAddress(address)));
  for (const missing of desired?.unannounced ?? []) {
    if (listed.has(formatAddress(missing.address))) continue;
    const selected = missing.reasons.length === 0 || missing.reasons.some(({ code }) => !unselected.has(code));
    if (selected) yield answeredByNobody(missing);
  }
}

function* grouped(
  view: DaemonView,
  groups: ReadonlyMap<string, GroupView>,
  captures: ReadonlyMap<string, Capture>,
  isMute: (row: RowOf) => boolean,
): Iterable<LeaderItem> {
  for (const row of view.snapshot?.desired.candidacies ?? []) {
    const group = groups.get(ledKey(row.interface, row.group));
    const item = row.leads ? announced(row, isMute(row), view, captures) : standing(row, group, view.peers ?? []);
    yield remarked({ ...item, term: group?.term ?? item.term }, group);
  }
}

function announced(
  announcement: Announcement,
  isMute: boolean,
  view: DaemonView,
  captures: ReadonlyMap<string, Capture>,
): LeaderItem {
  const { address, interface: name, services, policies, group } = announcement;
  const ip = formatAddress(address);
  const capture = captures.get(name);
  const claims = view.claims?.duplicates.filter((claim) => claim.interface === name && sameText(claim, ip)) ?? [];
  const state = rowState(capture ?? {}, ip, isMute, claims.length > 0);
  const leading = view.leading.get(`${ip}%${name}`);
  const sinceMs = leading?.sinceMs ?? capture?.rows.get(ip)?.sinceMs;
  return {
    ip,
    interface: name,
    services,
    policies,
    leader: state === 'nobody' ? null : view.node,
    state,
    since: sinceMs === undefined ? null : timestamp(sinceMs),
    term: leading?.term ?? null,
    mac: capture?.report.mac || null,
    group,
    message: rowMessage(state, announcement, capture?.report, claims),
  };
}

/** This box is a candidate, and does not lead. */
function standing(
  { address, interface: name, services, policies, group, refusal }: Candidacy,
  view: GroupView | undefined,
  peers: readonly Peer[],
): LeaderItem {
  // Whoever takes no part, being drained or without carrier, hears no advertisement; the others say what they lead.
  const leader = view?.leader ?? ledByPeer(peers, name, group);
  return {
    ip: formatAddress(address),
    interface: name,
    services,
    policies,
    leader: leader && (leader.name ?? leader.address),
    state: leader ? 'standby' : 'nobody',
    since: leader && view ? timestamp(view.sinceMs) : null,
    term: view?.term ?? null,
    mac: leader === null ? null : macOfPeer(peers, leader.name, name),
    group,
    message: leader ? '' : refusal ? explain(refusal) : standingMessage(view),
  };
}

/** What a box answers with on the LAN of this interface, as it says itself. */
function macOfPeer(peers: readonly Peer[], node: string | null, heardOn: string): string | null {
  const peer = peers.find((one) => one.node === node && isThere(one));
  return peer?.links.find((link) => link.interface === heardOn)?.mac ?? null;
}

function standingMessage(view: GroupView | undefined): string {
  if (view?.phase === 'refused') return 'Another installation uses the virtual router id of the group';
  return view?.phase === 'backup' ? 'Listening whether somebody leads' : 'The capture worker has not begun yet';
}

function answeredByNobody({ address, services, reasons }: Unannounced): LeaderItem {
  return {
    ip: formatAddress(address),
    interface: null,
    services,
    policies: [],
    leader: null,
    state: 'nobody',
    since: null,
    term: null,
    mac: null,
    group: null,
    message: reasons.map(explain).join('; '),
  };
}

const counted = new WeakMap<DaemonView, VipCounts>();

/** Counts addresses, not rows. An allocated address that no policy announces counts as answered by nobody. */
export function countVips(view: DaemonView): VipCounts {
  const counts = counted.get(view) ?? count(view);
  counted.set(view, counts);
  return counts;
}

function count(view: DaemonView): VipCounts {
  const captures = capturesByName(view);
  // What counts when an address has several rows: one that answers is enough.
  const here = new Set<string>();
  const claiming = new Set<string>();
  const isMute = muteRows(view.snapshot);
  for (const row of view.snapshot?.desired.announcements ?? []) {
    const ip = formatAddress(row.address);
    const state = rowState(captures.get(row.interface) ?? {}, ip, isMute(row), false);
    if (state === 'here') here.add(ip);
    else if (state === 'claiming') claiming.add(ip);
  }
  for (const ip of here) claiming.delete(ip);
  const total = view.snapshot ? vipTotal(view.snapshot) : 0;
  const peers = countElsewhere(view, here, claiming);
  const nobody = total - here.size - claiming.size - peers;
  return { total, here: here.size, peers, claiming: claiming.size, nobody };
}

/** Addresses that other boxes answer and this one does not. */
function countElsewhere(view: DaemonView, ...own: readonly ReadonlySet<string>[]): number {
  const groups = groupsByKey(view);
  const peers = view.peers ?? [];
  const elsewhere = new Set<string>();
  for (const { address, interface: name, group, leads } of view.snapshot?.desired.candidacies ?? []) {
    if (leads) continue;
    const leader = groups.get(ledKey(name, group))?.leader ?? ledByPeer(peers, name, group);
    const ip = formatAddress(address);
    if (leader !== null && !own.some((set) => set.has(ip))) elsewhere.add(ip);
  }
  return elsewhere.size;
}

const totals = new WeakMap<Snapshot, number>();

/** Pure memoization: `status` may ask every second, and 50,000 addresses take a while to count. */
function vipTotal(snapshot: Snapshot): number {
  const known = totals.get(snapshot);
  if (known !== undefined) return known;
  const { allocations, unannounced, announcements } = snapshot.desired;
  const seen = { IPv4: new Set<bigint>(), IPv6: new Set<bigint>() };
  for (const list of [allocations, unannounced, announcements]) {
    for (const { address } of list) seen[address.family].add(address.value);
  }
  const total = seen.IPv4.size + seen.IPv6.size;
  totals.set(snapshot, total);
  return total;
}

function sameText(claim: Duplicate, ip: string): boolean {
  return formatAddress(claim.address) === ip;
}
