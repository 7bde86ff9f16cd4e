import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { stepVrrp } from '#core/vrrp.ts';
import {
  activeDownMs,
  isAnswering,
  pauseLimitMs,
  skewMs,
  type VrrpEffect,
  type VrrpEvent,
  wasPaused,
} from '#core/vrrp-state.ts';
import { named, plainSettings, VrrpRoom } from '../../support/vrrp-room.ts';

/** Of priority 200 at 100 ms: 300 + 56/256 × 100. */
const down = 321.875;

describe('timers (V-6)', () => {
  test('skew and down interval by the formulas', () => {
    expect(skewMs(254, 100)).toBe(0.78125);
    expect(skewMs(1, 1000)).toBe(996.09375);
    expect(activeDownMs(200, 100)).toBe(down);
    expect(activeDownMs(100, 1000)).toBe(3609.375);
  });
  test('a pause: three intervals since the last advertisement, and a quarter of a second at least', () => {
    expect(pauseLimitMs(new VrrpRoom().state)).toBe(200);
    expect(pauseLimitMs(new VrrpRoom({ intervalMs: 1000 }).state)).toBe(2000);
    expect(pauseLimitMs(new VrrpRoom({ intervalMs: 10 }).state)).toBe(240);
  });
});

describe('Initialize (V-7, V-15)', () => {
  test('listens for one down interval, then advertises and leads, provisionally', () => {
    const room = new VrrpRoom();
    expect(room.do('start')).toEqual([]);
    expect(room.state).toMatchObject({ phase: 'backup', dueMs: 1000 + down });
    expect(room.pass(down - 1)).toEqual([]);
    const seen = room.pass(1);
    expect(named(seen.map(([, effect]) => effect))).toEqual(['advertise 200', 'lead start']);
    expect(room.state).toMatchObject({ phase: 'active', term: 1, provisionalUntilMs: 1000 + down + 30_000 });
  });
  test('an owner leads at once', () => {
    const room = new VrrpRoom({ priority: 255 });
    expect(named(room.do('start'))).toEqual(['advertise 255', 'lead owner']);
  });
  test('hears nothing, sends nothing, whatever happens before the start', () => {
    const room = new VrrpRoom();
    for (const effects of [
      room.hear(1),
      room.hear(0),
      room.do('heard_claim'),
      room.do('resumed'),
      room.do('release'),
    ]) {
      expect(effects).toEqual([]);
    }
    expect(room.event({ kind: 'take', from: 60n })).toEqual([]);
    expect(room.pass(100_000)).toEqual([]);
  });
});

