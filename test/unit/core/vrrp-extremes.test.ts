// Timers and priorities at the ends of their ranges, clocks that jump and wrap.
// Read RFC 9568 §6.1 and RFC 9568 §6.4 before changing this file.
import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { activeDownMs, pauseLimitMs, skewMs, type VrrpSettings } from '#core/vrrp-state.ts';
import { GroupLeases } from '#table/group-leases.ts';
import { createTable } from '#table/layout.ts';
import { TableReader } from '#table/table-reader.ts';
import { TableWriter } from '#table/table-writer.ts';
import { named, VrrpRoom } from '../../support/vrrp-room.ts';

/** 12 bits of centiseconds (RFC 9568 §5.2.7). */
const interval = fc.oneof(
  fc.constantFrom(10, 20, 100, 1000, 40_950),
  fc.integer({ min: 1, max: 4095 }).map((centiseconds) => centiseconds * 10),
);
/** Of a router that does not own the addresses (RFC 9568 §5.2.4). */
const priority = fc.oneof(fc.constantFrom(1, 2, 100, 253, 254), fc.integer({ min: 1, max: 254 }));
/** Up for a moment, for weeks, for years: 32 bits have wrapped, and a double is still exact. */
const uptime = fc.constantFrom(0, 1, 2 ** 31 - 50, 2 ** 31, 2 ** 32 - 50, 2 ** 32, 2 ** 40);
const longest = { maxLearnedIntervalMs: 40_950 };

function room(settings: Partial<VrrpSettings>, nowMs: number): VrrpRoom {
  const made = new VrrpRoom({ ...longest, ...settings });
  made.nowMs += nowMs;
  return made;
}

describe('Skew_Time and Active_Down_Interval (RFC 9568 §6.1)', () => {
  test('grow with the interval and fall with the priority; a take-over takes three to four intervals', () => {
    fc.assert(
      fc.property(interval, priority, (intervalMs, own) => {
        expect(skewMs(own, intervalMs)).toBeGreaterThan(skewMs(own + 1, intervalMs));
        expect(activeDownMs(own, intervalMs)).toBeGreaterThan(3 * intervalMs);
        expect(activeDownMs(own, intervalMs)).toBeLessThan(4 * intervalMs);
      }),
    );
    expect([skewMs(255, 10), skewMs(1, 40_950)]).toEqual([10 / 256, (40_950 * 255) / 256]);
  });
});

describe('Initialize (RFC 9568 §6.4.1)', () => {
  test('an owner leads at once, everybody else after one Active_Down_Interval, at any time', () => {
    fc.assert(
      fc.property(interval, priority, uptime, (intervalMs, own, nowMs) => {
        expect(named(room({ priority: 255, intervalMs }, nowMs).do('start'))).toEqual(['advertise 255', 'lead owner']);
        const other = room({ priority: own, intervalMs }, nowMs);
        const startMs = other.nowMs;
        expect(other.do('start')).toEqual([]);
        const [[atMs] = [0]] = other.pass(5 * intervalMs);
        expect(atMs - startMs).toBeCloseTo(activeDownMs(own, intervalMs), 2);
      }),
    );
  });
});

describe('Backup (RFC 9568 §6.4.2)', () => {
  test('is led for as long as it hears one advertisement of three, and leads when it hears none', () => {
    fc.assert(
      fc.property(interval, priority, priority, uptime, (intervalMs, own, leader, nowMs) => {
        const backup = room({ priority: own, intervalMs }, nowMs);
        backup.do('start');
        for (let i = 0; i < 5; i++) {
          backup.hear(leader, { intervalMs });
          expect(backup.pass(3 * intervalMs)).toEqual([]);
        }
        backup.hear(leader, { intervalMs });
        const heardMs = backup.nowMs;
        const [[atMs] = [0]] = backup.pass(4 * intervalMs);
        expect(atMs - heardMs).toBeCloseTo(activeDownMs(own, intervalMs), 2);
      }),
    );
  });

  test('learns the interval of a slower or faster leader, and waits by that one alone', () => {
    fc.assert(
      fc.property(interval, interval, priority, (own, theirs, leader) => {
        const backup = room({ priority: 100, intervalMs: own }, 0).following(leader);
        backup.hear(leader, { intervalMs: theirs });
        expect(backup.state.dueMs - backup.nowMs).toBeCloseTo(activeDownMs(100, theirs), 5);
      }),
    );
  });

  test('a goodbye: takes over after its skew, which is less than an interval', () => {
    fc.assert(
      fc.property(interval, priority, (intervalMs, own) => {
        const backup = room({ priority: own, intervalMs }, 0);
        backup.do('start');
        backup.hear(200, { intervalMs });
        backup.hear(0, { intervalMs });
        expect(backup.state.dueMs - backup.nowMs).toBeCloseTo(skewMs(own, intervalMs), 5);
      }),
    );
  });
});

