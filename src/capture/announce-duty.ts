// The part of a capture worker's turn that announces what is answered here.
// Read RFC 5227 §2.3 and RFC 4861 §7.2.6 before changing this file.
import type { Pacer } from '#core/pacer.ts';
import { AnnouncementSchedule, type DueFrame, type ScheduledRow } from '#core/schedule.ts';
import type { NodeConfig } from '#model/node-config.ts';
import type { Link } from '#ports.ts';
import type { TableReader, TableRow } from '#table/table-reader.ts';
import { Purpose } from '#table/traffic-record.ts';
import { emitAnnouncementReply, emitAnnouncementRequest } from '#wire/arp.ts';
import { readI32, toHex } from '#wire/bytes.ts';
import { type Advertiser, emitUnsolicited } from '#wire/ndp-emit.ts';
import type { FirstSigns } from './first-signs.ts';
import { gauge } from './gauges.ts';
import type { TrafficLog } from './traffic-log.ts';

/** Rows hold IPv4 addresses in mapped form: the last four of 16 bytes. */
const ipv4At = 12;

export interface AnnounceDutyParts {
  readonly link: Link;
  readonly table: TableReader;
  readonly mac: Uint8Array;
  readonly announce: NodeConfig['announce'];
  readonly gauges: Uint32Array;
  /** Where frames are written down; absent: nowhere. */
  readonly traffic?: TrafficLog;
  /** Shared with whatever else is sent of its own accord on the interface. */
  readonly pacer: Pacer;
  /** Monotonic milliseconds. */
  readonly clock: () => number;
  readonly random: () => number;
  /** What advertisements leave from now; null: nothing of IPv6 may leave. */
  readonly advertiser: () => Advertiser | null;
  /** Is told of the first announcement of an address; null: nobody asks. */
  readonly signs: Pick<FirstSigns, 'announced'> | null;
}

export class AnnounceDuty {
  readonly #parts: AnnounceDutyParts;
  readonly #schedule: AnnouncementSchedule;
  readonly #lengths: Uint16Array;
  /** Addresses of scheduled rows by schedule key: IPv4 as a number, IPv6 as 16 bytes. BOUNDED: rows of the table. */
  readonly #addresses = new Map<string, number | Uint8Array>();
  /** Keys of scheduled rows by group. BOUNDED: rows of the table. */
  #groups = new Map<number, string[]>();

  constructor(parts: AnnounceDutyParts) {
    this.#parts = parts;
    this.#schedule = new AnnouncementSchedule(parts.announce, parts.random, parts.pacer);
    this.#lengths = new Uint16Array(new ArrayBuffer(parts.link.slots * 2));
  }

  /** Other settings from now on: what is announced goes on at the new pace. */
  configure(announce: NodeConfig['announce'], nowMs: number): void {
    this.#schedule.configure(announce, nowMs);
  }

  /** The rows of the table have changed, or what is active of them. */
  sync(rows: readonly TableRow[], nowMs: number): void {
    const mayAdvertise = this.#parts.advertiser() !== null;
    const scheduled: (ScheduledRow & { readonly group: number })[] = [];
    this.#addresses.clear();
    for (const { active, address, family, generation, group } of rows) {
      // What cannot be sent is not scheduled: its burst begins when there is something to send it from.
      if (!active || (family === 6 && !mayAdvertise)) continue;
      const key = toHex(address);
      this.#addresses.set(key, family === 6 ? address : readI32(address, ipv4At));
      scheduled.push({ key, generation, oneForm: family === 6, group });
    }
    this.#schedule.sync(scheduled, nowMs);
    this.#groups = new Map();
    for (const { group, key } of scheduled) {
      const keys = this.#groups.get(group);
      if (keys) keys.push(key);
      else this.#groups.set(group, [key]);
    }
  }

  /** Addresses of a group that are announced, as keys. */
  keysOf(group: number): readonly string[] {
    return this.#groups.get(group) ?? [];
  }

  /** Announces the addresses of a group once more, from the beginning. */
  restart(group: number, nowMs: number): void {
    this.#schedule.restart(this.keysOf(group), nowMs);
  }

  /** Sends what is due. */
  turn(nowMs: number): void {
    const { link, gauges, signs, traffic, pacer, clock } = this.#parts;
    let count = 0;
    while (count < link.slots) {
      const due = this.#schedule.take(nowMs);
      if (!due) break;
      const length = this.#emit(due, nowMs, count * link.slotBytes);
      if (length === 0) continue;
      this.#lengths[count++] = length;
      if (due.round === 0) signs?.announced(due.key, nowMs);
    }
    if (count === 0) return;
    const sent = link.flush(count, this.#lengths);
    pacer.left(count, clock());
    traffic?.sent(link, sent, this.#lengths, Purpose.announcement);
    Atomics.add(gauges, gauge.announced, sent);
    if (sent < count) Atomics.add(gauges, gauge.sendErrors, count - sent);
  }

  /** Whole milliseconds until `turn` has something to do; Infinity when never. */
  delayMs(nowMs: number): number {
    return this.#schedule.delayMs(nowMs);
  }

  /** Writes an announcement at `offset`; its length, or 0 when there is nothing to announce any more. */
  #emit(due: DueFrame, nowMs: number, offset: number): number {
    const { link, mac, table } = this.#parts;
    const vip = this.#addresses.get(due.key);
    // A last look: the row may be gone, or its deadline passed, since the schedule was synced.
    if (typeof vip === 'object') {
      const advertiser = this.#parts.advertiser();
      if (!advertiser || table.findIPv6(vip, 0, nowMs >>> 0) < 0) return 0;
      return emitUnsolicited(link.out, offset, advertiser, vip);
    }
    if (vip === undefined || table.findIPv4(vip, nowMs >>> 0) < 0) return 0;
    // RFC 5227 §2.3, request form first; then the reply form with our own MAC as target, which Linux accepts at once.
    const emit = due.form === 'request' ? emitAnnouncementRequest : emitAnnouncementReply;
    return emit(link.out, offset, mac, vip);
  }
}