describe('Backup (V-8, V-9)', () => {
  test('every advertisement of the leader starts the timer again', () => {
    const room = new VrrpRoom().following(250);
    for (let i = 0; i < 20; i++) {
      expect(room.pass(300)).toEqual([]);
      expect(named(room.hear(250))).toEqual([]);
    }
    expect(room.state).toMatchObject({ phase: 'backup', term: 1, leader: { address: 60n, priority: 250 } });
  });
  test('silence: advertises first, then leads, and says who led and when it was last heard', () => {
    const room = new VrrpRoom().following(250);
    const [first, second] = room.pass(down).map(([, effect]) => effect);
    expect(first).toEqual({ kind: 'advertise', priority: 200 });
    expect(second).toMatchObject({ kind: 'lead', cause: 'silence', from: { address: 60n, lastHeardMs: 1000 } });
    expect(room.state).toMatchObject({ phase: 'active', term: 2, provisionalUntilMs: 0 });
  });
  test('a goodbye shortens the wait to the skew, and a second one does not put it off', () => {
    const room = new VrrpRoom().following(250);
    room.pass(50);
    room.hear(0);
    expect(room.state.dueMs).toBe(1050 + 21.875);
    room.pass(10);
    room.hear(0);
    expect(room.state.dueMs).toBe(1050 + 21.875);
    expect(named(room.pass(12).map(([, effect]) => effect))).toEqual(['advertise 200', 'lead goodbye']);
  });
  test('a goodbye of a box that leads no more changes nothing', () => {
    const room = new VrrpRoom().following(250);
    room.hear(0, { sender: 70n });
    expect(room.state.dueMs).toBe(1000 + down);
  });
  test('a goodbye while nobody is heard to lead is heeded', () => {
    const room = new VrrpRoom();
    room.do('start');
    room.hear(0, { sender: 70n });
    expect(room.state.dueMs).toBe(1000 + 21.875);
  });
  test('a lower priority is followed without preemption (sticky)', () => {
    const room = new VrrpRoom().following(1);
    for (let i = 0; i < 100; i++) {
      expect(room.pass(200)).toEqual([]);
      room.hear(1);
    }
    expect(room.state.phase).toBe('backup');
  });
  test('with preemption it is discarded once we have been healthy for the delay, counted from the start', () => {
    const room = new VrrpRoom({ preempt: true, preemptDelayMs: 5000 }).following(100);
    const seen: (readonly [number, VrrpEffect])[] = [];
    for (let i = 0; i < 100 && room.state.phase === 'backup'; i++) {
      seen.push(...room.pass(100));
      if (room.state.phase === 'backup') room.hear(100);
    }
    expect(named(seen.map(([, effect]) => effect))).toEqual(['advertise 200', 'lead preempt']);
    expect(room.nowMs - 1000).toBeGreaterThanOrEqual(5000);
    expect(room.nowMs - 1000).toBeLessThan(5000 + down + 100);
  });
  test('with preemption an equal or higher priority is followed', () => {
    for (const priority of [200, 201]) {
      const room = new VrrpRoom({ preempt: true, preemptDelayMs: 0 }).following(priority);
      for (let i = 0; i < 20; i++) {
        expect(room.pass(200)).toEqual([]);
        room.hear(priority);
      }
    }
  });
  test('learns the interval of the leader, never above the limit (V-6)', () => {
    const room = new VrrpRoom({ maxLearnedIntervalMs: 2000 }).following(250);
    room.hear(250, { intervalMs: 1000 });
    expect(room.state.dueMs).toBe(1000 + 3218.75);
    room.hear(250, { intervalMs: 40_950 });
    expect(room.state.dueMs).toBe(1000 + 6437.5);
  });
  test('of two leaders it names the better one, until that one is silent', () => {
    const room = new VrrpRoom().following(250);
    room.hear(220, { sender: 70n });
    expect(room.state).toMatchObject({ leader: { address: 60n }, term: 1 });
    room.hear(252, { sender: 80n });
    expect(room.state).toMatchObject({ leader: { address: 80n }, term: 2 });
    room.pass(300);
    room.hear(220, { sender: 70n });
    room.pass(100);
    room.hear(220, { sender: 70n });
    expect(room.state).toMatchObject({ leader: { address: 70n }, term: 3 });
  });
  test('stop and release end it without a word (§6.4.2)', () => {
    for (const kind of ['stop', 'release'] as const) {
      const room = new VrrpRoom().following(250);
      expect(room.do(kind)).toEqual([]);
      expect(room.state).toMatchObject({ phase: 'initialize', leader: null });
      expect(room.pass(10_000)).toEqual([]);
    }
  });
});

