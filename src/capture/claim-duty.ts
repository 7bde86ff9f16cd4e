// The part of a capture worker's turn that is about claims: probe before an address is used, defend it, ask about it.
// Read RFC 5227 §2.1.1 and RFC 5227 §2.4 before changing this file.
import { defends } from '#core/defence.ts';
import { duplicateSilenceMs } from '#core/duplicates.ts';
import type { Pacer } from '#core/pacer.ts';
import { type Candidate, ProbeSchedule } from '#core/probe.ts';
import { SelfCheck } from '#core/self-check.ts';
import type { Link } from '#ports.ts';
import type { ClaimRecorder } from '#table/claim-recorder.ts';
import type { TableRow } from '#table/table-reader.ts';
import { Purpose } from '#table/traffic-record.ts';
import { emitAnnouncementRequest, emitProbe } from '#wire/arp.ts';
import { readI32, toHex } from '#wire/bytes.ts';
import { type Advertiser, emitUnsolicited } from '#wire/ndp-emit.ts';
import { emitNeighborProbe } from '#wire/ndp-probe.ts';
import { gauge } from './gauges.ts';
import type { TrafficLog } from './traffic-log.ts';

/** Rows hold IPv4 addresses in mapped form: the last four of 16 bytes. */
const ipv4At = 12;
const secondMs = 1000;

export interface ClaimDutyParts {
  readonly link: Link;
  readonly claims: ClaimRecorder;
  readonly mac: Uint8Array;
  readonly gauges: Uint32Array;
  readonly traffic?: TrafficLog;
  /** Shared with the announcements of the interface. */
  readonly pacer: Pacer;
  /** Monotonic milliseconds. */
  readonly clock: () => number;
  readonly random: () => number;
  /** What advertisements leave from now; null: nothing of IPv6 may leave. */
  readonly advertiser: () => Advertiser | null;
}

export class ClaimDuty {
  readonly #parts: ClaimDutyParts;
  readonly #probes: ProbeSchedule;
  readonly #check = new SelfCheck();
  readonly #lengths: Uint16Array;
  /** By key. BOUNDED: rows of the table. */
  readonly #rows = new Map<string, TableRow>();
  readonly #keys = new Map<number, string>();
  #everySecondMs = 0;

  constructor(parts: ClaimDutyParts) {
    this.#parts = parts;
    this.#probes = new ProbeSchedule(parts.pacer, parts.random);
    this.#lengths = new Uint16Array(new ArrayBuffer(parts.link.slots * 2));
  }

  /** The rows of the table have changed. */
  sync(rows: readonly TableRow[], nowMs: number): void {
    const candidates: Candidate[] = [];
    const live: string[] = [];
    this.#rows.clear();
    this.#keys.clear();
    for (const row of rows) {
      const key = toHex(row.address);
      this.#rows.set(key, row);
      this.#keys.set(row.index, key);
      // Who does not lead the group does not probe: its leader does, and two that probe take each other for a conflict.
      if ((row.phase === 'claiming' && row.isLed) || row.phase === 'asking') {
        const { generation, family, phase } = row;
        candidates.push({ key, generation, family, isQuestion: phase === 'asking' });
      }
      if (row.active) live.push(key);
    }
    this.#probes.sync(candidates, this.#parts.claims.profile(), nowMs);
    this.#check.sync(live, nowMs);
  }

