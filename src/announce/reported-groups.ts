// Solicited-node groups: in the kernel as many as cost nothing, the others reported by ourselves as the kernel would.
// Read RFC 3810 §6 before changing this file.
import { GroupReportSchedule } from '#core/group-report-schedule.ts';
import { parseMac } from '#model/address.ts';
import type { Clock, GroupMemberships, GroupSocket, GroupTarget, NeighborGroups } from '#ports.ts';
import { emitGroupReport, longestReport, mostRecords, parseGroupQuery } from '#wire/mld.ts';

/** How soon a query is seen. The shortest time that a querier gives is a second. */
const lookEveryMs = 50;
/** 200 reports a second: 14,000 groups. */
const reportsPerLook = 10;

export interface ReportedGroupsParts {
  readonly memberships: GroupMemberships;
  readonly open: (index: number) => { readonly ok: true; readonly value: GroupSocket } | { readonly ok: false };
  readonly clock: Clock;
  /** 0…1. */
  readonly random: () => number;
}

interface Reporter {
  readonly socket: GroupSocket;
  readonly schedule: GroupReportSchedule;
  mac: Uint8Array;
  source: Uint8Array;
  carrierUps: number;
}

export class ReportedGroups implements NeighborGroups {
  readonly #parts: ReportedGroupsParts;
  /** By interface index, where the kernel has not joined all. BOUNDED: interfaces of the box. */
  readonly #reporters = new Map<number, Reporter>();
  readonly #out = new Uint8Array(new ArrayBuffer(longestReport));
  #stopLooking: (() => void) | null = null;

  constructor(parts: ReportedGroupsParts) {
    this.#parts = parts;
  }

  apply(wanted: readonly GroupTarget[]): ReadonlyMap<string, string> {
    const faults = new Map(this.#parts.memberships.apply(wanted));
    const present = new Set(wanted.map(({ index }) => index));
    for (const index of [...this.#reporters.keys()]) if (!present.has(index)) this.#close(index);
    for (const target of wanted) {
      const beyond = this.#parts.memberships.beyond(target.index);
      if (beyond.suffixes.size === 0) this.#leave(target);
      else if (this.#report(target, beyond.suffixes) && beyond.isReceived) faults.delete(target.interface);
    }
    this.#look();
    return faults;
  }

  close(): void {
    this.#stopLooking?.();
    this.#stopLooking = null;
    for (const index of [...this.#reporters.keys()]) {
      this.#leave({ index, suffixes: new Set() });
      this.#close(index);
    }
    this.#parts.memberships.close();
  }

  /** True: the groups are or will be reported. */
  #report(target: GroupTarget, suffixes: ReadonlySet<number>): boolean {
    const { index, mac, source, carrierUps } = target;
    const bytes = parseMac(mac);
    // RFC 3810 §5.2.13: without a link-local address there is nothing that a querier would believe.
    if (!bytes || !source) return false;
    const reporter = this.#reporters.get(index) ?? this.#open(index, bytes, source, carrierUps);
    if (!reporter) return false;
    const now = this.#parts.clock.monotonicMs();
    reporter.schedule.set(suffixes, (suffix) => target.suffixes.has(suffix), now);
    if (reporter.carrierUps !== carrierUps) reporter.schedule.again(now);
    Object.assign(reporter, { mac: bytes, source, carrierUps });
    return true;
  }

  #open(index: number, mac: Uint8Array, source: Uint8Array, carrierUps: number): Reporter | null {
    const opened = this.#parts.open(index);
    if (!opened.ok) return null;
    const socket = opened.value;
    const reporter = { socket, schedule: new GroupReportSchedule(this.#parts.random), mac, source, carrierUps };
    this.#reporters.set(index, reporter);
    return reporter;
  }

  /** The kernel has joined all that is wanted: what we reported is taken back. */
  #leave({ index, suffixes }: Pick<GroupTarget, 'index' | 'suffixes'>): void {
    const reporter = this.#reporters.get(index);
    if (!reporter) return;
    reporter.schedule.set(new Set(), (suffix) => suffixes.has(suffix), this.#parts.clock.monotonicMs());
    this.#turn(reporter);
  }

  #close(index: number): void {
    this.#reporters.get(index)?.socket.close();
    this.#reporters.delete(index);
  }

  /** Looks now, and again as long as there is something to report. */
  #look(): void {
    this.#stopLooking?.();
    this.#stopLooking = null;
    for (const [index, reporter] of this.#reporters) {
      this.#turn(reporter);
      if (reporter.schedule.isOver()) this.#close(index);
    }
    if (this.#reporters.size > 0) this.#stopLooking = this.#parts.clock.setTimeout(() => this.#look(), lookEveryMs);
  }

  #turn(reporter: Reporter): void {
    const { socket, schedule } = reporter;
    const now = this.#parts.clock.monotonicMs();
    for (let frame = socket.receive(); frame !== null; frame = socket.receive()) {
      const query = parseGroupQuery(frame, frame.length);
      if (query) schedule.query(query, now);
    }
    for (const { type, suffixes } of schedule.take(now, mostRecords, reportsPerLook)) {
      const length = emitGroupReport(this.#out, reporter, type, suffixes);
      // One that does not leave is repeated, or asked for by the next query.
      socket.send(this.#out.subarray(0, length));
    }
  }
}