describe('Active (V-10)', () => {
  test('advertises once per interval, and a late turn does not shift the next ones', () => {
    const room = new VrrpRoom().leading();
    const first = room.nowMs;
    expect(room.pass(1000).map(([ms]) => ms - first)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((i) => i * 100));
    room.nowMs += 108;
    room.event({ kind: 'timer' });
    expect(room.state.dueMs - first).toBe(1200);
    room.nowMs += 250;
    room.event({ kind: 'timer' });
    expect(room.state.dueMs).toBe(room.nowMs + 100);
  });
  test('gives way to a higher priority, and to an equal one with a greater address', () => {
    for (const [priority, sender] of [
      [201, 1n],
      [200, 51n],
    ] as const) {
      const room = new VrrpRoom().leading();
      expect(room.hear(priority, { sender, intervalMs: 1000 })).toMatchObject([
        // A last word, so that the winner knows that others believed in us.
        { kind: 'advertise', priority: 200 },
        { kind: 'yield', cause: 'outranked', to: sender },
      ]);
      expect(room.state).toMatchObject({ phase: 'backup', dueMs: room.nowMs + 3218.75, leader: { address: sender } });
    }
  });
  test('addresses are compared as numbers of 128 bits', () => {
    const address = 0xfe80_0000_0000_0000_0000_0000_0000_0002n;
    const room = new VrrpRoom({ address }).leading();
    expect(named(room.hear(200, { sender: address - 1n }))).not.toContain('yield outranked');
    expect(named(room.hear(200, { sender: address + 1n }))).toContain('yield outranked');
  });
  test('answers a losing advertisement with one of its own at once, and announces again', () => {
    const room = new VrrpRoom().leading();
    room.pass(1050);
    expect(named(room.hear(199))).toEqual(['advertise 200', 'reannounce']);
    expect(room.state).toMatchObject({ phase: 'active', dueMs: room.nowMs + 100 });
  });
  test('does not announce again while the burst of its own take-over goes on', () => {
    const room = new VrrpRoom().leading();
    room.pass(950);
    expect(named(room.hear(199))).toEqual(['advertise 200']);
    expect(named(room.do('heard_claim'))).toEqual([]);
  });
  test('announces again once in 5 s at most, whoever loses', () => {
    const room = new VrrpRoom().leading();
    room.pass(1000);
    let count = 0;
    for (let i = 0; i < 49; i++) {
      room.pass(100);
      count += named(room.hear(199, { sender: BigInt(i) })).filter((name) => name === 'reannounce').length;
    }
    expect(count).toBe(1);
    // What was not allowed is made up for as soon as it is.
    expect(named(room.pass(401).map(([, effect]) => effect)).filter((name) => name === 'reannounce')).toHaveLength(1);
    expect(named(room.pass(20_000).map(([, effect]) => effect))).not.toContain('reannounce');
  });
  test('a goodbye is answered at once', () => {
    const room = new VrrpRoom().leading();
    room.pass(50);
    expect(named(room.hear(0))).toEqual(['advertise 200']);
  });
  test('two that both believe to win do not answer each other without a pause', () => {
    const room = new VrrpRoom().leading();
    room.pass(50);
    let sent = 0;
    for (let i = 0; i < 100; i++) sent += named(room.hear(199)).filter((name) => name === 'advertise 200').length;
    expect(sent).toBe(1);
  });
  test('another router with our own address decides nothing', () => {
    const room = new VrrpRoom().leading();
    expect(room.hear(254, { sender: 50n })).toEqual([]);
    expect(room.state.phase).toBe('active');
  });
  test('the winner of a split announces again when a known box claims an address (G-6)', () => {
    const room = new VrrpRoom().leading();
    room.pass(1000);
    expect(named(room.do('heard_claim'))).toEqual(['reannounce']);
    expect(named(room.do('heard_claim'))).toEqual([]);
    const later = named(room.pass(10_000).map(([, effect]) => effect));
    expect(later.filter((name) => name === 'reannounce')).toHaveLength(1);
  });
  test('stop: silent at once, nothing is sent', () => {
    const room = new VrrpRoom().leading();
    expect(named(room.do('stop'))).toEqual(['yield stopped']);
    expect(room.pass(10_000)).toEqual([]);
  });
});

describe('a peer that does not hear us (E-20)', () => {
  /** Losing advertisements every 100 ms until we yield; how many milliseconds that took. */
  function yieldsAfter(room: VrrpRoom): number {
    const from = room.nowMs;
    while (room.state.phase === 'active' && room.nowMs < from + 10_000) {
      room.hear(100);
      room.pass(100);
    }
    return room.nowMs - from;
  }
  test('one owner: we yield after the down interval of the peer, not before', () => {
    const room = new VrrpRoom().leading();
    const took = yieldsAfter(room);
    expect(room.state).toMatchObject({ phase: 'backup', deaf: 60n, leader: { address: 60n, priority: 100 } });
    expect(took).toBeGreaterThanOrEqual(activeDownMs(100, 100));
    expect(took).toBeLessThanOrEqual(600);
  });
  test('no preemption back while it leads; from another leader there is', () => {
    const room = new VrrpRoom({ preempt: true, preemptDelayMs: 0 }).leading();
    yieldsAfter(room);
    for (let i = 0; i < 50; i++) {
      expect(room.pass(100)).toEqual([]);
      room.hear(100);
    }
    room.hear(0);
    expect(room.state.deaf).toBeNull();
    room.hear(110, { sender: 61n });
    expect(named(room.pass(400).map(([, effect]) => effect))).toContain('lead preempt');
  });
  test('a few lost answers are no proof: a peer that falls silent in time is forgotten', () => {
    const room = new VrrpRoom().leading();
    for (let i = 0; i < 20; i++) {
      room.hear(100);
      room.pass(100);
      room.hear(100);
      room.pass(1000);
    }
    expect(room.state.phase).toBe('active');
  });
  test('another one that said a last word meanwhile does not put it off', () => {
    const room = new VrrpRoom().leading();
    room.hear(100, { sender: 70n });
    room.pass(100);
    expect(yieldsAfter(room)).toBeLessThanOrEqual(600);
    expect(room.state.deaf).toBe(60n);
  });
  test('nothing is concluded while nothing of ours was sent', () => {
    const room = new VrrpRoom({ intervalMs: 10_000 }).leading();
    // Asserting at once counts as sending, but not more often than every 20 ms.
    for (let i = 0; i < 3; i++) room.hear(100);
    expect(room.state.phase).toBe('active');
  });
});

