// Makes the shared tables equal the plan, and keeps their deadline ahead of the clock.

import { advertisingSource } from '#core/advertising-source.ts';
import type { ClaimOrders, ClaimSight } from '#model/claims.ts';
import { hasGroups, type NodeConfig } from '#model/node-config.ts';
import type { Interface } from '#model/resources.ts';
import type { Election } from '#ports/election.ts';
import type {
  AnnouncedRow,
  AnnouncementSink,
  CaptureReport,
  CaptureTarget,
  CaptureWorkers,
  Clock,
  GroupTarget,
  Log,
  NeighborGroups,
} from '#ports.ts';
import { InterfaceTable } from './interface-table.ts';
import { claimedBefore, wantedRows } from './wanted-rows.ts';

/** A main thread that hangs for longer than this stops answering: by then its picture of the world is worth nothing. */
const deadlineMs = 120_000;
const heartbeatMs = 10_000;
/** How soon a claimed address is answered, and a contested one given up. A look costs one load per interface. */
const lookEveryMs = 50;
/** A flood of forged claims must not become a flood of rounds. */
const newsEveryMs = 500;

interface AnnouncerParts {
  readonly workers: CaptureWorkers;
  readonly groups: NeighborGroups;
  readonly clock: Clock;
  readonly log: Log;
  /** Left out: nothing is elected. */
  readonly election?: Pick<Election, 'settings' | 'reports'>;
  /** MACs of other boxes of ours. Left out: there are none. */
  readonly friends?: () => Iterable<string>;
  /** There is news about claims: look again. */
  readonly onClaims: () => void;
}

export class Announcer implements AnnouncementSink {
  readonly #parts: AnnouncerParts;
  /** One per selected interface that is up. BOUNDED: interfaces of the box. */
  readonly #tables = new Map<string, InterfaceTable>();
  /** Selected interfaces that cannot be captured on at present, with the word for it. */
  #absent: readonly CaptureReport[] = [];
  /** Interfaces that were captured on and exist no more. BOUNDED: names that policies have selected. */
  readonly #vanished = new Set<string>();
  #settings: NodeConfig | null = null;
  /** Solicited-node groups that could not be joined, by interface. */
  #groupFaults: ReadonlyMap<string, string> = new Map();
  /** Addresses that did not fit, by interface. BOUNDED: interfaces of the box. */
  readonly #overflows = new Map<string, number>();
  #stopHeartbeat: (() => void) | null = null;
  #stopLooking: (() => void) | null = null;
  #hasNews = false;
  #lastNewsMs = Number.NEGATIVE_INFINITY;

  constructor(parts: AnnouncerParts) {
    this.#parts = parts;
    this.#beat();
    this.#look();
  }

