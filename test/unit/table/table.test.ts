import { beforeEach, describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { addressBytes, compareAddresses, formatAddress, type IpAddress, parseAddress } from '#model/address.ts';
import { createTable, groupCount, hashIPv4, maxCapacity, tableBytes } from '#table/layout.ts';
import { NOT_ACTIVE, NOT_FOUND, TableReader, type TableRow } from '#table/table-reader.ts';
import { TableWriter } from '#table/table-writer.ts';
import { carriesReply, Verdict, verdictNames } from '#table/verdict.ts';

const now = 10_000;
let buffer: SharedArrayBuffer;
let writer: TableWriter;
let reader: TableReader;

function ip(text: string): IpAddress {
  const address = parseAddress(text);
  if (!address) throw new Error(`no address: ${text}`);
  return address;
}

function ipv4(value: number): IpAddress {
  return { family: 'IPv4', value: BigInt(value) };
}

function find(address: IpAddress, nowMs = now, by = reader): number {
  return address.family === 'IPv4'
    ? by.findIPv4(Number(address.value), nowMs)
    : by.findIPv6(addressBytes(address), 0, nowMs);
}

function seen(by = reader, nowMs = now): Omit<TableRow, 'index'>[] {
  const rows: Omit<TableRow, 'index'>[] = [];
  by.forEachRow(({ index: _, ...row }) => rows.push(row), nowMs);
  return rows.sort((a, b) => Buffer.compare(a.address, b.address));
}

function open(capacity: number): void {
  buffer = createTable(capacity);
  writer = new TableWriter(buffer);
  reader = new TableReader(buffer);
  writer.setGroup(0, { mode: 'solo', active: true, deadlineMs: now + 1000 });
}

beforeEach(() => open(64));

describe('rows', () => {
  test('are found after put and not after remove, in both families', () => {
    for (const text of [
      '192.0.2.10',
      '255.255.255.255',
      '0.0.0.0',
      '2001:db8::10',
      '::',
      'ff02::1',
      '::ffff:1.2.3.4',
    ]) {
      const address = ip(text);
      expect(find(address)).toBe(NOT_FOUND);
      expect(writer.put({ address, group: 0, generation: 1 })).toBe(true);
      expect(find(address)).toBeGreaterThanOrEqual(0);
      expect(writer.remove(address)).toBe(true);
      expect(find(address)).toBe(NOT_FOUND);
      expect(writer.remove(address)).toBe(false);
    }
  });

  test('an IPv4 address and its IPv6-mapped form are different VIPs', () => {
    writer.put({ address: ip('192.0.2.10'), group: 0, generation: 1 });
    expect(find({ family: 'IPv6', value: 0xffff_c000_020an })).toBe(NOT_FOUND);
  });

  test('IPv6 addresses that differ in any one word are different VIPs', () => {
    writer.put({ address: ip('2001:db8:1::10'), group: 0, generation: 1 });
    for (const other of [
      '2001:db9:1::10',
      '2001:db8:2::10',
      '2001:db8:1:1::10',
      '2001:db8:1::1:0:10',
      '2001:db8:1::11',
    ]) {
      expect(find(ip(other))).toBe(NOT_FOUND);
    }
  });

  test('IPv6 addresses that share slot and last word are told apart by each other word', () => {
    open(1);
    const at = (word: number, value: number) => 0x10n | (BigInt(value) << BigInt(96 - 32 * word));
    writer.put({ address: { family: 'IPv6', value: 0x10n }, group: 0, generation: 1 });
    // Two slots: half of these searches come upon the row.
    for (const word of [0, 1, 2]) {
      for (let i = 1; i < 20; i++) expect(find({ family: 'IPv6', value: at(word, i) })).toBe(NOT_FOUND);
    }
  });

  test('findIPv6() reads at the offset, findIPv4() takes signed and unsigned', () => {
    writer.put({ address: ip('2001:db8::10'), group: 0, generation: 1 });
    writer.put({ address: ip('192.0.2.10'), group: 0, generation: 1 });
    const bytes = new Uint8Array(new ArrayBuffer(40));
    bytes.set(addressBytes(ip('2001:db8::10')), 7);
    expect(reader.findIPv6(bytes, 7, now)).toBeGreaterThanOrEqual(0);
    expect(reader.findIPv6(bytes, 6, now)).toBe(NOT_FOUND);
    expect(reader.findIPv4(0xc000020a | 0, now)).toBe(reader.findIPv4(0xc000020a, now));
  });

  test('forEachRow() shows family, mapped address, group, generation and activity', () => {
    writer.put({ address: ip('192.0.2.10'), group: 0, generation: 0xffff_ffff });
    writer.put({ address: ip('2001:db8::10'), group: groupCount - 1, generation: 2 });
    const mapped = Uint8Array.from([...Array(10).fill(0), 0xff, 0xff, 192, 0, 2, 10]);
    expect(seen()).toEqual([
      { address: mapped, family: 4, group: 0, generation: 0xffff_ffff, phase: 'live', isLed: true, active: true },
      {
        address: addressBytes(ip('2001:db8::10')),
        family: 6,
        group: groupCount - 1,
        generation: 2,
        phase: 'live',
        isLed: false,
        active: false,
      },
    ]);
    expect(reader.isActive(mapped, 4, now)).toBe(true);
    expect(reader.isActive(mapped, 6, now)).toBe(false);
  });

  test('a full table refuses new VIPs, still takes changes, and takes new ones after a removal', () => {
    for (let i = 0; i < 64; i++) expect(writer.put({ address: ipv4(i), group: 0, generation: 1 })).toBe(true);
    expect(writer.put({ address: ipv4(64), group: 0, generation: 1 })).toBe(false);
    expect(find(ipv4(64))).toBe(NOT_FOUND);
    expect(writer.put({ address: ipv4(5), group: 0, generation: 2 })).toBe(true);
    expect(writer.size).toBe(64);
    for (let i = 0; i < 64; i++) expect(find(ipv4(i))).toBeGreaterThanOrEqual(0);
    writer.remove(ipv4(0));
    expect(writer.put({ address: ipv4(64), group: 0, generation: 1 })).toBe(true);
  });

  test('addresses that fall into one slot stay found while their neighbours go, in any order', () => {
    open(8);
    const mask = 15;
    const colliding: IpAddress[] = [];
    // Homes 14, 15 and 0: the run of slots wraps around the end.
    for (let value = 1; colliding.length < 8; value++) {
      if ([14, 15, 0].includes(hashIPv4(value) & mask)) colliding.push(ipv4(value));
    }
    fc.assert(
      fc.property(fc.shuffledSubarray(colliding, { minLength: 8 }), (order) => {
        for (const address of colliding) writer.put({ address, group: 0, generation: 1 });
        const left = new Set(order);
        for (const address of order) {
          writer.remove(address);
          left.delete(address);
          for (const each of colliding) expect(find(each) >= 0).toBe(left.has(each));
        }
      }),
      { seed: 7, numRuns: 100 },
    );
  });

  test('whatever is put and removed, reader and writer agree with a plain map', () => {
    const operation = fc.record({
      id: fc.integer({ min: 0, max: 40 }),
      put: fc.boolean(),
      generation: fc.integer({ min: 1, max: 3 }),
    });
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 120 }), (operations) => {
        open(16);
        const model = new Map<string, number>();
        for (const { id, put, generation } of operations) {
          const address: IpAddress = id % 2 ? ipv4(id) : { family: 'IPv6', value: BigInt(id) << 64n };
          const name = formatAddress(address);
          if (put) {
            const fits = model.has(name) || model.size < 16;
            expect(writer.put({ address, group: 0, generation })).toBe(fits);
            if (fits) model.set(name, generation);
          } else expect(writer.remove(address)).toBe(model.delete(name));
        }
        expect(writer.size).toBe(model.size);
        const rows = [...writer.rows()].map((row) => [formatAddress(row.address), row.generation] as const);
        expect(new Map(rows)).toEqual(model);
        expect(seen()).toHaveLength(model.size);
        for (const name of model.keys()) expect(find(ip(name))).toBeGreaterThanOrEqual(0);
      }),
      { seed: 11, numRuns: 200 },
    );
  });

  test('a restarted reader reaches the same view, and so does a writer on an existing table', () => {
    for (let i = 0; i < 40; i++) writer.put({ address: ipv4(i * 77), group: i % 3, generation: i });
    for (let i = 0; i < 40; i += 3) writer.remove(ipv4(i * 77));
    expect(seen(new TableReader(buffer))).toEqual(seen());
    const again = new TableWriter(buffer);
    const order = (rows: Iterable<{ address: IpAddress }>) =>
      [...rows].sort((a, b) => compareAddresses(a.address, b.address));
    expect(order(again.rows())).toEqual(order(writer.rows()));
    for (let i = again.size; i < 64; i++)
      expect(again.put({ address: ipv4(1_000_000 + i), group: 0, generation: 1 })).toBe(true);
    expect(again.put({ address: ipv4(5), group: 0, generation: 1 })).toBe(false);
  });
});