describe('leaving', () => {
  test('release: says goodbye and answers until the successor is heard (V-11, E-18)', () => {
    const room = new VrrpRoom().leading();
    expect(named(room.do('release'))).toEqual(['advertise 0']);
    expect(isAnswering(room.state)).toBe(true);
    expect(named(room.pass(30).map(([, effect]) => effect))).toEqual([]);
    expect(room.hear(100)).toEqual([{ kind: 'yield', cause: 'handed_over', to: 60n }]);
    expect(room.state).toMatchObject({ phase: 'initialize', term: 2 });
  });
  test('a successor of another make answers later than it advertises: we answer for another 100 ms, without a word', () => {
    const room = new VrrpRoom().leading();
    room.do('release');
    const at = room.nowMs;
    expect(room.hear(100, { answersLate: true })).toEqual([]);
    expect(isAnswering(room.state)).toBe(true);
    room.pass(50);
    // What it says again puts nothing off, and nobody takes the group back meanwhile.
    expect(room.hear(100, { answersLate: true })).toEqual([]);
    expect(room.do('start')).toEqual([]);
    expect(room.pass(5000)).toEqual([[at + 100, { kind: 'yield', cause: 'handed_over', to: 60n }]]);
  });
  test('a successor that answers late gives no more time than a second in all', () => {
    const room = new VrrpRoom().leading();
    room.do('release');
    const at = room.nowMs;
    room.pass(950);
    room.hear(100, { answersLate: true });
    expect(room.pass(5000)).toEqual([[at + 1000, { kind: 'yield', cause: 'handed_over', to: 60n }]]);
  });
  test('a claim of a known box ends it too', () => {
    const room = new VrrpRoom().leading();
    room.do('release');
    expect(room.do('heard_claim')).toEqual([{ kind: 'yield', cause: 'handed_over', to: null }]);
  });
  test('one second at most', () => {
    const room = new VrrpRoom().leading();
    room.do('release');
    room.do('release');
    const at = room.nowMs;
    expect(room.pass(5000)).toEqual([[at + 1000, { kind: 'yield', cause: 'released', to: null }]]);
  });
  test('goodbyes of others do not end it', () => {
    const room = new VrrpRoom().leading();
    room.do('release');
    expect(room.hear(0)).toEqual([]);
    expect(room.state.phase).toBe('leaving');
  });
  test('a candidate again before anybody was heard: goes on as leader', () => {
    const room = new VrrpRoom().leading();
    room.do('release');
    expect(named(room.do('start'))).toEqual(['advertise 200']);
    expect(room.state).toMatchObject({ phase: 'active', term: 1 });
    expect(room.pass(100)).toHaveLength(1);
  });
  test('stop while leaving: silent at once', () => {
    const room = new VrrpRoom().leading();
    room.do('release');
    expect(named(room.do('stop'))).toEqual(['yield stopped']);
  });
});

