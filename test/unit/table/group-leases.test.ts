import { beforeEach, describe, expect, test } from 'bun:test';
import { GroupLeases } from '#table/group-leases.ts';
import { createTable } from '#table/layout.ts';
import { NOT_ACTIVE, TableReader } from '#table/table-reader.ts';
import { TableWriter } from '#table/table-writer.ts';

const now = 1_000_000;
const group = 131;
const vip = 0xc000020a;
let buffer = createTable(8);
let reader = new TableReader(buffer);
let writer = new TableWriter(buffer);

beforeEach(() => {
  buffer = createTable(8);
  reader = new TableReader(buffer);
  writer = new TableWriter(buffer);
  writer.put({ address: { family: 'IPv4', value: BigInt(vip) }, group, generation: 1 });
});

describe('leases of groups', () => {
  test('a row is answered from the moment its group is led until that ends', () => {
    const leases = new GroupLeases(buffer);
    expect(reader.findIPv4(vip, now)).toBe(NOT_ACTIVE);
    leases.lead(group, now + 500);
    expect(reader.findIPv4(vip, now)).toBeGreaterThanOrEqual(0);
    leases.lead(group, null);
    expect(reader.findIPv4(vip, now)).toBe(NOT_ACTIVE);
  });

  test('a passed deadline is never answered: whoever was paused has lost the group', () => {
    new GroupLeases(buffer).lead(group, now + 500);
    expect(reader.findIPv4(vip, now + 498)).toBeGreaterThanOrEqual(0);
    expect(reader.findIPv4(vip, now + 500)).toBe(NOT_ACTIVE);
  });

  test('the next worker of a table leads nothing until it says so, and solo rows are left alone', () => {
    writer.put({ address: { family: 'IPv4', value: 7n }, group: 0, generation: 1 });
    writer.setGroup(0, { mode: 'solo', active: true, deadlineMs: now + 10_000 });
    new GroupLeases(buffer).lead(group, now + 500);
    new GroupLeases(buffer);
    expect(reader.findIPv4(vip, now)).toBe(NOT_ACTIVE);
    expect(reader.findIPv4(7, now)).toBeGreaterThanOrEqual(0);
  });

  test('forEachRow() tells what is led apart from what is live', () => {
    new GroupLeases(buffer).lead(group, now + 500);
    writer.put({ address: { family: 'IPv4', value: 9n }, group, generation: 1, phase: 'claiming' });
    const seen: string[] = [];
    reader.forEachRow(({ phase, isLed, active }) => seen.push(`${phase} ${isLed} ${active}`), now);
    expect(seen).toEqual(['live true true', 'claiming true false']);
  });
});
