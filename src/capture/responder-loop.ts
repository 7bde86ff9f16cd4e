// The turn of a capture worker: answer what has arrived, announce what is due, sleep until there is more.
// Read RFC 826 "Packet Reception", RFC 5227 §2.3 and RFC 4861 §7.2.6 before changing this file.
import { Pacer } from '#core/pacer.ts';
import { respond } from '#core/respond.ts';
import { type NeighborResponder, respondNeighbor } from '#core/respond-neighbor.ts';
import { AnnouncementSchedule, type DueFrame, type ScheduledRow } from '#core/schedule.ts';
import type { NodeConfig } from '#model/node-config.ts';
import type { Link } from '#ports.ts';
import type { ClaimRecorder } from '#table/claim-recorder.ts';
import type { NeighborSource } from '#table/neighbor-source.ts';
import type { TableReader, TableRow } from '#table/table-reader.ts';
import { Purpose } from '#table/traffic-record.ts';
import { carriesReply } from '#table/verdict.ts';
import { emitAnnouncementReply, emitAnnouncementRequest } from '#wire/arp.ts';
import { readI32, toHex } from '#wire/bytes.ts';
import { carriesIpv6 } from '#wire/ethernet.ts';
import { emittedLength, emitUnsolicited } from '#wire/ndp-emit.ts';
import { ClaimDuty } from './claim-duty.ts';
import { gauge, stopRequested } from './gauges.ts';
import type { TrafficLog } from './traffic-log.ts';

/** Longest sleep: a deadline or a stop that nobody rang for is seen within this time. */
const longestSleepMs = 1000;
/** pcap_stats costs a system call: once a second is plenty for a counter on a screen. */
const secondMs = 1000;
/** Rows that changed are followed by more of them: quiet for this long counts as done. */
const quietMs = 5000;
/** Rows hold IPv4 addresses in mapped form: the last four of 16 bytes. */
const ipv4At = 12;

export interface ResponderLoopParts {
  readonly link: Link;
  readonly table: TableReader;
  /** Where claims of others are written down. */
  readonly claims: ClaimRecorder;
  readonly mac: Uint8Array;
  /** What NDP frames leave from now; asked for whenever the table's epoch has changed. */
  readonly neighborSource: () => NeighborSource;
  readonly announce: NodeConfig['announce'];
  readonly gauges: Uint32Array;
  /** Where frames are written down; absent: nowhere. */
  readonly traffic?: TrafficLog;
  /** Monotonic milliseconds. */
  readonly clock: () => number;
  readonly random: () => number;
  /** Called once when the rows have not changed for a while: may take milliseconds. */
  readonly rest?: () => void;
}

export type TurnEnd = 'again' | 'stop' | 'lost';

export class ResponderLoop {
  readonly #parts: ResponderLoopParts;
  readonly #schedule: AnnouncementSchedule;
  readonly #duty: ClaimDuty;
  readonly #lengths: Uint16Array;
  readonly #self: NeighborResponder & { source: Uint8Array | null };
  /** Addresses of scheduled rows by schedule key: IPv4 as a number, IPv6 as 16 bytes. BOUNDED: rows of the table. */
  readonly #addresses = new Map<string, number | Uint8Array>();
  #epoch = -1;
  #everySecondMs = 0;
  #restMs = 0;

  constructor(parts: ResponderLoopParts) {
    this.#parts = parts;
    const pacer = new Pacer(parts.announce.maxFramesPerSecond);
    this.#schedule = new AnnouncementSchedule(parts.announce, parts.random, pacer);
    this.#lengths = new Uint16Array(new ArrayBuffer(parts.link.slots * 2));
    const { mac, table, claims } = parts;
    this.#self = { mac, table, claims, nowMs: 0, source: null, speaks: false };
    this.#duty = new ClaimDuty({ ...parts, pacer, advertiser: () => (this.#self.speaks ? this.#self : null) });
  }