describe('groups and deadlines', () => {
  const address = ipv4(0xc000020a);
  beforeEach(() => void writer.put({ address, group: 3, generation: 1 }));

  test('a row answers only while its group is active', () => {
    expect(find(address)).toBe(NOT_ACTIVE);
    writer.setGroup(3, { mode: 'vrrp', active: true, deadlineMs: now + 1000 });
    expect(find(address)).toBeGreaterThanOrEqual(0);
    writer.setGroup(3, { mode: 'vrrp', active: false, deadlineMs: now + 1000 });
    expect(find(address)).toBe(NOT_ACTIVE);
  });

  test('a deadline ends at most 1 ms early and never late, wherever the 32-bit clock stands', () => {
    const starts = [
      0,
      1,
      999,
      2 ** 31 - 500,
      2 ** 31,
      2 ** 32 - 500,
      2 ** 32 - 1,
      2 ** 32,
      3 * 2 ** 32 + 17,
      1e14 + 0.25,
    ];
    for (const start of starts) {
      for (const lease of [2, 3, 500, 1000, 120_000, 2 ** 31 - 2]) {
        writer.setGroup(3, { mode: 'lease', active: true, deadlineMs: start + lease });
        expect(find(address, start)).toBeGreaterThanOrEqual(0);
        expect(find(address, start + lease - 2)).toBeGreaterThanOrEqual(0);
        expect(find(address, start + lease)).toBe(NOT_ACTIVE);
        expect(find(address, start + lease + 1_000_000)).toBe(NOT_ACTIVE);
      }
    }
  });

  test('a clock that is given wrapped to 32 bits is the same clock', () => {
    writer.setGroup(3, { mode: 'lease', active: true, deadlineMs: 2 ** 32 + 5000 });
    expect(find(address, (2 ** 32 + 4000) >>> 0)).toBeGreaterThanOrEqual(0);
    expect(find(address, (2 ** 32 + 5000) >>> 0)).toBe(NOT_ACTIVE);
    expect(find(address, 2 ** 32 - 1)).toBeGreaterThanOrEqual(0);
  });

  test('expireGroups(): a passed deadline stays passed, even when the clock has wrapped', () => {
    writer.setGroup(3, { mode: 'lease', active: true, deadlineMs: now + 100 });
    expect(reader.expireGroups(now)).toBe(false);
    expect(reader.expireGroups(now + 100)).toBe(true);
    expect(reader.expireGroups(now + 100)).toBe(false);
    expect(find(address, now + 100 + 2 ** 31 + 50)).toBe(NOT_ACTIVE);
    writer.setGroup(3, { mode: 'lease', active: true, deadlineMs: now + 900 });
    expect(find(address, now + 200)).toBeGreaterThanOrEqual(0);
  });

  test('a group out of range is a mistake of the caller', () => {
    for (const group of [-1, groupCount, 1.5, Number.NaN]) {
      expect(() => writer.put({ address, group, generation: 1 })).toThrow(RangeError);
      expect(() => writer.setGroup(group, { mode: 'solo', active: true, deadlineMs: 0 })).toThrow(RangeError);
    }
  });
});

