import { beforeEach, describe, expect, test } from 'bun:test';
import { createGauges, readAdvertisements } from '#capture/gauges.ts';
import { VrrpDuty } from '#capture/vrrp-duty.ts';
import { parseMac } from '#model/address.ts';
import type { ElectionSettings, GroupReport } from '#model/election.ts';
import type { ElectionNews } from '#ports/election.ts';
import type { Link } from '#ports.ts';
import { GroupLeases } from '#table/group-leases.ts';
import { createTable } from '#table/layout.ts';
import { createSharedText, SharedTextReader, writeSharedText } from '#table/shared-text.ts';
import { NOT_ACTIVE, TableReader } from '#table/table-reader.ts';
import { TableWriter } from '#table/table-writer.ts';
import { type VrrpParts, vrrpFrame } from '../../support/vrrp-frames.ts';

const group = 128;
const vip = 0xc000020a;
const start = 1_000_000;

/** A capture worker's election on an in-memory LAN: what it sends, every other box there hears. */
class ElectingBox {
  readonly news: ElectionNews[] = [];
  readonly duty: VrrpDuty;
  readonly reader: TableReader;
  readonly #lan: ElectingBox[];
  readonly #settings = createSharedText(4096);
  /** Frames that wait to be heard. */
  readonly inbox: Uint8Array[] = [];
  readonly sent: Uint8Array[] = [];
  readonly gauges = createGauges();
  flushes = 0;
  /** Where frames lie that are to leave, eight of 256 bytes. */
  readonly out = new Uint8Array(256 * 8);

