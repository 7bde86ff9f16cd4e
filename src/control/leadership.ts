// Which addresses are answered from here, and which by nobody: what `leaders`, `who-has` and `status` are made of.
import { formatAddress } from '#model/address.ts';
import { explain, type Reason } from '#model/reason.ts';
import type { Announcement, Unannounced } from '#model/snapshot.ts';
import type { CaptureReport, DaemonView } from '#ports.ts';
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
  for (const announcement of desired?.announcements ?? []) yield announced(announcement, view, captures);
  for (const missing of desired?.unannounced ?? []) {
    const selected = missing.reasons.length === 0 || missing.reasons.some(({ code }) => !unselected.has(code));
    if (selected) yield answeredByNobody(missing);
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
  const state = rowState(capture?.report, row !== undefined);
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
    message: state === 'nobody' ? `Capture on ${name} is ${capture?.report.capture ?? 'gone'}` : '',
  };
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

/** Counts addresses, not rows. An allocated address that no policy announces counts as answered by nobody. */
export function countVips(view: DaemonView): VipCounts {
  const desired = view.snapshot?.desired;
  const best = new Map<string, LeaderState>();
  for (const { address } of desired?.allocations ?? []) best.set(formatAddress(address), 'nobody');
  for (const { address } of desired?.unannounced ?? []) best.set(formatAddress(address), 'nobody');
  for (const { ip, state } of leaders(view)) {
    const known = best.get(ip);
    if (known === undefined || rank[state] > rank[known]) best.set(ip, state);
  }
  const count = (...states: readonly LeaderState[]) =>
    [...best.values()].filter((state) => states.includes(state)).length;
  return {
    total: best.size,
    here: count('here', 'duplicate'),
    peers: count('standby'),
    claiming: count('claiming'),
    nobody: count('nobody'),
  };
}

/** What counts when an address has several rows: one that answers is enough. */
const rank: Readonly<Record<LeaderState, number>> = { nobody: 0, claiming: 1, standby: 2, duplicate: 3, here: 4 };

function rowState(report: CaptureReport | undefined, inTable: boolean): LeaderState {
  if (report !== undefined && report.capture !== 'open') return 'nobody';
  return inTable ? 'here' : 'claiming';
}

interface Capture {
  readonly report: CaptureReport;
  readonly rows: ReadonlyMap<string, CaptureReport['rows'][number]>;
}

function capturesByName(view: DaemonView): ReadonlyMap<string, Capture> {
  return new Map(
    view.captures.map((report) => [
      report.interface,
      { report, rows: new Map(report.rows.map((row) => [row.ip, row])) },
    ]),
  );
}
