import { describe, expect, test } from 'bun:test';
import { TrafficRings } from '#capture/traffic-rings.ts';
import type { TrafficFrame } from '#model/traffic-frame.ts';
import { Field, packAbout, Shape } from '#table/traffic-record.ts';
import { TrafficWriter, trafficKept } from '#table/traffic-ring.ts';
import { Verdict } from '#table/verdict.ts';

const all = () => true;

/** Writes requests whose target is their number, one per millisecond from second `second` on. */
function heard(writer: TrafficWriter, count: number, second: number, first = 1): void {
  for (let i = 0; i < count; i++) {
    const at = writer.next();
    writer.words[at + Field.seconds] = second + Math.floor(i / 1000);
    writer.words[at + Field.about] = packAbout((i % 1000) * 1000, Verdict.replied, false, Shape.arpRequest);
    writer.words[at + Field.sender] = 0x0a00_0001;
    writer.words[at + Field.target] = first + i;
    if (i % 64 === 63) writer.publish();
  }
  writer.publish();
}

const labels = (frames: readonly TrafficFrame[]) => frames.map((frame) => `${frame.interface} ${frame.sequence}`);

test('without a place the newest frames of all interfaces come, by time', () => {
  const rings = new TrafficRings(1);
  expect(rings.read({ after: null, limit: 9, test: all })).toEqual({ frames: [], next: '1:', lost: [], skipped: [] });
  heard(new TrafficWriter(rings.lend('a')), 2, 100);
  heard(new TrafficWriter(rings.lend('b')), 2, 50);
  expect(labels(rings.read({ after: null, limit: 9, test: all }).frames)).toEqual(['b 1', 'b 2', 'a 1', 'a 2']);
  expect(labels(rings.read({ after: null, limit: 3, test: all }).frames)).toEqual(['b 2', 'a 1', 'a 2']);
});

test('a filter is applied before the limit', () => {
  const rings = new TrafficRings(1);
  heard(new TrafficWriter(rings.lend('a')), 100, 100);
  const page = rings.read({ after: null, limit: 2, test: ({ sequence }) => sequence % 10 === 0 });
  expect(labels(page.frames)).toEqual(['a 90', 'a 100']);
  expect(labels(rings.read({ after: '1:a=5', limit: 2, test: ({ sequence }) => sequence % 10 === 0 }).frames)).toEqual([
    'a 10',
    'a 20',
  ]);
});

test('reading on page by page gives every frame once, whatever the limit', () => {
  for (const limit of [1, 2, 3, 7, 100]) {
    const rings = new TrafficRings(1);
    const [a, b] = ['eth0', 'odd=name,1:'].map((name) => new TrafficWriter(rings.lend(name)));
    if (!a || !b) throw new Error('no rings');
    let { next } = rings.read({ after: null, limit: 1, test: all });
    heard(a, 5, 100);
    heard(b, 8, 101);
    heard(a, 3, 99);
    const seen: string[] = [];
    for (;;) {
      const page = rings.read({ after: next, limit, test: all });
      expect(page.frames.length).toBeLessThanOrEqual(limit);
      expect(page.lost).toEqual([]);
      if (page.frames.length === 0) break;
      seen.push(...labels(page.frames));
      next = page.next;
    }
    expect(seen.length).toBe(16);
    expect(new Set(seen).size).toBe(16);
    expect(seen.filter((label) => label.startsWith('eth0'))).toEqual([1, 2, 3, 4, 5, 6, 7, 8].map((n) => `eth0 ${n}`));
  }
});

test('what was overwritten is counted once, also when the rest comes in pages', () => {
  const rings = new TrafficRings(1);
  const writer = new TrafficWriter(rings.lend('a'));
  heard(writer, 10, 100);
  let { next } = rings.read({ after: null, limit: 1, test: all });
  heard(writer, trafficKept + 50, 200);
  let lost = 0;
  let seen = 0;
  for (;;) {
    const page = rings.read({ after: next, limit: 3000, test: all });
    lost += page.lost.reduce((sum, { frames }) => sum + frames, 0);
    seen += page.frames.length;
    next = page.next;
    if (page.frames.length === 0) break;
  }
  expect([lost, seen]).toEqual([50, trafficKept]);
});