  /** `hasHeardAll`: no frame waits to be looked at. */
  turn(nowMs: number, hasHeardAll: boolean): void {
    this.#hear(nowMs);
    this.#probe(nowMs, hasHeardAll);
    this.#ask(nowMs);
    if (nowMs < this.#everySecondMs) return;
    this.#everySecondMs = nowMs + secondMs;
    for (const key of this.#check.contestedKeys()) {
      const row = this.#rows.get(key);
      if (!row || this.#parts.claims.sinceClaimMs(row.index, nowMs) > duplicateSilenceMs) this.#check.settled(key);
    }
  }

  /** Whole milliseconds until `turn` has something to do; Infinity when never. */
  delayMs(nowMs: number): number {
    return Math.min(this.#probes.delayMs(nowMs), this.#check.delayMs(nowMs));
  }

  /** Looks at the claims that came in since the last turn. */
  #hear(nowMs: number): void {
    const { claims, link } = this.#parts;
    let count = 0;
    for (let index = claims.takeNews(); index >= 0; index = claims.takeNews()) {
      const key = this.#keys.get(index);
      const row = key === undefined ? undefined : this.#rows.get(key);
      if (key === undefined || !row) continue;
      const concluded = this.#probes.conflict(key, nowMs);
      if (concluded !== null) claims.conclude(index, concluded, 'conflict');
      if (!row.active) continue;
      this.#check.contested(key, nowMs);
      if (count < link.slots) count += this.#defend(row, nowMs, count);
    }
    if (count > 0) this.#flush(count, gauge.announced, Purpose.defence);
  }

  /** Writes the defence of this row into a slot, if it may be defended now; how many frames that is. */
  #defend(row: TableRow, nowMs: number, slot: number): 0 | 1 {
    const { claims, link } = this.#parts;
    if (!defends(claims.policy(), claims.sinceDefenceMs(row.index, nowMs))) return 0;
    const length = this.#emitDefence(row, slot * link.slotBytes);
    if (length === 0) return 0;
    claims.defended(row.index, nowMs);
    this.#lengths[slot] = length;
    return 1;
  }

  /** One announcement (RFC 5227 §2.4 (b), (c)). */
  #emitDefence({ address, family }: TableRow, offset: number): number {
    const { link, mac } = this.#parts;
    if (family === 4) return emitAnnouncementRequest(link.out, offset, mac, readI32(address, ipv4At));
    const advertiser = this.#parts.advertiser();
    return advertiser ? emitUnsolicited(link.out, offset, advertiser, address) : 0;
  }

  #probe(nowMs: number, hasHeardAll: boolean): void {
    const { claims, link } = this.#parts;
    const sent: string[] = [];
    while (sent.length < link.slots) {
      const step = this.#probes.take(nowMs, hasHeardAll);
      if (!step) break;
      const row = this.#rows.get(step.key);
      if (!row) continue;
      if (step.act === 'clear') claims.conclude(row.index, step.generation, 'clear');
      else this.#emitProbe(row, sent.push(step.key) - 1);
    }
    if (sent.length === 0 || this.#flush(sent.length, gauge.probes, Purpose.probe) === sent.length) return;
    // Nobody can tell which of them left: all are sent again.
    for (const key of sent) this.#probes.unsent(key, nowMs);
  }

  /** Asks whether anybody else answers for addresses of ours: a probe changes no neighbor's cache (RFC 5227 §1.1). */
  #ask(nowMs: number): void {
    const { link } = this.#parts;
    let count = 0;
    while (count < link.slots) {
      const key = this.#check.take(nowMs);
      if (key === null) break;
      const row = this.#rows.get(key);
      if (row) this.#emitProbe(row, count++);
    }
    if (count > 0) this.#flush(count, gauge.probes, Purpose.self_check);
  }

  #emitProbe({ address, family }: TableRow, slot: number): void {
    const { link, mac } = this.#parts;
    const offset = slot * link.slotBytes;
    this.#lengths[slot] =
      family === 4
        ? emitProbe(link.out, offset, mac, readI32(address, ipv4At))
        : emitNeighborProbe(link.out, offset, mac, address);
  }

  #flush(count: number, which: number, purpose: Purpose): number {
    const { link, gauges, traffic, pacer, clock } = this.#parts;
    const sent = link.flush(count, this.#lengths);
    pacer.left(count, clock());
    traffic?.sent(link, sent, this.#lengths, purpose);
    Atomics.add(gauges, which, sent);
    if (sent < count) Atomics.add(gauges, gauge.sendErrors, count - sent);
    return sent;
  }
}
