import { afterEach, describe, expect, test } from 'bun:test';
import { Field, microsecondsOf, Purpose, packAbout, readAbout, recordWords, Shape } from '#table/traffic-record.ts';
import { createTrafficRing, TrafficReader, TrafficWriter, trafficKept } from '#table/traffic-ring.ts';

/** Every field says the same number, so that a torn record shows. */
function write(writer: TrafficWriter, number: number): void {
  const at = writer.next();
  for (let word = Field.seconds; word < recordWords; word++) writer.words[at + word] = number;
}

function writeMany(writer: TrafficWriter, count: number, from = 1): void {
  for (let i = 0; i < count; i++) {
    write(writer, from + i);
    if (i % 64 === 63) writer.publish();
  }
  writer.publish();
}

/** Numbers of the records that can be read, checked to be whole. */
function readable(reader: TrafficReader, first: number, last: number): number[] {
  const found: number[] = [];
  for (let sequence = first; sequence <= last; sequence++) {
    const record = reader.read(sequence);
    if (!record) continue;
    const [, number = 0, ...others] = record;
    expect(others.filter((other) => other !== number)).toEqual([]);
    found.push(number);
  }
  return found;
}

const numbers = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, i) => first + i);

test('nothing is there before it is published; then it is, in order', () => {
  const ring = createTrafficRing();
  const writer = new TrafficWriter(ring);
  const reader = new TrafficReader(ring);
  expect(reader.last()).toBe(0);
  write(writer, 1);
  write(writer, 2);
  expect(reader.last()).toBe(0);
  writer.publish();
  expect(reader.last()).toBe(2);
  expect(readable(reader, 1, 2)).toEqual([1, 2]);
});

test('the newest are kept, at least as many as is said; the others are known to be gone', () => {
  const ring = createTrafficRing();
  const writer = new TrafficWriter(ring);
  const reader = new TrafficReader(ring);
  const last = 2 * trafficKept + 77;
  writeMany(writer, last);
  expect(reader.last()).toBe(last);
  const found = readable(reader, 1, last);
  expect(found).toEqual(numbers(found[0] ?? 0, last));
  expect(found.length).toBeGreaterThanOrEqual(trafficKept);
  expect(found.length).toBeLessThan(trafficKept + 128);
});

test('what the writer is at is not shown', () => {
  const ring = createTrafficRing();
  const writer = new TrafficWriter(ring);
  const reader = new TrafficReader(ring);
  const last = trafficKept + 128;
  writeMany(writer, last);
  expect(readable(reader, 1, last).length).toBe(last);
  // The first record is being overwritten, and nothing says so but the warning.
  const at = writer.next();
  writer.words[at] = 1;
  expect(reader.read(1)).toBeNull();
});

test('numbers go on above 32 bits, in a writer that takes over, and behind where a ring was begun', () => {
  const begin = 2 ** 32 - 3;
  const ring = createTrafficRing(begin);
  const reader = new TrafficReader(ring);
  expect(reader.last()).toBe(begin);
  writeMany(new TrafficWriter(ring), 2, 1);
  writeMany(new TrafficWriter(ring), 3, 3);
  expect(reader.last()).toBe(begin + 5);
  expect(readable(reader, begin - 2, begin + 5)).toEqual([1, 2, 3, 4, 5]);
});

test('a record says what was written', () => {
  const ring = createTrafficRing();
  const writer = new TrafficWriter(ring);
  const at = writer.next();
  for (let word = Field.seconds; word < recordWords; word++) writer.words[at + word] = -word;
  const about = packAbout(999_999, Purpose.self_check, true, Shape.unsolicited);
  writer.words[at + Field.about] = about;
  writer.publish();
  const expected = Array.from({ length: recordWords }, (_, word) => -word);
  expected[Field.sequence] = 1;
  expected[Field.about] = about;
  expect([...(new TrafficReader(ring).read(1) ?? [])]).toEqual(expected);
  expect(microsecondsOf(about)).toBe(999_999);
  expect(readAbout(about)).toEqual({ code: Purpose.self_check, isOut: true, shape: Shape.unsolicited });
  expect(readAbout(packAbout(0, 63, false, Shape.arpReply))).toEqual({ code: 63, isOut: false, shape: Shape.arpReply });
});

