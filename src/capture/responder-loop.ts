// The turn of a capture worker: answer what has arrived, announce what is due, sleep until there is more.
// Read RFC 826 "Packet Reception" and RFC 5227 §2.3 before changing this file.
import { respond } from '#core/respond.ts';
import { AnnouncementSchedule } from '#core/schedule.ts';
import type { NodeConfig } from '#model/node-config.ts';
import type { Link } from '#ports.ts';
import type { TableReader } from '#table/table-reader.ts';
import { carriesReply } from '#table/verdict.ts';
import { emitAnnouncementReply, emitAnnouncementRequest } from '#wire/arp.ts';
import { readI32 } from '#wire/bytes.ts';
import { gauge } from './gauges.ts';

/** Longest sleep: a deadline or a stop that nobody rang for is seen within this time. */
const longestSleepMs = 1000;
/** pcap_stats costs a system call: once a second is plenty for a counter on a screen. */
const secondMs = 1000;
/** Rows hold IPv4 addresses in mapped form: the last four of 16 bytes. */
const ipv4At = 12;

export interface ResponderLoopParts {
  readonly link: Link;
  readonly table: TableReader;
  readonly mac: Uint8Array;
  readonly announce: NodeConfig['announce'];
  readonly gauges: Uint32Array;
  /** Monotonic milliseconds. */
  readonly clock: () => number;
  readonly random: () => number;
}

export type TurnEnd = 'again' | 'stop' | 'lost';

export class ResponderLoop {
  readonly #parts: ResponderLoopParts;
  readonly #schedule: AnnouncementSchedule;
  readonly #lengths: Uint16Array;
  readonly #self: { mac: Uint8Array; table: TableReader; nowMs: number };
  /** IPv4 addresses of scheduled rows by schedule key. BOUNDED: rows of the table. */
  readonly #addresses = new Map<string, number>();
  #epoch = -1;
  #everySecondMs = 0;

  constructor(parts: ResponderLoopParts) {
    this.#parts = parts;
    this.#schedule = new AnnouncementSchedule(parts.announce, parts.random);
    this.#lengths = new Uint16Array(new ArrayBuffer(parts.link.slots * 2)).fill(60);
    this.#self = { mac: parts.mac, table: parts.table, nowMs: 0 };
  }

  /** One turn; `again` until told to stop or the link died. */
  turn(): TurnEnd {
    const { link, table, clock } = this.#parts;
    if (table.stopRequested()) return 'stop';
    const now = clock();
    this.#self.nowMs = now >>> 0;
    const epoch = table.epoch();
    if (epoch !== this.#epoch) {
      this.#epoch = epoch;
      this.#syncSchedule(now);
    }
    const seen = this.#answer();
    if (seen < 0) return 'lost';
    this.#announce(now);
    if (now >= this.#everySecondMs) this.#everySecond(now);
    // A full batch: more is waiting for sure, and poll would cost a system call to say so.
    if (seen === link.slots) return 'again';
    // An epoch that moved meanwhile rang the bell: poll returns at once, nothing is missed.
    link.wait(Math.max(0, Math.min(this.#schedule.delayMs(now), longestSleepMs)));
    return 'again';
  }

  /** Answers at most one batch; how many frames were seen, or −1 when the link is gone. */
  #answer(): number {
    const { link } = this.#parts;
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
      if (carriesReply(respond(link.frame, length, self, out, count * slotBytes))) count++;
    }
    if (count > 0) {
      const sent = link.flush(count, this.#lengths);
      if (sent < count) Atomics.add(this.#parts.gauges, gauge.sendErrors, count - sent);
    }
    return seen;
  }

  #syncSchedule(now: number): void {
    const rows: { key: string; generation: number }[] = [];
    this.#addresses.clear();
    this.#parts.table.forEachRow((row) => {
      if (!row.active || row.family !== 4) return;
      const key = hex(row.address);
      this.#addresses.set(key, readI32(row.address, ipv4At));
      rows.push({ key, generation: row.generation });
    }, now >>> 0);
    this.#schedule.sync(rows, now);
  }

  /** RFC 5227 §2.3, request form first; then the reply form with our own MAC as target, which Linux accepts at once. */
  #announce(now: number): void {
    const { link, mac, gauges, table } = this.#parts;
    let count = 0;
    while (count < link.slots) {
      const due = this.#schedule.take(now);
      if (!due) break;
      const vip = this.#addresses.get(due.key);
      // A last look: the row may be gone, or its deadline passed, since the schedule was synced.
      if (vip === undefined || table.findIPv4(vip, now >>> 0) < 0) continue;
      const emit = due.form === 'request' ? emitAnnouncementRequest : emitAnnouncementReply;
      emit(link.out, count++ * link.slotBytes, mac, vip);
    }
    if (count === 0) return;
    const sent = link.flush(count, this.#lengths);
    Atomics.add(gauges, gauge.announced, sent);
    if (sent < count) Atomics.add(gauges, gauge.sendErrors, count - sent);
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
  }
}

function hex(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += byte.toString(16).padStart(2, '0');
  return text;
}
