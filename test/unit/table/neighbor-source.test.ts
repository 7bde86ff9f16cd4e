import { expect, test } from 'bun:test';
import { createTable, Header } from '#table/layout.ts';
import { readNeighborSource, writeNeighborSource } from '#table/neighbor-source.ts';
import { TableReader } from '#table/table-reader.ts';

const address = Uint8Array.from({ length: 16 }, (_, i) => 0xf0 + i);

test('a fresh table has no source; what is written is read, and each change moves the epoch', () => {
  const buffer = createTable(4);
  const reader = new TableReader(buffer);
  expect(readNeighborSource(buffer)).toBe('none');
  for (const source of [address, 'target', new Uint8Array(16), 'none', address] as const) {
    const epoch = reader.epoch();
    writeNeighborSource(buffer, source);
    expect(readNeighborSource(buffer)).toEqual(source);
    expect(reader.epoch()).not.toBe(epoch);
  }
});

test('an address is taken out of a larger buffer, from where it begins', () => {
  const buffer = createTable(4);
  const large = new Uint8Array(40);
  large.set(address, 7);
  writeNeighborSource(buffer, large.subarray(7, 23));
  expect(readNeighborSource(buffer)).toEqual(address);
});

test('a half-written source is none', () => {
  const buffer = createTable(4);
  writeNeighborSource(buffer, address);
  Atomics.add(new Int32Array(buffer), Header.sourceSequence, 1);
  expect(readNeighborSource(buffer)).toBe('none');
});