  constructor(lan: ElectingBox[], number: number) {
    this.#lan = lan;
    lan.push(this);
    const table = createTable(4);
    new TableWriter(table).put({ address: { family: 'IPv4', value: BigInt(vip) }, group, generation: 1 });
    this.reader = new TableReader(table);
    this.duty = new VrrpDuty({
      link: this.#link(),
      mac: parseMac(`02:00:00:00:00:0${number}`) ?? new Uint8Array(6),
      leases: new GroupLeases(table),
      settings: new SharedTextReader(this.#settings),
      gauges: new Uint32Array(this.gauges),
      table: this.reader,
      sendToPeer: () => true,
      tell: (news) => this.news.push(news),
    });
    this.set({ sourceIPv4: `192.0.2.${number}` });
  }

  set(change: Partial<ElectionSettings>): void {
    const settings: ElectionSettings = {
      groups: [{ group, priority: 254, isPinned: false, order: null }],
      advertisementIntervalMs: 100,
      maxLearnedIntervalMs: 10_000,
      preempt: false,
      preemptDelayMs: 60_000,
      checksum: 'auto',
      addresses: [],
      peers: [],
      sourceIPv4: '192.0.2.1',
      sourceIPv6: null,
      boxes: [],
      ...this.last,
      ...change,
    };
    this.last = settings;
    writeSharedText(this.#settings, JSON.stringify(settings));
  }

  last: Partial<ElectionSettings> = {};

  turn(nowMs: number): void {
    if (this.duty.hasPaused(nowMs)) this.inbox.length = 0;
    for (const frame of this.inbox.splice(0)) this.duty.hear(frame, frame.length, nowMs);
    this.duty.turn(nowMs, true);
    this.duty.sleeps(nowMs, this.duty.delayMs(nowMs));
  }

  answers(nowMs: number): boolean {
    return this.reader.findIPv4(vip, nowMs) !== NOT_ACTIVE;
  }

  get report(): GroupReport | undefined {
    const last = this.news.findLast((news) => news.kind === 'groups');
    return last?.groups[0];
  }

  get differences() {
    return this.news.findLast((news) => news.kind === 'differences')?.differences;
  }

  get moves() {
    return this.news.flatMap((news) => (news.kind === 'move' ? [news.move] : []));
  }

  #link(): Link {
    const { out } = this;
    return {
      next: () => 0,
      frame: new Uint8Array(0),
      wireLength: 0,
      seconds: 0,
      microseconds: 0,
      out,
      slotBytes: 256,
      slots: 8,
      flush: (count, lengths) => {
        this.flushes++;
        for (let slot = 0; slot < count; slot++)
          this.#deliver(out.slice(slot * 256, slot * 256 + (lengths[slot] ?? 0)));
        return count;
      },
      wait: () => 0,
      stats: () => ({ received: 0, dropped: 0, interfaceDropped: 0 }),
      close: () => undefined,
    };
  }

  #deliver(frame: Uint8Array): void {
    this.sent.push(frame);
    for (const box of this.#lan) if (box !== this) box.inbox.push(frame);
  }
}

let lan: ElectingBox[] = [];
let now = start;

/** Runs all boxes, or some of them, in steps of a millisecond. */
function run(milliseconds: number, boxes = lan): void {
  for (let i = 0; i < milliseconds; i++, now++) for (const box of boxes) box.turn(now);
}

function pair(): [ElectingBox, ElectingBox] {
  const [one, two] = [new ElectingBox(lan, 1), new ElectingBox(lan, 2)];
  two.set({ groups: [{ group, priority: 238, isPinned: false, order: null }] });
  return [one, two];
}

beforeEach(() => {
  lan = [];
  now = start;
});

describe('election in a capture worker', () => {
  test('what is heard writes nothing over the answers of the same turn, which wait where frames leave from', () => {
    const [one, two] = pair();
    // Parted: both lead.
    for (let i = 0; i < 400; i++, now++) {
      for (const box of lan) {
        box.inbox.length = 0;
        box.turn(now);
      }
    }
    const [losing] = two.sent.slice(-1);
    if (!losing) throw new Error('nothing was sent');
    one.sent.length = 0;
    one.out.fill(0xaa);
    for (let i = 0; i < 4; i++) one.duty.hear(losing, losing.length, now + 21 * i);
    expect(one.out.every((byte) => byte === 0xaa)).toBe(true);
    expect(one.sent).toEqual([]);
    one.duty.turn(now + 64, true);
    expect(one.sent.length).toBe(4);
    expect(new Set(one.sent.map((frame) => frame.toHex())).size).toBe(1);
  });

  test('the first choice leads after one active-down interval of listening, and its row is answered', () => {
    const [one, two] = pair();
    run(300);
    expect(one.answers(now)).toBe(false);
    run(50);
    expect([one.answers(now), two.answers(now)]).toEqual([true, false]);
    expect(two.report?.leader).toEqual({ address: '192.0.2.1', priority: 254 });
    expect(one.report?.phase).toBe('active');
    expect(one.report?.provisionalUntilMs).toBeGreaterThan(now + 29_000);
    expect(one.moves).toMatchObject([{ group, term: 1, isHere: true, cause: 'start', other: null, detectMs: null }]);
  });

  test('a dead leader is followed within three intervals and the skew, measured from its last sign of life', () => {
    const [, two] = pair();
    run(1000);
    run(320, [two]);
    expect(two.answers(now)).toBe(true);
    const [move] = two.moves;
    expect(move).toMatchObject({ isHere: true, cause: 'silence', other: '192.0.2.1' });
    expect(move?.detectMs).toBeGreaterThanOrEqual(300);
    expect(move?.detectMs).toBeLessThan(320);
  });

  test('whoever was paused answers nothing, throws old frames away, and follows the one who took over', () => {
    const [one, two] = pair();
    run(1000);
    run(5000, [two]);
    expect(one.answers(now)).toBe(false);
    const sentBefore = one.sent.length;
    run(200);
    expect([one.answers(now), two.answers(now)]).toEqual([false, true]);
    expect(one.sent.length).toBe(sentBefore);
    expect(one.moves.at(-1)).toMatchObject({ isHere: false, cause: 'paused' });
    expect(one.report?.leader?.address).toBe('192.0.2.2');
  });

  test('a release leaves no moment without an answer', () => {
    const [one, two] = pair();
    run(1000);
    one.set({
      groups: [
        { group, priority: 254, isPinned: false, order: { serial: 1, act: 'release', from: null, provisionalMs: 0 } },
      ],
    });
    for (let i = 0; i < 200; i++) {
      run(1);
      expect(one.answers(now) || two.answers(now)).toBe(true);
    }
    expect([one.answers(now), two.answers(now)]).toEqual([false, true]);
    // As long as the order stands it is no candidate.
    run(2000);
    expect(one.report?.phase).toBe('initialize');
    one.set({ groups: [{ group, priority: 254, isPinned: false, order: null }] });
    run(1000);
    expect(one.report?.phase).toBe('backup');
  });

  test('a handover goes to the box that was told to take it, also against the priorities', () => {
    const [one, two] = pair();
    run(1000);
    one.set({
      groups: [
        { group, priority: 254, isPinned: false, order: { serial: 1, act: 'give', from: null, provisionalMs: 0 } },
      ],
    });
    two.set({
      groups: [
        {
          group,
          priority: 238,
          isPinned: false,
          order: { serial: 1, act: 'take', from: '192.0.2.1', provisionalMs: 0 },
        },
      ],
    });
    run(50);
    expect([one.answers(now), two.answers(now)]).toEqual([false, true]);
    run(3000);
    expect([one.answers(now), two.answers(now)]).toEqual([false, true]);
    expect(one.moves.at(-1)).toMatchObject({ isHere: false, cause: 'handed_over', other: '192.0.2.2' });
  });

  test('a group that is not wished any more is released, without a source address nothing is sent', () => {
    const [one, two] = pair();
    run(1000);
    one.set({ groups: [] });
    // Neither knows the other by a hello, so the successor is given time to begin.
    run(200);
    expect([one.answers(now), two.answers(now)]).toEqual([false, true]);
    const sentBefore = two.sent.length;
    two.set({ sourceIPv4: null });
    run(50);
    expect(two.answers(now)).toBe(false);
    expect(two.sent.length).toBe(sentBefore);
  });

  test('whoever is a candidate again while it is still leaving goes on leading when nobody has taken over', () => {
    const [one, two] = pair();
    run(1000);
    two.set({ groups: [] });
    run(100);
    const wish = { group, priority: 254, isPinned: false, order: null };
    for (const away of [
      [],
      [{ ...wish, order: { serial: 1, act: 'release' as const, from: null, provisionalMs: 0 } }],
    ]) {
      one.set({ groups: away });
      run(200);
      expect(one.report?.phase).toBe('leaving');
      one.set({ groups: [wish] });
      run(2000);
      expect(one.report?.phase).toBe('active');
      expect(one.answers(now)).toBe(true);
    }
  });

  test('the lease of a leader ends by itself when its loop stands still', () => {
    const [one] = pair();
    run(1000);
    // Three intervals after its last advertisement others may lead.
    expect(one.answers(now + 150)).toBe(true);
    expect(one.answers(now + 301)).toBe(false);
  });

  test('the lease of a leaving box lasts until it has left', () => {
    const [one, two] = pair();
    run(1000);
    two.set({ groups: [] });
    run(100);
    one.set({ groups: [] });
    run(10);
    expect(one.answers(now + 900)).toBe(true);
    run(1100);
    expect(one.answers(now)).toBe(false);
  });

  test('all groups that a box leads advertise together, in one call', () => {
    const [one] = pair();
    const wish = { priority: 254, isPinned: false, order: null };
    for (const [i, later] of [37, 51, 80].entries()) {
      one.set({ groups: [...(one.last.groups ?? []), { group: 140 + i, ...wish }] });
      run(later);
    }
    run(3000);
    one.flushes = 0;
    one.sent.length = 0;
    run(1000);
    expect([one.flushes, one.sent.length]).toEqual([10, 40]);
  });

  test('a foreign virtual router on the id is left alone, and told about', () => {
    const [stranger, box] = pair();
    stranger.set({ addresses: ['192.0.2.99'] });
    run(1000, [stranger]);
    box.inbox.length = 0;
    run(2000);
    expect([stranger.answers(now), box.answers(now)]).toEqual([true, false]);
    expect(box.report).toMatchObject({ phase: 'backup', refused: '192.0.2.1' });
    expect(box.news.flatMap((news) => (news.kind === 'note' ? [news.note.what] : []))).toEqual(['refused']);
    run(5000);
    expect(box.differences).toMatchObject([{ what: 'foreign', sender: '192.0.2.1', heard: '192.0.2.99' }]);
  });

  describe('what other routers do differently', () => {
    const source = 'c0000209';
    /** Heard every half second for six seconds, by a box that is alone; its differences as `what heard`. */
    function differences(parts: VrrpParts, set: Partial<ElectionSettings> = {}): string[] {
      const [box] = pair();
      lan = [box];
      box.set(set);
      run(1000, [box]);
      for (let i = 0; i < 14; i++) {
        box.inbox.push(vrrpFrame({ source, virtualRouterId: group, priority: 1, ...parts }));
        run(500, [box]);
      }
      return (box.differences ?? []).map(({ what, sender, heard }) => `${what} ${sender} ${heard}`.trim());
    }
    const ours = [{ group, priority: 254, isPinned: true, order: null }];
    const paired = { groups: ours, addresses: ['192.0.2.10'] };
    const own = 'c000020a';

    test.each([
      ['the same as ours', { list: own }, paired, []],
      ['a box of ours', {}, { boxes: ['192.0.2.9'] }, []],
      ['no hello', {}, {}, ['stranger 192.0.2.9 1']],
      ['no hello, and priority 255', { priority: 255 }, {}, ['owner 192.0.2.9 255', 'stranger 192.0.2.9 255']],
      [
        'version 2 with a password',
        { version: 2, interval: 0x0101 },
        paired,
        ['version 192.0.2.9 2 with authentication type 1'],
      ],
      ['another TTL', { ttl: 64 }, paired, ['ttl 192.0.2.9 64']],
      ['a wrong checksum', { wrong: 1 }, paired, ['checksum 192.0.2.9']],
      ['an interval of zero', { interval: 0, list: own }, paired, ['interval_zero 192.0.2.9']],
      ['no address', { list: '' }, paired, ['malformed 192.0.2.9']],
      ['another interval', { interval: 100, list: own }, paired, ['interval 192.0.2.9 1000']],
      ['another list', { list: 'c000020b' }, paired, ['addresses 192.0.2.9 192.0.2.11']],
      ['the same priority', { list: own, priority: 254 }, paired, ['priority 192.0.2.9 254']],
      ['not among the peers', {}, { peers: ['192.0.2.3'] }, ['not_peer 192.0.2.9']],
      ['to this box alone', { destination: 'c0000201' }, paired, ['destination 192.0.2.9']],
      ['our own address', { source: 'c0000201' }, paired, ['own_address 192.0.2.1 1']],
      ['another id with our address', { virtualRouterId: 7, list: own }, paired, ['other_id 192.0.2.9 192.0.2.10']],
      ['another id with another address', { virtualRouterId: 7, list: 'c000020b' }, paired, []],
      ['another id in version 2', { virtualRouterId: 7, version: 2 }, paired, []],
      [
        'the checksum that we are told not to send',
        { list: own },
        { ...paired, checksum: 'rfc9568' },
        ['checksum_form 192.0.2.9 pseudo'],
      ],
      ['a goodbye', { priority: 0, list: 'c000020b' }, paired, []],
    ] satisfies [string, VrrpParts, Partial<ElectionSettings>, string[]][])('%s', (_, parts, set, expected) => {
      expect(differences(parts, set)).toEqual(expected);
    });

    test('IPv6 has one form of checksum: `checksum: rfc9568` finds no fault with it', () => {
      const settings = { sourceIPv6: 'fe80::1', checksum: 'rfc9568' as const, addresses: ['fe80::33'] };
      const groups = [{ group: 256 + group, priority: 254, isPinned: true, order: null }];
      const list = 'fe800000000000000000000000000033';
      const parts = { family: 6, source: 'fe800000000000000000000000000009', list } as const;
      expect(differences(parts, { ...settings, groups })).toEqual([]);
    });

    test('every advertisement is counted by what became of it', () => {
      const [box] = pair();
      lan = [box];
      run(1000, [box]);
      for (const parts of [{}, {}, { ttl: 1 }, { version: 2 }, { virtualRouterId: 7 }] as const) {
        box.inbox.push(vrrpFrame({ source, virtualRouterId: group, priority: 1, ...parts }));
      }
      run(100, [box]);
      expect(readAdvertisements(box.gauges)).toEqual({ accepted: 2, ttl: 1, version: 1, elsewhere: 1 });
    });
  });
});