describe('handover on request', () => {
  test('no goodbye: goes on advertising, and yields to any advertisement, also of a lower priority', () => {
    const room = new VrrpRoom().leading();
    expect(room.do('handover')).toEqual([]);
    expect(named(room.pass(250).map(([, effect]) => effect))).toEqual(['advertise 200', 'advertise 200']);
    expect(room.hear(1)).toEqual([{ kind: 'yield', cause: 'handed_over', to: 60n }]);
    expect(room.state).toMatchObject({ phase: 'backup', leader: { address: 60n, priority: 1 } });
  });
  test('fails after a second in which nobody took over: the old leader leads on', () => {
    const room = new VrrpRoom().leading();
    room.do('handover');
    const seen = room.pass(1050);
    expect(seen.filter(([, { kind }]) => kind === 'handover_failed')).toHaveLength(1);
    expect(room.state).toMatchObject({ phase: 'active', term: 1 });
    expect(room.pass(1000)).toHaveLength(10);
  });
  test('fails: what the first choice may still have stays provisional, for it to be offered again', () => {
    const room = new VrrpRoom().leading();
    const { provisionalUntilMs } = room.state;
    room.do('handover');
    room.pass(1050);
    expect(room.state).toMatchObject({ phase: 'active', provisionalUntilMs });
    room.do('handover');
    room.hear(1);
    expect(room.state).toMatchObject({ phase: 'backup', provisionalUntilMs: 0 });
  });
  test('whoever was replaced does not preempt its successor before it has been healthy for the delay again', () => {
    const room = new VrrpRoom({ preempt: true, preemptDelayMs: 5000 }).leading();
    room.pass(20_000);
    room.do('handover');
    room.hear(1);
    for (let i = 0; i < 40; i++) {
      expect(room.pass(100)).toEqual([]);
      room.hear(1);
    }
  });
  test('a shutdown meanwhile turns it into a goodbye', () => {
    const room = new VrrpRoom().leading();
    room.do('handover');
    expect(named(room.do('release'))).toEqual(['advertise 0']);
    expect(named(room.pass(2000).map(([, effect]) => effect))).toEqual(['yield released']);
  });
  test('take: leads at once, not provisionally, and the box that was told to leave does not outrank it', () => {
    const room = new VrrpRoom().following(250);
    expect(named(room.event({ kind: 'take', from: 60n }))).toEqual(['advertise 200', 'lead take']);
    expect(room.state.provisionalUntilMs).toBe(0);
    room.pass(50);
    expect(named(room.hear(250))).toEqual(['advertise 200']);
    expect(room.state.phase).toBe('active');
    // The order never arrived, or the old leader stayed: after a second the standard's rule is back.
    room.pass(951);
    expect(named(room.hear(250))).toEqual(['advertise 200', 'yield outranked']);
  });
  test('take: what the giver had provisionally is provisional here, for as long as it says, never longer than at a start', () => {
    const room = new VrrpRoom().following(250);
    room.event({ kind: 'take', from: 60n, provisionalMs: 20_000 });
    expect(room.state.provisionalUntilMs).toBe(room.nowMs + 20_000);
    const other = new VrrpRoom().following(250);
    other.event({ kind: 'take', from: 60n, provisionalMs: 1e9 });
    expect(other.state.provisionalUntilMs).toBe(other.nowMs + 30_000);
  });
  test('take: a third box that outranks us counts as ever', () => {
    const room = new VrrpRoom().following(250);
    room.event({ kind: 'take', from: 60n });
    expect(named(room.hear(251, { sender: 70n }))).toEqual(['advertise 200', 'yield outranked']);
  });
  test('take from whomever we hear', () => {
    const room = new VrrpRoom().following(250);
    expect(named(room.event({ kind: 'take', from: null }))).toEqual(['advertise 200', 'lead take']);
    room.pass(50);
    expect(named(room.hear(250))).toEqual(['advertise 200']);
    expect(room.event({ kind: 'take', from: null })).toEqual([]);
  });
  test('an order is void when the leader is not heard: it is an old one, or we are cut off', () => {
    const silent = new VrrpRoom();
    silent.do('start');
    expect(silent.event({ kind: 'take', from: 60n })).toEqual([]);
    const late = new VrrpRoom().following(250);
    late.nowMs += 3000;
    late.do('resumed');
    expect(late.event({ kind: 'take', from: 60n })).toEqual([]);
    const abandoned = new VrrpRoom().following(250);
    abandoned.hear(0);
    expect(abandoned.event({ kind: 'take', from: 60n })).toEqual([]);
  });
});