describe('Active (RFC 9568 §6.4.3)', () => {
  test('advertises every interval, without drift', () => {
    fc.assert(
      fc.property(interval, priority, uptime, (intervalMs, own, nowMs) => {
        const leader = room({ priority: own, intervalMs }, nowMs).leading();
        const startMs = leader.nowMs;
        const sent = leader.pass(100 * intervalMs);
        expect(sent.length).toBe(100);
        expect((sent.at(-1)?.[0] ?? 0) - startMs).toBeCloseTo(100 * intervalMs, 1);
      }),
      { numRuns: 50 },
    );
  });

  test('exactly one of two leaders gives way, whichever hears the other first', () => {
    fc.assert(
      fc.property(priority, priority, fc.boolean(), (one, other, isGreater) => {
        const [address, sender] = isGreater ? [70n, 60n] : [60n, 70n];
        const a = new VrrpRoom({ priority: one, address }).leading();
        const b = new VrrpRoom({ priority: other, address: sender }).leading();
        a.hear(other, { sender });
        b.hear(one, { sender: address });
        expect([a, b].filter(({ state }) => state.phase === 'active')).toHaveLength(1);
        const wins = one > other || (one === other && isGreater);
        expect(a.state.phase === 'active').toBe(wins);
      }),
    );
  });

  test('an owner gives way to nobody but an owner with a greater address', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 255 }), fc.constantFrom(1n, 60n, 2n ** 127n), (theirs, sender) => {
        const owner = new VrrpRoom({ priority: 255 });
        owner.do('start');
        owner.hear(theirs, { sender });
        expect(owner.state.phase === 'backup').toBe(theirs === 255 && sender > owner.state.settings.address);
      }),
    );
  });
});

describe('clocks', () => {
  test('a jump beyond the limit is a pause, whatever comes first; within it, it is a late turn', () => {
    fc.assert(
      fc.property(interval, uptime, fc.integer({ min: 1, max: 10_000_000 }), (intervalMs, nowMs, jumpMs) => {
        for (const kind of ['timer', 'advertisement'] as const) {
          const leader = room({ intervalMs }, nowMs).leading();
          const lateMs = jumpMs - intervalMs;
          leader.nowMs += jumpMs;
          const effects = kind === 'timer' ? leader.event({ kind }) : leader.hear(1, { intervalMs });
          const isPause = lateMs > pauseLimitMs(leader.state);
          expect(named(effects).includes('yield paused')).toBe(isPause);
          expect(leader.state.phase).toBe(isPause ? 'backup' : 'active');
          if (isPause) expect(named(effects).filter((name) => name.startsWith('advertise'))).toEqual([]);
        }
      }),
    );
  });

  test('the lease of a leader ends when it should where 32 bits wrap', () => {
    fc.assert(
      fc.property(uptime, fc.integer({ min: 1, max: 120_000 }), (nowMs, forMs) => {
        const table = createTable(4);
        new TableWriter(table).put({ address: { family: 'IPv4', value: 0xc000020an }, group: 7, generation: 1 });
        const reader = new TableReader(table);
        new GroupLeases(table).lead(7, (nowMs + forMs) >>> 0);
        const isLive = (atMs: number) => reader.findIPv4(0xc000020a, atMs >>> 0) >= 0;
        // Rounded down by the bit that says "active".
        expect(isLive(nowMs + forMs - 2)).toBe(true);
        expect(isLive(nowMs + forMs)).toBe(false);
        expect(isLive(nowMs + forMs + 2 ** 30)).toBe(false);
      }),
    );
  });
});
