// Every point at which one side can be overtaken by the other, tried one after the other in a single thread.
import { afterEach, describe, expect, test } from 'bun:test';
import type { IpAddress } from '#model/address.ts';
import { createTable, hashIPv4 } from '#table/layout.ts';
import { NOT_FOUND, TableReader, type TableRow } from '#table/table-reader.ts';
import { TableWriter } from '#table/table-writer.ts';

const real = { load: Atomics.load, store: Atomics.store, add: Atomics.add };
type Step = keyof typeof real;

afterEach(() => void Object.assign(Atomics, real));

/** Runs `main`; before its step number `at` of these kinds, `other` happens. False: there were fewer steps. */
function overtaken(steps: readonly Step[], at: number, main: () => void, other: () => void): boolean {
  let count = 0;
  let reached = false;
  for (const step of steps) {
    const original = real[step] as (...parts: unknown[]) => unknown;
    const hooked = (...parts: unknown[]) => {
      if (count++ === at) {
        Object.assign(Atomics, real);
        reached = true;
        other();
      }
      return original(...parts);
    };
    Object.assign(Atomics, { [step]: hooked });
  }
  try {
    main();
  } finally {
    Object.assign(Atomics, real);
  }
  return reached;
}

function ipv4(value: number): IpAddress {
  return { family: 'IPv4', value: BigInt(value) };
}

function open(capacity: number): { writer: TableWriter; reader: TableReader } {
  const buffer = createTable(capacity);
  const writer = new TableWriter(buffer);
  writer.setGroup(0, { mode: 'solo', active: true, deadlineMs: 1_000_000 });
  return { writer, reader: new TableReader(buffer) };
}

/** Addresses whose search begins at this slot. */
function withHome(home: number, slots: number, count: number): number[] {
  const found: number[] = [];
  for (let value = 1; found.length < count; value++) if ((hashIPv4(value) & (slots - 1)) === home) found.push(value);
  return found;
}

describe('a lookup that is overtaken', () => {
  test('by removals that move its VIP up still finds it', () => {
    // All begin at the last slot but one, so the run wraps around.
    const run = withHome(14, 16, 6);
    const last = run.at(-1) ?? 0;
    for (let at = 0; ; at++) {
      const { writer, reader } = open(8);
      for (const value of run) writer.put({ address: ipv4(value), group: 0, generation: 1 });
      let row: number = NOT_FOUND;
      const reached = overtaken(
        ['load'],
        at,
        () => {
          row = reader.findIPv4(last, 0);
        },
        () => {
          for (const value of run.slice(0, 3)) writer.remove(ipv4(value));
        },
      );
      expect({ at, found: row >= 0 }).toEqual({ at, found: true });
      if (!reached) {
        expect(at).toBeGreaterThan(10);
        break;
      }
    }
  });

  test('by the reuse of its row for a VIP of an active group never takes that group for its own', () => {
    const [first = 0, second = 0] = withHome(3, 16, 2);
    for (let at = 0; ; at++) {
      const { writer, reader } = open(8);
      writer.put({ address: ipv4(first), group: 1, generation: 1 });
      let row: number = NOT_FOUND;
      const reached = overtaken(
        ['load'],
        at,
        () => {
          row = reader.findIPv4(first, 0);
        },
        () => {
          writer.remove(ipv4(first));
          writer.put({ address: ipv4(second), group: 0, generation: 2 });
        },
      );
      expect({ at, found: row >= 0 }).toEqual({ at, found: false });
      if (!reached) break;
    }
  });

  test('by a visit of all rows: each row is as it was before or after', () => {
    for (let at = 0; ; at++) {
      const { writer, reader } = open(2);
      writer.put({ address: ipv4(1), group: 1, generation: 1 });
      const rows: TableRow[] = [];
      const reached = overtaken(
        ['load'],
        at,
        () => reader.forEachRow((row) => rows.push(row), 0),
        () => {
          writer.remove(ipv4(1));
          writer.put({ address: { family: 'IPv6', value: (1n << 128n) - 1n }, group: 2, generation: 2 });
        },
      );
      const shown = rows.map(
        (row) => `${row.address[0]} ${row.address[15]} ${row.family} ${row.group} ${row.generation}`,
      );
      expect(['0 1 4 1 1', '255 255 6 2 2']).toContain(shown.join());
      if (!reached) break;
    }
  });
});

describe('a change that is overtaken', () => {
  test('while a removal moves entries up: lookups find all that stay, at every step', () => {
    const run = [...withHome(14, 16, 3), ...withHome(15, 16, 2), ...withHome(0, 16, 2)];
    for (const gone of run) {
      for (let at = 0; ; at++) {
        const { writer, reader } = open(8);
        for (const value of run) writer.put({ address: ipv4(value), group: 0, generation: 1 });
        const missed: number[] = [];
        const reached = overtaken(
          ['store', 'add'],
          at,
          () => writer.remove(ipv4(gone)),
          () => missed.push(...run.filter((value) => value !== gone && reader.findIPv4(value, 0) < 0)),
        );
        expect({ gone, at, missed }).toEqual({ gone, at, missed: [] });
        expect(reader.findIPv4(gone, 0)).toBe(NOT_FOUND);
        if (!reached) break;
      }
    }
  });

  test('while a VIP is put: it is not there or whole, at every step', () => {
    for (let at = 0; ; at++) {
      const { writer, reader } = open(2);
      writer.put({ address: ipv4(9), group: 1, generation: 9 });
      writer.remove(ipv4(9));
      const seen: string[] = [];
      const reached = overtaken(
        ['store', 'add'],
        at,
        () => void writer.put({ address: ipv4(5), group: 0, generation: 5 }),
        () => {
          expect(reader.findIPv4(9, 0)).toBe(NOT_FOUND);
          reader.forEachRow((row) => seen.push(`${row.address[15]} ${row.group} ${row.generation}`), 0);
        },
      );
      expect(['', '5 0 5']).toContain(seen.join());
      if (!reached) break;
    }
  });

  test('while group and generation change: a visit shows old or new or nothing, and never waits for the writer', () => {
    for (let at = 0; ; at++) {
      const { writer, reader } = open(2);
      writer.put({ address: ipv4(5), group: 1, generation: 1 });
      const seen: string[] = [];
      const reached = overtaken(
        ['store', 'add'],
        at,
        () => void writer.put({ address: ipv4(5), group: 2, generation: 2 }),
        () => reader.forEachRow((row) => seen.push(`${row.group} ${row.generation}`), 0),
      );
      expect(['', '1 1', '2 2']).toContain(seen.join());
      if (!reached) break;
    }
  });

  test('a changed generation of an active VIP: it is found at every step', () => {
    for (let at = 0; ; at++) {
      const { writer, reader } = open(2);
      writer.put({ address: ipv4(5), group: 0, generation: 5 });
      let row = 0;
      const reached = overtaken(
        ['store', 'add'],
        at,
        () => void writer.put({ address: ipv4(5), group: 0, generation: 6 }),
        () => {
          row = reader.findIPv4(5, 0);
        },
      );
      expect(row).toBe(0);
      if (!reached) break;
    }
  });
});