describe('pauses (E-17)', () => {
  test('a leader is silent and listens for one down interval before it sends anything', () => {
    const room = new VrrpRoom().leading();
    room.nowMs += 5000;
    expect(named(room.do('resumed'))).toEqual(['yield paused']);
    expect(room.pass(down - 1)).toEqual([]);
    expect(named(room.pass(1).map(([, effect]) => effect))).toEqual(['advertise 200', 'lead silence']);
  });
  test('nobody has to tell: a timer or a frame that comes too late shows it', () => {
    for (const event of [{ kind: 'timer' }, { kind: 'heard_claim' }] as const) {
      const room = new VrrpRoom().leading();
      room.nowMs = room.state.dueMs + pauseLimitMs(room.state);
      expect(wasPaused(room.state, room.nowMs)).toBe(false);
      room.nowMs += 1;
      expect(named(room.event(event))).toEqual(['yield paused']);
      expect(room.state.dueMs).toBe(room.nowMs + down);
    }
  });
  test('a backup listens anew instead of taking over', () => {
    const room = new VrrpRoom().following(250);
    room.nowMs += 5000;
    room.do('resumed');
    expect(room.event({ kind: 'timer' })).toEqual([]);
    expect(room.state.dueMs).toBe(room.nowMs + down);
  });
  test('a backup that would preempt in a moment, and must not any more, waits for silence', () => {
    for (const change of [{ preempt: false }, { priority: 100 }]) {
      const room = new VrrpRoom({ preempt: true, preemptDelayMs: 0 }).following(100);
      room.pass(100);
      room.hear(100);
      room.pass(100);
      room.hear(100);
      expect(room.state.awaits).toBe('preempt');
      room.event({ kind: 'settings', settings: { ...room.state.settings, ...change } });
      expect(room.pass(250)).toEqual([]);
      expect(room.pass(200).map(([, effect]) => effect)).toContainEqual(
        expect.objectContaining({ kind: 'lead', cause: 'silence' }),
      );
    }
  });

  test('a successor gives way to the one it replaced when that leads again, however long its intervals are', () => {
    const room = new VrrpRoom().following(220);
    room.hear(220, { intervalMs: 200 });
    room.event({ kind: 'take', from: 60n });
    room.pass(20);
    room.hear(220, { intervalMs: 200 });
    expect(room.state.phase).toBe('active');
    // It has learned our 100 ms, and takes over again after three of them.
    room.pass(305);
    expect(named(room.hear(220, { intervalMs: 200 }))).toContain('yield outranked');
  });

  test('a backup that stood still just before it would have preempted says why it leads: the leader is silent', () => {
    const room = new VrrpRoom({ preempt: true, preemptDelayMs: 0 }).following(100);
    room.nowMs += 10;
    room.hear(100);
    room.nowMs += 5000;
    room.do('resumed');
    const [, led] = room.pass(400).map(([, effect]) => effect);
    expect(led).toMatchObject({ kind: 'lead', cause: 'silence' });
  });

  test('a leaving box has left', () => {
    const room = new VrrpRoom().leading();
    room.do('release');
    room.nowMs += 5000;
    expect(named(room.do('resumed'))).toEqual(['yield released']);
    expect(room.state.phase).toBe('initialize');
  });
});

describe('foreign virtual routers', () => {
  test('at start: the group is refused and told about, until the other is gone for a minute', () => {
    const room = new VrrpRoom();
    room.do('start');
    expect(room.hear(100, { isForeign: true })).toEqual([]);
    expect(room.pass(down).map(([, effect]) => effect)).toEqual([{ kind: 'refused', sender: 60n }]);
    expect(room.state).toMatchObject({ phase: 'backup', isRefused: true });
    expect(room.pass(59_000)).toEqual([]);
    expect(named(room.pass(1000).map(([, effect]) => effect)).slice(0, 2)).toEqual(['advertise 200', 'lead start']);
  });
  test('one that turns up where a box of ours leads is told about, and we take over from ours all the same', () => {
    const room = new VrrpRoom().following(250);
    room.hear(100, { sender: 70n, isForeign: true });
    expect(named(room.pass(down).map(([, effect]) => effect))).toEqual(['advertise 200', 'lead silence']);
  });
  test('a leader neither yields to one nor answers it, whatever its priority', () => {
    const room = new VrrpRoom().leading();
    expect(room.hear(255, { isForeign: true })).toEqual([]);
    room.do('release');
    expect(room.hear(255, { isForeign: true })).toEqual([]);
    expect(room.state.phase).toBe('leaving');
  });
});

