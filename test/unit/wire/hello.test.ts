// What boxes tell each other on the wire: there and back, sizes, and anything at all as input.
import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { DatagramType, emitDatagram, maxDatagramBytes, parseDatagram, roomFor } from '#wire/datagram.ts';
import { formatGroupSet, parseGroupSet } from '#wire/group-set.ts';
import { emitHello, type Hello, parseHello } from '#wire/hello.ts';
import { allBuckets, emitSections, emitWant, type Item, parseSections, parseWant } from '#wire/record-sections.ts';
import { address } from '../../support/objects.ts';

const seed = 20_261_123;
const sender = { node: 'edge-1', instance: '00ff00ff00ff00ff', incarnation: 1_795_000_000_123 };
const hello: Hello = {
  version: '1.0.0',
  state: 'ready',
  generation: 17,
  configHash: '0123456789abcd',
  labels: { site: 'lab' },
  vips: 12,
  intervalMs: 1000,
  wallMs: 1_795_400_000_123,
  via: 'eth0',
  mac: '02:00:00:00:00:01',
  addresses: ['192.0.2.1', 'fe80::1'],
  led: new Set([128, 130, 384]),
  eligible: new Set([128, 129, 130, 384]),
  macs: ['02:00:00:00:00:01', '02:00:00:00:01:01'],
  digest: 2 ** 53 - 1,
  records: 3,
  exclusions: 77,
  heard: [['edge-2', '1111111111111111', 5]],
  orders: [
    { serial: 1, group: 130, to: 'edge-2', provisionalMs: 0 },
    { serial: 2, group: 131, to: 'edge-2', provisionalMs: 30_000 },
  ],
  asks: [{ serial: 2, group: 131, to: null }],
  answers: [
    { to: 'edge-3', serial: 9, isDone: false, text: 'it is drained' },
    { to: 'edge-3', serial: 10, isDone: true, text: 'group 130 on eth0 went to edge-2' },
  ],
};

const recordArbitrary: fc.Arbitrary<Item> = fc.record({
  service: fc.string({ maxLength: 300, unit: 'binary' }).map((text) => `a/${text.toWellFormed()}`),
  address: fc.constantFrom('10.0.0.1', '0.0.0.0', '255.255.255.255', 'fd00::1', '::').map(address),
  sinceMs: fc.double({ noNaN: true, noDefaultInfinity: true }),
  node: fc.constantFrom('edge-1', 'ünï'),
  pool: fc.constantFrom('', 'blue'),
  origin: fc.constantFrom('auto' as const, 'requested' as const, 'shared' as const, 'restored' as const),
  mark: fc.constantFrom('', 'abc.def'),
});

describe('datagrams', () => {
  test('there and back, signed and not', () => {
    const body = new TextEncoder().encode('body');
    const plain = parseDatagram(emitDatagram(sender, { type: DatagramType.hello, counter: 2 ** 40 }, body, null));
    expect(plain).toMatchObject({ ...sender, type: 1, counter: 2 ** 40, signed: null, signature: null });
    const bytes = emitDatagram(sender, { type: DatagramType.want, counter: 1 }, body, () => new Uint8Array(32).fill(7));
    const signed = parseDatagram(bytes);
    expect([...(signed?.signature ?? [])]).toEqual(Array<number>(32).fill(7));
    expect([...(signed?.signed ?? [])]).toEqual([...bytes.subarray(0, bytes.length - 32)]);
    expect(new TextDecoder().decode(signed?.body)).toBe('body');
  });

  test('anything at all is parsed or refused, and never throws', () => {
    const check = (bytes: Uint8Array) => {
      for (const parse of [parseDatagram, parseHello, parseWant, parseSections]) parse(bytes);
    };
    fc.assert(fc.property(fc.uint8Array({ maxLength: 1500 }), check), { seed, numRuns: 20_000 });
  });

  test('one with flipped, cut or doubled bytes is parsed or refused, and never throws', () => {
    const sections = [...emitSections([{ bucket: 1, digest: 5, items: [{ ...recordOf('a/1') }] }], 1000)];
    const samples = [
      emitDatagram(sender, { type: 1, counter: 1 }, emitHello(hello, 1300), null),
      emitHello(hello, 1300),
      emitWant({ salt: 1, folds: Array<number>(allBuckets).fill(9) }),
      ...sections,
    ];
    const flips = fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { maxLength: 4 });
    const check = (i: number, edits: readonly (readonly [number, number])[], cut: number) => {
      const bytes = (samples[i % samples.length] ?? new Uint8Array()).slice();
      for (const [at, value] of edits) bytes[at % bytes.length] = value;
      const damaged = bytes.subarray(0, cut % 3 === 0 ? cut % (bytes.length + 1) : bytes.length);
      for (const parse of [parseDatagram, parseHello, parseWant, parseSections]) parse(damaged);
    };
    fc.assert(fc.property(fc.nat(), flips, fc.nat(), check), { seed, numRuns: 20_000 });
  });
});

function recordOf(service: string, ip = '10.0.0.1'): Item {
  return { service, address: address(ip), sinceMs: 1, node: 'n', pool: 'p', origin: 'auto', mark: '' };
}

