// Rates from counters, and the tail of the traffic.
import { describe, expect, test } from 'bun:test';
import type { TrafficAnswer, TrafficItem } from '#control/traffic-protocol.ts';
import { clipboardSequence } from '#tui/app/clipboard.ts';
import { panes } from '#tui/panes/all-panes.ts';
import { nextRates, noRates } from '#tui/state/rates.ts';
import { cellContext } from '#tui/state/selectors.ts';
import { withBacklog } from '#tui/state/traffic-backlog.ts';
import { trafficWish } from '#tui/state/traffic-request.ts';
import { nextTail, noTraffic, quantile, type TrafficTail } from '#tui/state/traffic-tail.ts';
import { after, liveModel, typed } from '../../support/ui-frames.ts';
import { link, nowMs, worlds } from '../../support/ui-worlds.ts';

function counters(requests: number, answers = requests) {
  return [link('eth0', { requests, answers, drops: 0 })];
}

test('a rate is what came per second since the counters before', () => {
  let rates = nextRates(noRates, counters(100), 0);
  expect(rates.requests).toEqual([]);
  rates = nextRates(rates, counters(106), 1000);
  rates = nextRates(rates, counters(110), 3000);
  expect(rates.requests).toEqual([6, 2, 2]);
});

test('counters that come too soon wait, and those that fell begin anew', () => {
  const rates = nextRates(nextRates(noRates, counters(100), 0), counters(200), 1000);
  expect(nextRates(rates, counters(300), 1200)).toBe(rates);
  expect(nextRates(rates, counters(5), 2000).requests).toEqual([100, 0]);
});

test('regression: counters that are looked at twice between two changes make no comb of zeros and doubles', () => {
  let rates = nextRates(noRates, counters(0), 0);
  for (let half = 1; half <= 12; half++) rates = nextRates(rates, counters(Math.floor(half / 2) * 10), half * 550);
  expect(rates.requests.length).toBeGreaterThan(4);
  for (const rate of rates.requests) expect(rate).toBeCloseTo(9.09, 1);
  // Silence is seen all the same, a little later.
  const silent = nextRates(nextRates(rates, counters(60), 7600), counters(60), 8600);
  expect(silent.requests.slice(-2)).toEqual([0, 0]);
});

test('a quiet chart stays the same object while nothing comes, and silence does not thin out what comes after it', () => {
  const quiet = nextRates(noRates, counters(100), 0);
  expect(nextRates(quiet, counters(100), 60_000)).toBe(quiet);
  expect(nextRates(quiet, counters(110), 60_000).requests).toEqual([5, 5]);
});

test('only a minute is kept', () => {
  let rates = nextRates(noRates, counters(0), 0);
  for (let second = 1; second <= 100; second++) rates = nextRates(rates, counters(second), second * 1000);
  expect(rates.requests).toHaveLength(60);
});

function frame(sequence: number, more: Partial<TrafficItem> = {}): TrafficItem {
  return { sequence, interface: 'eth0', latencySeconds: null, verdict: 'answered', ...more } as TrafficItem;
}

function answer(items: readonly TrafficItem[], more: Partial<TrafficAnswer> = {}): TrafficAnswer {
  return { items, next: `n${items.at(-1)?.sequence ?? 0}`, lost: [], kernelDrops: [], ...more } as TrafficAnswer;
}

test('the newest frame is first, and what was lost stands between what came before and after', () => {
  const begun = nextTail(noTraffic, answer([frame(1), frame(2)]));
  const { rows, total, next } = nextTail(begun, answer([frame(9)], { lost: [{ interface: 'eth0', frames: 6 }] }));
  expect(rows.map((row) => (row.kind === 'frame' ? row.item.sequence : `lost ${row.frames}`))).toEqual([
    9,
    'lost 6',
    2,
    1,
  ]);
  expect([total, next]).toEqual([3, 'n9']);
});

test('what was passed over to keep up stands in its place, counts, and is no trouble to jump to', () => {
  const begun = nextTail(noTraffic, answer([frame(1)]));
  const { rows, total } = nextTail(begun, answer([frame(900)], { skipped: [{ interface: 'eth0', frames: 898 }] }));
  expect(rows.map((row) => (row.kind === 'frame' ? row.item.sequence : `${row.frames} ${row.why}`))).toEqual([
    900,
    '898 not shown (burst)',
    1,
  ]);
  expect(total).toBe(900);
  const world = { ...worlds.healthy, traffic: { ...noTraffic, rows } };
  const shown = panes.stream.rows(world, { filter: null, sort: null }, cellContext(liveModel(), nowMs));
  expect(rows.map((_, index) => shown.isNotable(index))).toEqual([false, false, false]);
});