describe('new settings', () => {
  test('a backup waits as long as it would have from the beginning', () => {
    const room = new VrrpRoom().following(250);
    room.pass(100);
    room.event({ kind: 'settings', settings: { ...plainSettings, priority: 100 } });
    expect(room.state.dueMs).toBe(1000 + activeDownMs(100, 100));
  });
  test('a leader with a shorter interval does not wait for the longer one', () => {
    const room = new VrrpRoom({ intervalMs: 1000 }).leading();
    room.event({ kind: 'settings', settings: plainSettings });
    expect(room.state.dueMs).toBe(room.nowMs + 100);
  });
  test('a leader with a longer interval says so before the backups lose their patience', () => {
    const room = new VrrpRoom().leading();
    room.pass(50);
    expect(named(room.event({ kind: 'settings', settings: { ...plainSettings, intervalMs: 1000 } }))).toEqual([
      'advertise 200',
    ]);
    expect(room.state.dueMs).toBe(room.nowMs + 1000);
  });
  test('a leader goes on leading and advertises its new priority', () => {
    const room = new VrrpRoom().leading();
    room.event({ kind: 'settings', settings: { ...plainSettings, priority: 10 } });
    expect(named(room.pass(100).map(([, effect]) => effect))).toEqual(['advertise 10']);
  });
});

describe('any sequence of events', () => {
  const event: fc.Arbitrary<VrrpEvent> = fc.oneof(
    { weight: 3, arbitrary: fc.constant<VrrpEvent>({ kind: 'timer' }) },
    {
      weight: 5,
      arbitrary: fc.record({
        kind: fc.constant('advertisement' as const),
        priority: fc.constantFrom(0, 1, 100, 200, 201, 255),
        intervalMs: fc.constantFrom(10, 100, 1000, 40_950),
        sender: fc.constantFrom(1n, 50n, 60n, 70n),
        isForeign: fc.boolean(),
      }),
    },
    fc.constantFrom<VrrpEvent[]>(
      { kind: 'start' },
      { kind: 'stop' },
      { kind: 'release' },
      { kind: 'handover' },
      { kind: 'take', from: 60n },
      { kind: 'take', from: null },
      { kind: 'heard_claim' },
      { kind: 'resumed' },
      { kind: 'settings', settings: { ...plainSettings, preempt: true, preemptDelayMs: 0 } },
      { kind: 'settings', settings: { ...plainSettings, priority: 255, intervalMs: 10 } },
    ),
  );
  const walk = fc.array(fc.tuple(event, fc.constantFrom(0, 1, 50, 100, 400, 5000)), { maxLength: 60 });

  test('answering begins with lead and ends with yield; the timer runs exactly while it is needed', () => {
    fc.assert(
      fc.property(walk, (events) => {
        const room = new VrrpRoom();
        let leads = false;
        for (const [what, ms] of events) {
          room.nowMs += ms;
          const before = room.state;
          for (const effect of room.event(what)) {
            if (effect.kind === 'lead') {
              expect(leads).toBe(false);
              leads = true;
            }
            if (effect.kind === 'yield') {
              expect(leads).toBe(true);
              leads = false;
            }
            // Nothing leaves a box that does not answer, but the goodbye.
            if (effect.kind === 'advertise') expect(isAnswering(room.state) || isAnswering(before)).toBe(true);
          }
          expect(isAnswering(room.state)).toBe(leads);
          expect(Number.isFinite(room.state.dueMs)).toBe(room.state.phase !== 'initialize');
          expect((room.state.leaving !== null) === (room.state.phase === 'leaving')).toBe(true);
          // A timer that fired goes on later, or a late turn would never end.
          if (what.kind === 'timer' && before.dueMs <= room.nowMs) expect(room.state.dueMs).toBeGreaterThan(room.nowMs);
          expect(room.state.term).toBeGreaterThanOrEqual(before.term);
        }
      }),
      { numRuns: 3000, seed: 642 },
    );
  });
  test('the state before is left as it was', () => {
    fc.assert(
      fc.property(walk, (events) => {
        const room = new VrrpRoom();
        for (const [what, ms] of events) {
          room.nowMs += ms;
          const copy = structuredClone(room.state);
          const before = room.state;
          stepVrrp(before, what, room.nowMs);
          expect(before).toEqual(copy);
          room.event(what);
        }
      }),
      { numRuns: 200, seed: 643 },
    );
  });
});
