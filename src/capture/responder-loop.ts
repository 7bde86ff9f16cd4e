// The turn of a capture worker: answer what has arrived, announce what is due, sleep until there is more.
// Read RFC 826 "Packet Reception", RFC 5227 §2.3 and RFC 4861 §7.2.6 before changing this file.
import { Pacer } from '#core/pacer.ts';
import { respond } from '#core/respond.ts';
import { type NeighborResponder, respondNeighbor } from '#core/respond-neighbor.ts';
import type { NodeConfig } from '#model/node-config.ts';
import type { Link } from '#ports.ts';
import type { ClaimRecorder } from '#table/claim-recorder.ts';
import type { NeighborSource } from '#table/neighbor-source.ts';
import type { TableReader, TableRow } from '#table/table-reader.ts';
import { Purpose } from '#table/traffic-record.ts';
import { carriesReply } from '#table/verdict.ts';
import { carriesVrrp } from '#wire/carries-vrrp.ts';
import { carriesIpv6 } from '#wire/ethernet.ts';
import { emittedLength } from '#wire/ndp-emit.ts';
import { AnnounceDuty } from './announce-duty.ts';
import { ClaimDuty } from './claim-duty.ts';
import type { FirstSigns } from './first-signs.ts';
import { gauge, stopRequested } from './gauges.ts';
import type { TrafficLog } from './traffic-log.ts';
import type { VrrpDuty } from './vrrp-duty.ts';

/** Longest sleep: a deadline or a stop that nobody rang for is seen within this time. */
const longestSleepMs = 1000;
/** pcap_stats costs a system call: once a second is plenty for a counter on a screen. */
const secondMs = 1000;
/** Rows that changed are followed by more of them: quiet for this long counts as done. */
const quietMs = 5000;

/** Leadership of the groups of an interface. */
interface Elected {
  readonly duty: VrrpDuty;
  readonly signs: FirstSigns;
}

export interface ResponderLoopParts {
  readonly link: Link;
  readonly table: TableReader;
  /** Where claims of others are written down. */
  readonly claims: ClaimRecorder;
  readonly mac: Uint8Array;
  /** What NDP frames leave from now; asked for whenever the table's epoch has changed. */
  readonly neighborSource: () => NeighborSource;
  /** At the start. */
  readonly announce: NodeConfig['announce'];
  /** What has taken the place of these settings since the last call; null: nothing. Left out: they stay. */
  readonly newAnnounce?: () => NodeConfig['announce'] | null;
  readonly gauges: Uint32Array;
  /** Where frames are written down; absent: nowhere. */
  readonly traffic?: TrafficLog;
  /** Monotonic milliseconds. */
  readonly clock: () => number;
  readonly random: () => number;
  /** Leadership of the interface's groups; left out: the main thread leads. */
  readonly election?: Elected;
  /** Called once when the rows have not changed for a while: may take milliseconds. */
  readonly rest?: () => void;
}

/** More frames than the kernel's ring holds. */
const mostWaiting = 16_384;

/** A batch that took longer than this was interrupted: what it answers may be somebody else's by now. */
const longestBatchMs = 200;

export type TurnEnd = 'again' | 'stop' | 'lost';

export class ResponderLoop {
  readonly #parts: ResponderLoopParts;
  readonly #announcing: AnnounceDuty;
  readonly #claiming: ClaimDuty;
  readonly #lengths: Uint16Array;
  readonly #self: NeighborResponder & { source: Uint8Array | null };
  #epoch = -1;
  #everySecondMs = 0;
  #restMs = 0;