describe('what a burst left out', () => {
  const at = (sequence: number, name = 'eth0') =>
    frame(sequence, { interface: name, time: `2026-03-01T00:00:00.${String(sequence).padStart(6, '0')}Z` });
  const shown = (tail: TrafficTail) =>
    tail.rows.map((row) =>
      row.kind === 'frame' ? `${row.item.interface} ${row.item.sequence}` : `${row.frames} ${row.why}`,
    );
  const burst = nextTail(
    nextTail(noTraffic, answer([at(1)])),
    answer([at(5)], { skipped: [{ interface: 'eth0', frames: 3 }], lost: [{ interface: 'eth1', frames: 2 }] }),
  );

  test('is filled in from the ring; nothing comes above the newest row, and what was lost stays told', () => {
    const filled = withBacklog(
      burst,
      [0, 1, 2, 3, 4, 5, 6].map((sequence) => at(sequence)),
    );
    expect(shown(filled)).toEqual([
      'eth0 5',
      'eth0 4',
      'eth0 3',
      'eth0 2',
      '2 lost (ring overrun)',
      'eth0 1',
      'eth0 0',
    ]);
    expect([filled.total, filled.next]).toEqual([burst.total, burst.next]);
  });

  test('and is overwritten in the ring by now stays counted', () => {
    expect(shown(withBacklog(burst, [at(4), at(5)]))).toEqual([
      'eth0 5',
      'eth0 4',
      '2 lost (ring overrun)',
      '2 not shown (burst)',
      'eth0 1',
    ]);
    expect(shown(withBacklog(burst, [at(3, 'eth1'), at(5)]))).toContain('3 not shown (burst)');
  });

  test('is nothing where nothing came', () => {
    expect(withBacklog(noTraffic, [at(1)])).toBe(noTraffic);
  });
});

test('no more frames are asked for than can be read; frozen they are counted, and a filter gets more', () => {
  const fresh = typed(liveModel({ world: worlds.healthy }), '5');
  expect(trafficWish(fresh)).toEqual({ after: null, limit: 1000 });
  const model = after(fresh, { kind: 'traffic', answer: answer([frame(1)]) });
  expect(trafficWish(model)).toEqual({ after: 'n1', limit: 100 });
  expect(trafficWish(typed(model, 'p'))).toEqual({ after: 'n1', limit: 1 });
  expect(trafficWish(typed(model, '/', 'x', 'enter'))).toEqual({ after: 'n1', limit: 600 });
});

test('frames that the kernel dropped are told once, from the second answer on', () => {
  const drops = (frames: number) => ({ kernelDrops: [{ interface: 'eth0', frames }] });
  let tail = nextTail(noTraffic, answer([frame(1)], drops(7)));
  tail = nextTail(tail, answer([frame(2)], drops(10)));
  tail = nextTail(tail, answer([frame(3)], drops(10)));
  const lost = tail.rows.filter((row) => row.kind === 'lost');
  expect(lost).toMatchObject([{ frames: 3, why: 'lost (kernel)' }]);
});

test('an answer that adds nothing is no reason for a frame', () => {
  const tail = nextTail(noTraffic, answer([frame(1)]));
  expect(nextTail(tail, answer([], { next: 'n1' }))).toBe(tail);
});

test('the tail is bounded, and latencies are those of the newest answers', () => {
  let tail = noTraffic;
  for (let at = 0; at < 50; at++) {
    const items = Array.from({ length: 100 }, (_, index) => frame(at * 100 + index, { latencySeconds: at / 1000 }));
    tail = nextTail(tail, answer(items));
  }
  expect(tail.rows).toHaveLength(3000);
  expect(tail.total).toBe(5000);
  expect(quantile(tail.latencies, 0.5)).toBeGreaterThanOrEqual(0.045);
  expect(quantile([], 0.5)).toBeNull();
});

test('the clipboard takes text of any kind, up to what terminals take', () => {
  expect(clipboardSequence('ä')).toBe('\u001b]52;c;w6Q=\u0007');
  expect(clipboardSequence('x'.repeat(60_000))).toBeNull();
});