describe('where a reader is', () => {
  test('a plain number counts for every interface, another process begins anew, nonsense is the beginning', () => {
    const rings = new TrafficRings(36);
    heard(new TrafficWriter(rings.lend('a')), 3, 100);
    const count = (after: string) => rings.read({ after, limit: 9, test: all }).frames.length;
    expect(['2', '10:a=2', '11:a=2', '10:b=2', '10:', 'x', '', '999'].map(count)).toEqual([1, 1, 3, 3, 3, 3, 3, 0]);
  });
});

describe('a ring', () => {
  test('is used again by the next worker of its interface, and what it holds stays', () => {
    const rings = new TrafficRings(1);
    const ring = rings.lend('a');
    heard(new TrafficWriter(ring), 3, 100);
    rings.takeBack(ring);
    expect(rings.lend('a')).toBe(ring);
    heard(new TrafficWriter(ring), 1, 101);
    expect(labels(rings.read({ after: '0', limit: 9, test: all }).frames)).toEqual(['a 1', 'a 2', 'a 3', 'a 4']);
  });

  test('that another worker has not given back is replaced: numbers go on, and the gap is told', () => {
    const rings = new TrafficRings(1);
    heard(new TrafficWriter(rings.lend('a')), 3, 100);
    const second = rings.lend('a');
    heard(new TrafficWriter(second), 2, 101);
    const page = rings.read({ after: '1:a=1', limit: 9, test: all });
    expect(labels(page.frames)).toEqual(['a 4', 'a 5']);
    expect(page.lost).toEqual([{ interface: 'a', frames: 2 }]);
  });

  test('of an interface that is gone makes room when there are too many', () => {
    const rings = new TrafficRings(1);
    for (let i = 0; i < 100; i++) rings.takeBack(rings.lend(`if${i}`));
    const names = rings.read({ after: null, limit: 1, test: all }).next.split(',');
    expect(names.length).toBe(64);
    expect(names.at(-1)).toBe('if99=0');
  });
});

test('the newest behind a place: what was passed over is counted apart from what was lost, and nothing comes twice', () => {
  const rings = new TrafficRings(1);
  const [a, b] = ['a', 'b'].map((name) => new TrafficWriter(rings.lend(name)));
  if (!a || !b) throw new Error('no rings');
  heard(a, 10, 100);
  const first = rings.read({ after: null, limit: 100, newest: true, test: all });
  heard(a, 1000, 101);
  heard(b, 3, 101);
  const page = rings.read({ after: first.next, limit: 20, newest: true, test: all });
  expect(page.frames.filter(({ interface: name }) => name === 'a').map(({ sequence }) => sequence)).toEqual([
    1001, 1002, 1003, 1004, 1005, 1006, 1007, 1008, 1009, 1010,
  ]);
  expect(page.frames.filter(({ interface: name }) => name === 'b')).toHaveLength(3);
  expect([page.skipped, page.lost]).toEqual([[{ interface: 'a', frames: 990 }], []]);
  heard(a, trafficKept + 500, 200);
  const overrun = rings.read({ after: page.next, limit: 20, newest: true, test: all });
  expect(overrun.lost).toEqual([{ interface: 'a', frames: 500 }]);
  expect(overrun.skipped).toEqual([{ interface: 'a', frames: trafficKept - 10 }]);
  expect(overrun.frames).toHaveLength(10);
  // What fits comes whole.
  heard(a, 5, 300);
  const calm = rings.read({ after: overrun.next, limit: 20, newest: true, test: all });
  expect([calm.frames.length, calm.skipped, calm.lost]).toEqual([5, [], []]);
});