  constructor(parts: ResponderLoopParts) {
    this.#parts = parts;
    const pacer = new Pacer(parts.announce.maxFramesPerSecond);
    this.#lengths = new Uint16Array(new ArrayBuffer(parts.link.slots * 2));
    const { mac, table, claims } = parts;
    this.#self = { mac, table, claims, nowMs: 0, source: null, speaks: false };
    const shared = { ...parts, pacer, advertiser: () => (this.#self.speaks ? this.#self : null) };
    this.#announcing = new AnnounceDuty({ ...shared, signs: parts.election?.signs ?? null });
    this.#claiming = new ClaimDuty(shared);
  }

  /** One turn; `again` until told to stop or the link died. */
  turn(): TurnEnd {
    const { link, table, clock, election } = this.#parts;
    const now = clock();
    if (table.stopRequested() || stopRequested(this.#parts.gauges)) {
      election?.duty.letGo(now);
      return 'stop';
    }
    if (election?.duty.hasPaused(now)) this.#discard();
    this.#self.nowMs = now >>> 0;
    this.#takeOver(now);
    const seen = this.#answer(now);
    const isStale = this.#isStale(now);
    if (seen >= 0 && !isStale) {
      if (election) this.#elect(election, now, seen < link.slots);
      this.#claiming.turn(now, seen < link.slots);
      this.#announcing.turn(now);
    }
    this.#parts.traffic?.publish();
    if (seen < 0) return 'lost';
    if (now >= this.#everySecondMs) this.#everySecond(now);
    // A full batch: more is waiting for sure, and poll would cost a system call to say so.
    if (seen === link.slots || isStale) {
      election?.duty.sleeps(now, 0);
      return 'again';
    }
    // An epoch that moved meanwhile rang the bell: poll returns at once, nothing is missed.
    const delayMs = Math.max(0, Math.min(this.#announcing.delayMs(now), this.#claiming.delayMs(now), longestSleepMs));
    if (election) this.#sleepElected(election, now, delayMs);
    else link.wait(delayMs);
    return 'again';
  }

  /** Takes over what the main thread has changed. */
  #takeOver(now: number): void {
    const announce = this.#parts.newAnnounce?.() ?? null;
    if (announce) this.#announcing.configure(announce, now);
    const epoch = this.#parts.table.epoch();
    if (epoch === this.#epoch) return;
    this.#epoch = epoch;
    this.#sync(now);
  }

  /** Answers at most one batch; how many frames were seen, or −1 when the link is gone. */
  #answer(now: number): number {
    const { link, election, traffic } = this.#parts;
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
      if (election && carriesVrrp(link.frame)) {
        election.duty.hear(link.frame, length, now);
        continue;
      }
      const at = count * slotBytes;
      if (!this.#replies(link, length, at)) continue;
      traffic?.answered(count);
      this.#lengths[count++] = emittedLength(out, at);
      if (election?.signs.isWaiting) election.signs.answered(out, at, now);
    }
    if (count > 0 && !this.#isStale(now)) this.#flush(count);
    return seen;
  }

  /** Whether a frame is answered; then the answer lies at this place. */
  #replies(link: Link, length: number, at: number): boolean {
    const self = this.#self;
    const { frame, out } = link;
    const verdict = carriesIpv6(frame)
      ? respondNeighbor(frame, length, self, out, at)
      : respond(frame, length, self, out, at);
    this.#parts.traffic?.heard(link, length, verdict);
    return carriesReply(verdict);
  }

  #flush(count: number): void {
    const { link, traffic } = this.#parts;
    const sent = link.flush(count, this.#lengths);
    traffic?.sent(link, sent, this.#lengths, Purpose.answer);
    if (sent < count) Atomics.add(this.#parts.gauges, gauge.sendErrors, count - sent);
  }

  /** What was received before a pause is nobody's business any more; a flood that goes on is no reason to stay here. */
  #discard(): void {
    for (let n = 0; n < mostWaiting && this.#parts.link.next() > 0; n++);
  }

  /** With an election, what was decided before a pause must not leave after it: the next turn looks whether it was one. */
  #isStale(now: number): boolean {
    return this.#parts.election !== undefined && this.#parts.clock() - now > longestBatchMs;
  }

  #elect({ duty, signs }: Elected, now: number, hasHeardAll: boolean): void {
    for (const group of this.#parts.claims.takeFriendly()) duty.heardClaim(group, now);
    duty.turn(now, hasHeardAll);
    if (duty.takeMoved()) {
      this.#sync(now);
      for (const taken of duty.takeTaken()) signs.begin(taken, this.#announcing.keysOf(taken.group));
    }
    for (const group of duty.takeReannounced()) this.#announcing.restart(group, now);
    signs.turn(now);
  }

  #sleepElected({ duty, signs }: Elected, now: number, delayMs: number): void {
    const untilMs = Math.min(delayMs, duty.delayMs(now), signs.delayMs(now));
    duty.sleeps(now, untilMs);
    this.#parts.link.wait(untilMs);
  }

  #sync(now: number): void {
    this.#restMs = now + quietMs;
    const source = this.#parts.neighborSource();
    this.#self.speaks = source !== 'none';
    this.#self.source = typeof source === 'string' ? null : source;
    const rows: TableRow[] = [];
    this.#parts.table.forEachRow((row) => rows.push(row), now >>> 0);
    this.#announcing.sync(rows, now);
    this.#claiming.sync(rows, now);
  }

  #everySecond(now: number): void {
    this.#everySecondMs = now + secondMs;
    const { gauges, link, table } = this.#parts;
    const { dropped, received } = link.stats();
    Atomics.store(gauges, gauge.kernelDrops, dropped);
    Atomics.store(gauges, gauge.received, received);
    table.beat(now >>> 0);
    // A deadline that passes changes no row: the rest of a burst has to be cancelled here.
    if (table.expireGroups(now >>> 0)) this.#sync(now);
    if (now < this.#restMs) return;
    this.#restMs = Number.POSITIVE_INFINITY;
    this.#parts.rest?.();
  }
}