describe('a reader that is overtaken at any step', () => {
  const real = Atomics.load;
  afterEach(() => void Object.assign(Atomics, { load: real }));

  /** Runs `main`; before its load number `at`, `other` happens. False: there were fewer. */
  function overtaken(at: number, main: () => void, other: () => void): boolean {
    let count = 0;
    let reached = false;
    const hooked = (words: Int32Array, index: number) => {
      if (count++ === at) {
        Object.assign(Atomics, { load: real });
        reached = true;
        other();
      }
      return real(words, index);
    };
    Object.assign(Atomics, { load: hooked });
    try {
      main();
    } finally {
      Object.assign(Atomics, { load: real });
    }
    return reached;
  }

  // Records written between two loads: none finished, one, a batch, all but one, a whole ring, more.
  for (const meanwhile of [1, 64, trafficKept, trafficKept + 127, trafficKept + 128, trafficKept + 129]) {
    for (const published of [true, false]) {
      test(`by ${meanwhile} records${published ? '' : ', not published yet'}: a record is whole or gone`, () => {
        for (let at = 0; ; at++) {
          const ring = createTrafficRing();
          const writer = new TrafficWriter(ring);
          const reader = new TrafficReader(ring);
          writeMany(writer, trafficKept + 128 + 5);
          const seen: number[] = [];
          const reached = overtaken(
            at,
            () => seen.push(...readable(reader, 134, 134), ...readable(reader, 170, 170)),
            () => {
              for (let i = 0; i < meanwhile; i++) {
                write(writer, 0x7700_0000 + i);
                if (i % 64 === 63) writer.publish();
              }
              if (published) writer.publish();
            },
          );
          for (const number of seen) expect([134, 170]).toContain(number);
          if (!reached) break;
        }
      });
    }
  }

  test('the newest number is one that was published, also while its high half changes', () => {
    for (let at = 0; ; at++) {
      const ring = createTrafficRing(2 ** 32 - 2);
      const writer = new TrafficWriter(ring);
      const reader = new TrafficReader(ring);
      writeMany(writer, 1);
      let last = 0;
      const reached = overtaken(
        at,
        () => {
          last = reader.last();
        },
        () => writeMany(writer, 3),
      );
      expect([2 ** 32 - 1, 2 ** 32 + 2]).toContain(last);
      if (!reached) break;
    }
  });
});

test('with a writer that never stops, a reader in another thread sees only whole records and counts the others', async () => {
  const ring = createTrafficRing();
  const stop = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(new URL('./traffic-writer-worker.ts', import.meta.url).href);
  const news: ((data: unknown) => void)[] = [];
  const next = () => new Promise<unknown>((resolve) => news.push(resolve));
  worker.onmessage = ({ data }) => news.shift()?.(data);
  worker.onerror = (event) => news.shift()?.(event.message);
  const started = next();
  worker.postMessage({ ring, stop });
  expect(await started).toBe('started');
  const ended = next();
  const reader = new TrafficReader(ring);
  let after = 0;
  let seen = 0;
  let lost = 0;
  const look = () => {
    const last = reader.last();
    const from = Math.max(after, last - trafficKept);
    const found = readable(reader, from + 1, last);
    for (const number of found) expect(number).toBeGreaterThan(from);
    seen += found.length;
    lost += last - after - found.length;
    after = last;
  };
  for (const end = performance.now() + 700; performance.now() < end || seen < 1000; ) {
    look();
    await Bun.sleep(1);
  }
  Atomics.store(stop, 0, 1);
  const written = await ended;
  look();
  worker.terminate();
  expect(after).toBe(Number(written));
  expect(seen + lost).toBe(after);
  // Both really ran, and the writer was faster.
  expect(seen).toBeGreaterThan(1000);
  expect(lost).toBeGreaterThan(1000);
}, 30_000);