describe('hello', () => {
  test('there and back', () => {
    expect(parseHello(emitHello(hello, 1300))).toEqual(hello);
  });

  test('fields that are not known are ignored, missing ones have their defaults', () => {
    const text = JSON.stringify({ s: 'ready', i: 'eth0', m: '02:00:00:00:00:01', future: [1], __proto__: 5 });
    expect(parseHello(new TextEncoder().encode(text))).toMatchObject({ via: 'eth0', labels: {}, heard: [], vips: 0 });
    for (const broken of ['{}', '[]', 'null', '{"s":"ready"', '{"s":"odd","i":"e","m":"02:00:00:00:00:01"}']) {
      expect(parseHello(new TextEncoder().encode(broken))).toBeNull();
    }
  });

  test('however much there is to say, a datagram fits, and orders are the last to be left out', () => {
    const many = <T>(n: number, make: (i: number) => T) => Array.from({ length: n }, (_, i) => make(i));
    const large: Hello = {
      ...hello,
      labels: Object.fromEntries(many(64, (i) => [`label-${i}`, 'x'.repeat(63)])),
      macs: many(100, (i) => `02:00:00:00:00:${i.toString(16).padStart(2, '0')}`),
      addresses: many(50, (i) => `2001:db8::${i}`),
      heard: many(63, (i) => [`a-rather-long-name-of-a-box-${i}.example.org`, '1111111111111111', 1_795_000_000_123]),
      led: new Set(many(512, (i) => i)),
      eligible: new Set(many(512, (i) => i)),
    };
    const room = roomFor(sender);
    const body = emitHello(large, room);
    expect(body.length).toBeLessThanOrEqual(room);
    expect(parseHello(body)).toMatchObject({ orders: hello.orders, led: large.led, digest: hello.digest });
    const signed = emitDatagram(sender, { type: 1, counter: 1 }, body, () => new Uint8Array(32));
    expect(signed.length).toBeLessThanOrEqual(maxDatagramBytes);
  });

  test('of many addresses those that advertisements come from are told, however few fit', () => {
    const globals = Array.from({ length: 40 }, (_, i) => `2001:db8::${i}`);
    const addresses = [...globals, '192.0.2.1', '192.0.2.2', 'fe80::1'];
    const told = (room: number, labels = {}) =>
      parseHello(emitHello({ ...hello, addresses, labels }, room))?.addresses.slice(0, 2);
    expect(told(100_000)).toEqual(['fe80::1', '192.0.2.1']);
    expect(told(roomFor(sender), { long: 'x'.repeat(2000) })).toEqual(['fe80::1', '192.0.2.1']);
  });

  test('a drain of many groups to a box with a long name fits, with as many of the newest orders as there is room for', () => {
    const to = `worker-01.rack-2.${'x'.repeat(45)}.example.org`;
    const orders = Array.from({ length: 40 }, (_, i) => ({ serial: i + 1, group: 128 + i, to, provisionalMs: 30_000 }));
    const room = roomFor(sender);
    const body = emitHello({ ...hello, orders }, room);
    expect(body.length).toBeLessThanOrEqual(room);
    const said = parseHello(body)?.orders ?? [];
    expect(said.length).toBeGreaterThanOrEqual(8);
    expect(said).toEqual(orders.slice(-said.length));
  });

  test('of what a stranger lists, no more is taken in than one of ours would list', () => {
    const text = JSON.stringify({
      ...{ s: 'ready', i: 'eth0', m: '02:00:00:00:00:01' },
      a: Array(200).fill('::1'),
      mm: Array(200).fill('02:00:00:00:00:01'),
      x: Array(200).fill(['a', 'b', 1]),
    });
    const { addresses, macs, heard } = parseHello(new TextEncoder().encode(text)) ?? hello;
    expect([addresses.length, macs.length, heard.length]).toEqual([32, 32, 32]);
  });
});

describe('sets of groups', () => {
  test('there and back', () => {
    const check = (groups: readonly number[]) =>
      expect(parseGroupSet(formatGroupSet(new Set(groups)))).toEqual(new Set([...groups].sort((a, b) => a - b)));
    fc.assert(fc.property(fc.array(fc.nat({ max: 511 })), check), { seed, numRuns: 500 });
  });

  test('a usual one is short, one that is none is refused', () => {
    expect(formatGroupSet(new Set(Array.from({ length: 32 }, (_, i) => 128 + i)))).toBe('10:ffffffff');
    for (const text of ['x', '10:', '10:f', `3f:${'ff'.repeat(64)}`, '40:01']) expect(parseGroupSet(text)).toBeNull();
  });
});

describe('records', () => {
  test('there and back, in datagrams of the wanted size', () => {
    const check = (items: readonly Item[], room: number) => {
      const bodies = [...emitSections([{ bucket: 7, digest: 12, items }], room)];
      for (const body of bodies) expect(body.length).toBeLessThanOrEqual(room);
      const sections = bodies.flatMap((body) => parseSections(body) ?? []);
      expect(sections.map(({ part }) => part)).toEqual([...sections.keys()]);
      expect(
        sections.every(({ bucket, digest, parts }) => bucket === 7 && digest === 12 && parts === sections.length),
      ).toBe(true);
      expect(sections.flatMap((section) => section.items)).toEqual([...items]);
    };
    const property = fc.property(
      fc.array(recordArbitrary, { maxLength: 40 }),
      fc.integer({ min: 1300, max: 1400 }),
      check,
    );
    fc.assert(property, { seed, numRuns: 300 });
  });

  test('exclusions go with them, and an empty bucket is told', () => {
    const items: readonly Item[] = [
      { address: address('10.0.0.9'), kind: 'own', interface: 'eth0', mac: '', sinceMs: 0 },
      { address: address('fd00::9'), kind: 'conflict', interface: 'eth1', mac: '02:00:00:00:00:99', sinceMs: 5 },
    ];
    const [body = new Uint8Array()] = emitSections(
      [
        { bucket: 256, digest: 1, items },
        { bucket: 3, digest: 0, items: [] },
      ],
      1300,
    );
    expect(parseSections(body)).toEqual([
      { bucket: 256, part: 0, parts: 1, digest: 1, items },
      { bucket: 3, part: 0, parts: 1, digest: 0, items: [] },
    ]);
  });
});