describe('epoch', () => {
  const address = ipv4(0xc000020a);
  function changes(change: () => void): boolean {
    const before = reader.epoch();
    change();
    return reader.epoch() !== before;
  }

  test('changes with rows, groups and generations, not with what stays the same', () => {
    const row = { address, group: 0, generation: 1 };
    expect(changes(() => writer.put(row))).toBe(true);
    expect(changes(() => writer.put(row))).toBe(false);
    expect(changes(() => writer.put({ ...row, generation: 2 }))).toBe(true);
    expect(changes(() => writer.put({ ...row, generation: 2, group: 1 }))).toBe(true);
    expect(changes(() => writer.setGroup(0, { mode: 'solo', active: true, deadlineMs: now + 5000 }))).toBe(false);
    expect(changes(() => writer.setGroup(0, { mode: 'solo', active: false, deadlineMs: now + 5000 }))).toBe(true);
    expect(changes(() => writer.setGroup(0, { mode: 'vrrp', active: false, deadlineMs: now + 5000 }))).toBe(true);
    expect(changes(() => writer.remove(address))).toBe(true);
    expect(changes(() => writer.remove(address))).toBe(false);
  });

  test('changes once for a batch, after all of it, and not for an empty one', () => {
    const before = reader.epoch();
    writer.batch(() => {
      for (let i = 0; i < 20; i++) writer.put({ address: ipv4(i), group: 0, generation: 1 });
      expect(reader.epoch()).toBe(before);
      expect(find(ipv4(7))).toBeGreaterThanOrEqual(0);
    });
    expect(reader.epoch()).toBe(before + 1);
    expect(changes(() => writer.batch(() => undefined))).toBe(false);
  });
});