  /** One turn; `again` until told to stop or the link died. */
  turn(): TurnEnd {
    const { link, table, clock } = this.#parts;
    if (table.stopRequested() || stopRequested(this.#parts.gauges)) return 'stop';
    const now = clock();
    this.#self.nowMs = now >>> 0;
    const epoch = table.epoch();
    if (epoch !== this.#epoch) {
      this.#epoch = epoch;
      this.#syncSchedule(now);
    }
    const seen = this.#answer();
    if (seen >= 0) {
      this.#duty.turn(now, seen < link.slots);
      this.#announce(now);
    }
    this.#parts.traffic?.publish();
    if (seen < 0) return 'lost';
    if (now >= this.#everySecondMs) this.#everySecond(now);
    // A full batch: more is waiting for sure, and poll would cost a system call to say so.
    if (seen === link.slots) return 'again';
    // An epoch that moved meanwhile rang the bell: poll returns at once, nothing is missed.
    link.wait(Math.max(0, Math.min(this.#schedule.delayMs(now), this.#duty.delayMs(now), longestSleepMs)));
    return 'again';
  }

  /** Answers at most one batch; how many frames were seen, or −1 when the link is gone. */
  #answer(): number {
    const { link, traffic } = this.#parts;
    const self = this.#self;
    const { out, slotBytes, slots } = link;
    let count = 0;
    // At most one batch a turn: announcements and the stop flag are never starved by a flood.
    let seen = 0;
    for (; seen < slots; seen++) {
      const length = link.next();
      if (length <= 0) {
        if (length === -1) return -1;
        break;
      }
      const { frame } = link;
      const at = count * slotBytes;
      const verdict = carriesIpv6(frame)
        ? respondNeighbor(frame, length, self, out, at)
        : respond(frame, length, self, out, at);
      traffic?.heard(link, length, verdict);
      if (!carriesReply(verdict)) continue;
      traffic?.answered(count);
      this.#lengths[count++] = emittedLength(out, at);
    }
    if (count > 0) {
      const sent = link.flush(count, this.#lengths);
      traffic?.sent(link, sent, this.#lengths, Purpose.answer);
      if (sent < count) Atomics.add(this.#parts.gauges, gauge.sendErrors, count - sent);
    }
    return seen;
  }

  #syncSchedule(now: number): void {
    this.#restMs = now + quietMs;
    const source = this.#parts.neighborSource();
    this.#self.speaks = source !== 'none';
    this.#self.source = typeof source === 'string' ? null : source;
    const rows: ScheduledRow[] = [];
    const all: TableRow[] = [];
    this.#addresses.clear();
    this.#parts.table.forEachRow((row) => {
      all.push(row);
      // What cannot be sent is not scheduled: its burst begins when there is something to send it from.
      if (!row.active || (row.family === 6 && !this.#self.speaks)) return;
      const key = toHex(row.address);
      this.#addresses.set(key, row.family === 6 ? row.address : readI32(row.address, ipv4At));
      rows.push({ key, generation: row.generation, oneForm: row.family === 6 });
    }, now >>> 0);
    this.#schedule.sync(rows, now);
    this.#duty.sync(all, now);
  }

  #announce(now: number): void {
    const { link, gauges, traffic } = this.#parts;
    let count = 0;
    while (count < link.slots) {
      const due = this.#schedule.take(now);
      if (!due) break;
      const length = this.#emit(due, now, count * link.slotBytes);
      if (length > 0) this.#lengths[count++] = length;
    }
    if (count === 0) return;
    const sent = link.flush(count, this.#lengths);
    traffic?.sent(link, sent, this.#lengths, Purpose.announcement);
    Atomics.add(gauges, gauge.announced, sent);
    if (sent < count) Atomics.add(gauges, gauge.sendErrors, count - sent);
  }

  /** Writes an announcement at `offset`; its length, or 0 when there is nothing to announce any more. */
  #emit(due: DueFrame, now: number, offset: number): number {
    const { link, mac, table } = this.#parts;
    const vip = this.#addresses.get(due.key);
    // A last look: the row may be gone, or its deadline passed, since the schedule was synced.
    if (typeof vip === 'object') {
      return table.findIPv6(vip, 0, now >>> 0) < 0 ? 0 : emitUnsolicited(link.out, offset, this.#self, vip);
    }
    if (vip === undefined || table.findIPv4(vip, now >>> 0) < 0) return 0;
    // RFC 5227 §2.3, request form first; then the reply form with our own MAC as target, which Linux accepts at once.
    const emit = due.form === 'request' ? emitAnnouncementRequest : emitAnnouncementReply;
    return emit(link.out, offset, mac, vip);
  }

  #everySecond(now: number): void {
    this.#everySecondMs = now + secondMs;
    const { gauges, link, table } = this.#parts;
    const { dropped, received } = link.stats();
    Atomics.store(gauges, gauge.kernelDrops, dropped);
    Atomics.store(gauges, gauge.received, received);
    table.beat(now >>> 0);
    // A deadline that passes changes no row: the rest of a burst has to be cancelled here.
    if (table.expireGroups(now >>> 0)) this.#syncSchedule(now);
    if (now < this.#restMs) return;
    this.#restMs = Number.POSITIVE_INFINITY;
    this.#parts.rest?.();
  }
}
