// Which addresses are answered from here, and which by nobody: what `leaders`, `who-has` and `status` are made of.
import { formatAddress } from '#model/address.ts';
import type { Duplicate } from '#model/claims.ts';
import type { GroupView } from '#model/group-view.ts';
import { hasGroups } from '#model/node-config.ts';
import { isThere, type Peer } from '#model/peers.ts';
import { explain, type Reason } from '#model/reason.ts';
import { type Announcement, type Candidacy, ledKey, type Snapshot, type Unannounced } from '#model/snapshot.ts';
import { macText } from '#model/virtual-mac.ts';
import type { CaptureReport, DaemonView } from '#ports.ts';
import { groupsByKey, ledByPeer, remarked } from './group-leaders.ts';
import type { LeaderItem, LeaderState } from './list-items.ts';
import { timestamp } from './protocol.ts';

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
  const isGrouped = view.snapshot !== null && hasGroups(view.snapshot.observed.config);
  if (!isGrouped) for (const row of desired?.announcements ?? []) yield announced(row, view, captures);
  else yield* grouped(view, groups, captures);
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
): Iterable<LeaderItem> {
  for (const row of view.snapshot?.desired.candidacies ?? []) {
    const group = groups.get(ledKey(row.interface, row.group));
    const item = row.leads ? announced(row, view, captures) : standing(row, group, view.peers ?? []);
    yield remarked({ ...item, term: group?.term ?? item.term }, group);
  }
}

function announced(
  { address, interface: name, services, policies, group }: Announcement,
  view: DaemonView,
  captures: ReadonlyMap<string, Capture>,
): LeaderItem {
  const ip = formatAddress(address);
  const capture = captures.get(name);
  const row = capture?.rows.get(ip);
  const claims = view.claims?.duplicates.filter((claim) => claim.interface === name && sameText(claim, ip)) ?? [];
  const state = rowState(capture?.report, ip, row, claims.length > 0);
  const leading = view.leading.get(`${ip}%${name}`);
  const sinceMs = leading?.sinceMs ?? row?.sinceMs;
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
    message: rowMessage(state, ip, name, capture, claims),
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
  for (const { address, interface: name } of view.snapshot?.desired.announcements ?? []) {
    const ip = formatAddress(address);
    const capture = captures.get(name);
    const state = rowState(capture?.report, ip, capture?.rows.get(ip), false);
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

type ReportedRow = CaptureReport['rows'][number];

function rowState(
  report: CaptureReport | undefined,
  ip: string,
  row: ReportedRow | undefined,
  isDuplicate: boolean,
): LeaderState {
  if (report !== undefined && report.capture !== 'open') return 'nobody';
  if (report?.unfit?.has(ip)) return 'nobody';
  if (!row || row.isClaiming) return 'claiming';
  return isDuplicate ? 'duplicate' : 'here';
}

function sameText(claim: Duplicate, ip: string): boolean {
  return formatAddress(claim.address) === ip;
}

function rowMessage(
  state: LeaderState,
  ip: string,
  name: string,
  capture: Capture | undefined,
  claims: readonly Duplicate[],
): string {
  if (state === 'nobody') {
    const isFull = capture?.report.capture === 'open' && capture.report.unfit?.has(ip);
    return isFull
      ? `The table of ${name} is full (limits.addresses)`
      : `Capture on ${name} is ${capture?.report.capture ?? 'gone'}`;
  }
  return state === 'duplicate' ? `Also claimed by ${claims.map(({ mac }) => macText(mac)).join(' and ')}` : '';
}

interface Capture {
  readonly report: CaptureReport;
  readonly rows: ReadonlyMap<string, CaptureReport['rows'][number]>;
}

const indexed = new WeakMap<DaemonView, ReadonlyMap<string, Capture>>();

/** Pure memoization: leaders, status and nodes of one moment need the same. */
function capturesByName(view: DaemonView): ReadonlyMap<string, Capture> {
  const known = indexed.get(view);
  if (known) return known;
  const made = new Map(
    view.captures.map((report) => [
      report.interface,
      { report, rows: new Map(report.rows.map((row) => [row.ip, row])) },
    ]),
  );
  indexed.set(view, made);
  return made;
}