test('answers are counted per row and start anew with a new row; a changed generation keeps them', () => {
  const address = ipv4(1);
  writer.put({ address, group: 0, generation: 1 });
  for (let i = 0; i < 5; i++) reader.countAnswer(find(address), now);
  writer.put({ address, group: 0, generation: 2 });
  expect(writer.answers(address)).toBe(5);
  writer.remove(address);
  expect(writer.answers(address)).toBe(0);
  writer.put({ address, group: 0, generation: 3 });
  expect(writer.answers(address)).toBe(0);
});

test('counters bear the names of the verdicts and go beyond 32 bits', () => {
  expect(Object.keys(writer.counters())).toEqual([...verdictNames]);
  reader.countVerdict(Verdict.standby);
  expect(writer.counters()).toMatchObject({ standby: 1, replied: 0 });
  // The counter of answers of row 0: two words that are about to overflow.
  const words = new Int32Array(buffer);
  writer.put({ address: ipv4(1), group: 0, generation: 1 });
  const at = tableBytes(64) / 4 - 64 * 16 + 7;
  words[at] = -1;
  reader.countAnswer(0, now);
  reader.countAnswer(0, now);
  expect(writer.answers(ipv4(1))).toBe(2 ** 32 + 1);
});

test('only the verdicts with a frame carry a reply', () => {
  expect(verdictNames.filter((_, verdict) => carriesReply(verdict))).toEqual([
    'replied',
    'probe_answered',
    'claimant_answered',
  ]);
});

test('stop and signs of life cross over, whatever the clock', () => {
  expect(reader.stopRequested()).toBe(false);
  writer.requestStop();
  expect(reader.stopRequested()).toBe(true);
  writer.beat(2 ** 32 - 100);
  expect(reader.writerSilenceMs(2 ** 32 + 50)).toBe(150);
  reader.beat(500);
  expect(writer.readerSilenceMs(750)).toBe(250);
});

test('a buffer that is no table, and a capacity that makes none, are refused', () => {
  expect(() => new TableReader(new SharedArrayBuffer(4096))).toThrow(TypeError);
  expect(() => new TableWriter(new SharedArrayBuffer(4096))).toThrow(TypeError);
  for (const capacity of [0, -1, 1.5, maxCapacity + 1, Number.NaN])
    expect(() => createTable(capacity)).toThrow(RangeError);
  expect(tableBytes(65_536)).toBeLessThan(6 * 2 ** 20);
});
