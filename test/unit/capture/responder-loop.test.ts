import { beforeEach, describe, expect, test } from 'bun:test';
import { FirstSigns } from '#capture/first-signs.ts';
import { createGauges, requestStop } from '#capture/gauges.ts';
import { ResponderLoop } from '#capture/responder-loop.ts';
import { VrrpDuty } from '#capture/vrrp-duty.ts';
import { parseMac } from '#model/address.ts';
import type { ElectionSettings } from '#model/election.ts';
import { defaultNodeConfig, type NodeConfig } from '#model/node-config.ts';
import type { ElectionNews } from '#ports/election.ts';
import type { Link } from '#ports.ts';
import { ClaimRecorder } from '#table/claim-recorder.ts';
import { GroupLeases } from '#table/group-leases.ts';
import { createTable } from '#table/layout.ts';
import { createSharedText, SharedTextReader, writeSharedText } from '#table/shared-text.ts';
import { TableReader } from '#table/table-reader.ts';
import { TableWriter } from '#table/table-writer.ts';
import { emitProbe } from '#wire/arp.ts';
import { carriesVrrp } from '#wire/carries-vrrp.ts';
import { emptyVrrpFrame, readVrrp } from '#wire/vrrp.ts';

const group = 128;
const vip = 0xc000020a;
const mac = parseMac('02:00:00:00:00:01') ?? new Uint8Array(6);
const settings: ElectionSettings = {
  groups: [{ group, priority: 254, isPinned: false, order: null }],
  ...{ advertisementIntervalMs: 100, maxLearnedIntervalMs: 10_000, preempt: false, preemptDelayMs: 60_000 },
  ...{ checksum: 'auto', addresses: [], peers: [], sourceIPv4: '192.0.2.1', sourceIPv6: null, boxes: [] },
};

/** The loop of a capture worker on a link that a test plays. */
class Stage {
  nowMs = 1_000_000;
  /** Frames that wait. */
  waiting = 0;
  /** How long the loop stands still in the middle of its next batch. */
  standsStillMs = 0;
  readonly gauges = createGauges();
  readonly news: ElectionNews[] = [];
  readonly sent: Uint8Array[] = [];
  /** How long the loop slept, each time. */
  readonly slept: number[] = [];
  readonly loop: ResponderLoop;
  /** What the main thread has changed, taken once. */
  newAnnounce: NodeConfig['announce'] | null = null;

  constructor() {
    const table = createTable(4);
    new TableWriter(table).put({ address: { family: 'IPv4', value: BigInt(vip) }, group, generation: 1 });
    const text = createSharedText(4096);
    writeSharedText(text, JSON.stringify(settings));
    const link = this.#link();
    const duty = new VrrpDuty({
      ...{
        link,
        mac,
        leases: new GroupLeases(table),
        table: new TableReader(table),
        settings: new SharedTextReader(text),
      },
      ...{ gauges: new Uint32Array(this.gauges), sendToPeer: () => true, tell: (news) => this.news.push(news) },
    });
    this.loop = new ResponderLoop({
      ...{ link, table: new TableReader(table), claims: new ClaimRecorder(table), mac, neighborSource: () => 'none' },
      ...{ announce: defaultNodeConfig('a').announce, gauges: new Uint32Array(this.gauges) },
      newAnnounce: () => {
        const changed = this.newAnnounce;
        this.newAnnounce = null;
        return changed;
      },
      ...{ clock: () => this.nowMs, random: () => 0.5, election: { duty, signs: new FirstSigns(() => {}) } },
    });
  }

  /** Turns for so long; one that does not sleep takes a millisecond. */
  run(milliseconds: number): void {
    for (const endMs = this.nowMs + milliseconds; this.nowMs < endMs; ) {
      const before = this.slept.length;
      expect(this.loop.turn()).toBe('again');
      this.nowMs += this.slept.length > before ? Math.max(1, this.slept.at(-1) ?? 0) : 1;
    }
  }

  get moves() {
    return this.news.flatMap((news) => (news.kind === 'move' ? [news.move.cause] : []));
  }

  /** Priorities of the advertisements that left. */
  get advertised(): readonly number[] {
    return this.sent.filter(carriesVrrp).map((bytes) => {
      const frame = emptyVrrpFrame();
      readVrrp(bytes, bytes.length, [], frame);
      return frame.priority;
    });
  }

  #link(): Link {
    const frame = new Uint8Array(new ArrayBuffer(128));
    emitProbe(frame, 0, parseMac('02:00:00:00:00:99') ?? new Uint8Array(6), 0xc0000263);
    const out = new Uint8Array(new ArrayBuffer(256 * 8));
    return {
      ...{ frame, wireLength: 60, seconds: 0, microseconds: 0, out, slotBytes: 256, slots: 8 },
      next: () => {
        this.nowMs += this.standsStillMs;
        this.standsStillMs = 0;
        return this.waiting > 0 && this.waiting-- > 0 ? 60 : 0;
      },
      flush: (count, lengths) => {
        for (let i = 0; i < count; i++) this.sent.push(out.slice(i * 256, i * 256 + (lengths[i] ?? 0)));
        return count;
      },
      wait: (delayMs) => {
        this.slept.push(delayMs);
        return 0;
      },
      stats: () => ({ received: 0, dropped: 0, interfaceDropped: 0 }),
      close: () => undefined,
    };
  }
}

let stage = new Stage();

beforeEach(() => {
  stage = new Stage();
});

describe('the loop of a capture worker with an election', () => {
  test('a flood that leaves no time to sleep is no pause: the leader goes on leading', () => {
    stage.run(1000);
    expect(stage.moves).toEqual(['start']);
    stage.waiting = Number.POSITIVE_INFINITY;
    stage.run(3000);
    stage.waiting = 0;
    stage.run(1000);
    expect(stage.moves).toEqual(['start']);
    expect(stage.advertised.length).toBeGreaterThan(45);
  });

  test('a loop that stood still between two full batches gives up what it leads', () => {
    stage.run(1000);
    stage.waiting = Number.POSITIVE_INFINITY;
    stage.run(500);
    stage.nowMs += 2000;
    stage.waiting = 20;
    stage.run(10);
    expect(stage.moves).toEqual(['start', 'paused']);
  });

  test('a loop that stood still in the middle of a turn says nothing of what it led before', () => {
    stage.run(1000);
    stage.sent.length = 0;
    // The advertisement of this turn is due.
    stage.nowMs += 100;
    stage.waiting = 3;
    stage.standsStillMs = 5000;
    stage.run(5200);
    expect(stage.advertised).toEqual([]);
    expect(stage.sent).toEqual([]);
    expect(stage.moves).toEqual(['start', 'paused']);
  });

  test('other settings of announcements: the leader goes on leading, and refreshes at the new distance', () => {
    stage.run(10_000);
    const announced = () => stage.sent.filter((bytes) => bytes[12] === 8 && bytes[13] === 6).length;
    const before = announced();
    stage.newAnnounce = { burstMs: [0, 10], refreshMs: 1000, maxFramesPerSecond: 10 };
    stage.run(5000);
    expect(announced() - before).toBeGreaterThanOrEqual(8);
    expect(stage.moves).toEqual(['start']);
    expect(stage.advertised).not.toContain(0);
  });

  test('a worker that is told to end lets go of what it leads, so that nobody waits for its silence', () => {
    stage.run(1000);
    stage.sent.length = 0;
    requestStop(stage.gauges);
    expect(stage.loop.turn()).toBe('stop');
    expect(stage.advertised).toEqual([0]);
  });
});
