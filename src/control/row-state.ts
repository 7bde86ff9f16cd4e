// What becomes of a row that this box is to answer, on the interface that it is on.
import { muteLinks } from '#core/advertising-source.ts';
import { formatAddress } from '#model/address.ts';
import type { Duplicate } from '#model/claims.ts';
import { explain } from '#model/reason.ts';
import type { Announcement, Snapshot } from '#model/snapshot.ts';
import { macText } from '#model/virtual-mac.ts';
import type { CaptureReport, DaemonView } from '#ports.ts';
import type { LeaderState } from './list-items.ts';

type ReportedRow = CaptureReport['rows'][number];

export interface Capture {
  readonly report: CaptureReport;
  readonly rows: ReadonlyMap<string, ReportedRow>;
}

export type RowOf = Pick<Announcement, 'address' | 'interface'>;

/** Rows that nothing is answered for, because IPv6 is off on their interface. */
export function muteRows(snapshot: Snapshot | null): (row: RowOf) => boolean {
  const mute = muteLinks(snapshot?.observed.interfaces ?? [], 'IPv6');
  return ({ address, interface: name }) => address.family === 'IPv6' && mute.has(name);
}

export function rowState(
  { report, rows }: Partial<Capture>,
  ip: string,
  isMute: boolean,
  isDuplicate: boolean,
): LeaderState {
  if (report !== undefined && report.capture !== 'open') return 'nobody';
  if (report?.unfit?.has(ip) || isMute) return 'nobody';
  const row = rows?.get(ip);
  if (!row || row.isClaiming) return 'claiming';
  return isDuplicate ? 'duplicate' : 'here';
}

export function rowMessage(
  state: LeaderState,
  { address, interface: name }: RowOf,
  report: CaptureReport | undefined,
  claims: readonly Duplicate[],
): string {
  if (state === 'duplicate') return `Also claimed by ${claims.map(({ mac }) => macText(mac)).join(' and ')}`;
  if (state !== 'nobody') return '';
  const ip = formatAddress(address);
  if (report?.capture !== 'open') return `Capture on ${name} is ${report?.capture ?? 'gone'}`;
  if (report.unfit?.has(ip)) return `The table of ${name} is full (limits.addresses)`;
  return explain({ code: 'no_ipv6_address', address: ip, interface: name });
}

const indexed = new WeakMap<DaemonView, ReadonlyMap<string, Capture>>();

/** Pure memoization: leaders, status and nodes of one moment need the same. */
export function capturesByName(view: DaemonView): ReadonlyMap<string, Capture> {
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