  apply(
    announcements: readonly AnnouncedRow[],
    interfaces: readonly Interface[],
    settings: NodeConfig,
    selected: readonly string[],
    orders: ClaimOrders,
  ): void {
    // A configuration that was edited since does not miss what only the old one wanted.
    if (settings !== this.#settings) this.#vanished.clear();
    this.#settings = settings;
    const wanted = this.#sort([...selected, ...announcements.map((row) => row.interface)], interfaces);
    this.#retireTables(wanted, settings);
    const rows = Map.groupBy(announcements, (row) => row.interface);
    const reports = this.#parts.election?.reports();
    const now = this.#parts.clock.monotonicMs();
    // First joined, then announced: who hears of an address may ask for it at once (RFC 4861 §7.2.1).
    this.#joinGroups([...wanted].map(([name, link]) => groupTarget(link, rows.get(name) ?? [])));
    const own = [...wanted.values()].map(({ mac }) => mac);
    const macs = [...new Set([...own, ...(this.#parts.friends?.() ?? [])])];
    for (const [name, link] of wanted) {
      const table = this.#tables.get(name) ?? new InterfaceTable(link, settings.limits.addresses, now + deadlineMs);
      this.#tables.set(name, table);
      table.noteCarrier(link);
      table.setFriends(macs);
      table.noteSource(link);
      const groups = hasGroups(settings) ? (reports?.get(name) ?? []) : null;
      table.noteElection(groups);
      const isClaimed = settings.conflict.probe ? claimedBefore(name, orders, groups ?? []) : () => true;
      const wishes = wantedRows(name, rows.get(name) ?? [], orders, isClaimed);
      const overflow = table.setRows(wishes, settings.conflict, this.#parts.clock.wallMs());
      this.#noteOverflow(name, overflow);
    }
    const targets: CaptureTarget[] = [...this.#tables.values()].map((table) =>
      table.target(this.#parts.election?.settings(table.name) ?? null),
    );
    this.#parts.workers.apply(targets, settings.announce);
    for (const name of this.#tables.keys()) this.#parts.workers.wake(name);
  }

  /** Announces this address again from the beginning, as if it had just become ours; gives the interfaces. */
  announceAgain(ip: string): readonly string[] {
    const names = [...this.#tables].flatMap(([name, table]) => (table.announceAgain(ip) ? [name] : []));
    for (const name of names) this.#parts.workers.wake(name);
    return names;
  }

  settled(): Promise<void> {
    return this.#parts.workers.settled();
  }

  report(): readonly CaptureReport[] {
    const states = new Map(this.#parts.workers.states().map((state) => [state.interface, state]));
    const open = [...this.#tables.values()].map((table) => {
      return table.report(states.get(table.name), this.#groupFaults.get(table.name) ?? '');
    });
    return [...open, ...this.#absent];
  }

  claims(): readonly ClaimSight[] {
    const now = this.#parts.clock.monotonicMs();
    return [...this.#tables.values()].map((table) => table.sight(now));
  }

  async close(): Promise<void> {
    this.#stopHeartbeat?.();
    this.#stopLooking?.();
    for (const table of this.#tables.values()) table.withdraw();
    for (const name of this.#tables.keys()) this.#parts.workers.wake(name);
    this.#tables.clear();
    this.#parts.groups.close();
    await this.#parts.workers.close();
  }

  #joinGroups(targets: readonly GroupTarget[]): void {
    const before = this.#groupFaults;
    this.#groupFaults = this.#parts.groups.apply(targets);
    for (const [name, fault] of this.#groupFaults) {
      if (before.get(name) !== fault) this.#parts.log.write('warn', `IPv6 on "${name}": ${fault}`, { interface: name });
    }
  }

  /** One line for one change: every round comes by here. */
  #noteOverflow(name: string, overflow: number): void {
    if (overflow === (this.#overflows.get(name) ?? 0)) return;
    this.#overflows.set(name, overflow);
    if (overflow === 0) return;
    const text = `${overflow} addresses do not fit the table of "${name}" (raise limits.addresses)`;
    this.#parts.log.write('error', text, { interface: name });
  }

  /** Splits what is wanted into links that can be captured on, which are returned, and absent ones, which are reported. */
  #sort(names: readonly string[], interfaces: readonly Interface[]): ReadonlyMap<string, Interface> {
    const present = new Map(interfaces.map((link) => [link.name, link]));
    for (const name of this.#tables.keys()) if (!present.has(name)) this.#vanished.add(name);
    for (const name of this.#vanished) if (present.has(name)) this.#vanished.delete(name);
    const wanted = new Map<string, Interface>();
    const absent: CaptureReport[] = [];
    for (const name of new Set([...names, ...this.#vanished])) {
      const link = present.get(name);
      if (link?.up && link.mac) wanted.set(name, link);
      else absent.push(absentReport(name, link));
    }
    this.#absent = absent;
    return wanted;
  }

  /** Tables of links that went away, came back with another MAC, or have another capacity are withdrawn whole. */
  #retireTables(wanted: ReadonlyMap<string, Interface>, settings: NodeConfig): void {
    for (const [name, table] of this.#tables) {
      const link = wanted.get(name);
      if (link && table.fits(link, settings.limits.addresses)) continue;
      table.withdraw();
      this.#parts.workers.wake(name);
      this.#tables.delete(name);
      this.#overflows.delete(name);
    }
  }

  /** Looks at what the workers wrote about claims. */
  #look(): void {
    const { clock, workers, onClaims } = this.#parts;
    for (const [name, table] of this.#tables) {
      if (!table.pollClaims(clock.wallMs())) continue;
      workers.wake(name);
      this.#hasNews = true;
    }
    const now = clock.monotonicMs();
    if (this.#hasNews && now - this.#lastNewsMs >= newsEveryMs) {
      this.#hasNews = false;
      this.#lastNewsMs = now;
      onClaims();
    }
    this.#stopLooking = clock.setTimeout(() => this.#look(), lookEveryMs);
  }

  #beat(): void {
    const now = this.#parts.clock.monotonicMs();
    for (const table of this.#tables.values()) table.extendDeadline(now + deadlineMs);
    this.#stopHeartbeat = this.#parts.clock.setTimeout(() => this.#beat(), heartbeatMs);
  }
}

function groupTarget(link: Interface, rows: readonly AnnouncedRow[]): GroupTarget {
  const { name, index, mac, carrierUps } = link;
  const suffixes = new Set<number>();
  for (const { address } of rows) if (address.family === 'IPv6') suffixes.add(Number(address.value & 0xff_ffffn));
  const source = suffixes.size > 0 ? advertisingSource(link) : 'none';
  return { interface: name, index, mac, carrierUps, suffixes, source: typeof source === 'string' ? null : source };
}

function absentReport(name: string, link: Interface | undefined): CaptureReport {
  let detail = 'no such interface';
  if (link) detail = link.mac ? 'interface is down' : 'interface has no MAC address';
  return {
    interface: name,
    capture: link ? 'down' : 'gone',
    detail,
    mac: link?.mac ?? '',
    requests: 0,
    answers: 0,
    drops: {},
    announced: 0,
    kernelDrops: 0,
    rows: [],
  };
}
