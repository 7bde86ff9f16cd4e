import { expect, test } from 'bun:test';
import { watchedRows } from '#cli/watched-rows.ts';
import type { Items } from '#control/protocol.ts';
import type { StreamLine } from '#control/stream-protocol.ts';

const pool = (name: string, used: string) => ({ name, used }) as unknown as Items['pools'];
const event = (message: string) => ({ message }) as unknown as Items['events'];
let revision = 0;

function pools(type: 'ADDED' | 'MODIFIED' | 'DELETED', name: string, used = '0'): StreamLine {
  return { type, kind: 'pools', key: name, revision: ++revision, object: pool(name, used) };
}

function entry(message: string): StreamLine {
  return { type: 'ADDED', kind: 'events', key: message, revision: ++revision, object: event(message) };
}

const time = '2026-11-23T03:07:21.000Z';
const synced: StreamLine = { type: 'SYNCED', revision: 1, time };
const resync: StreamLine = { type: 'RESYNC', revision: 1, time, lost: 5 };

test('after RESYNC only what differs is told: changes, new rows, and rows that are gone', () => {
  const rows = watchedRows('pools', () => true);
  const told = (...lines: StreamLine[]) =>
    lines.flatMap((line) => rows.take(line)).map((one) => [one.type, 'object' in one ? one.object.name : '']);
  expect(told(pools('ADDED', 'a'), pools('ADDED', 'b'), pools('ADDED', 'c'), synced)).toEqual([
    ['ADDED', 'a'],
    ['ADDED', 'b'],
    ['ADDED', 'c'],
  ]);
  expect(told(resync, pools('ADDED', 'a'), pools('ADDED', 'c', '7'), pools('ADDED', 'd'), synced)).toEqual([
    ['MODIFIED', 'c'],
    ['ADDED', 'd'],
    ['DELETED', 'b'],
  ]);
  expect(told(pools('DELETED', 'b'), pools('DELETED', 'd'))).toEqual([['DELETED', 'd']]);
});

test('a row that ceases to fit is told as deleted, also when that happened unseen', () => {
  const rows = watchedRows('pools', ({ used }) => used === '0');
  const types = (...lines: StreamLine[]) => lines.flatMap((line) => rows.take(line)).map(({ type }) => type);
  expect(types(pools('ADDED', 'a'), pools('ADDED', 'b', '1'), synced)).toEqual(['ADDED']);
  expect(types(resync, pools('ADDED', 'a', '1'), pools('ADDED', 'b'), synced)).toEqual(['DELETED', 'ADDED']);
});

test('after RESYNC a journal goes on behind the newest entry that was told; where that one is gone, a loss is told', () => {
  const rows = watchedRows('events', ({ message }) => message !== 'no');
  const told = (...lines: StreamLine[]) =>
    lines.flatMap((line) => rows.take(line)).map((one) => ('object' in one ? one.object.message : one.type));
  expect(told(entry('1'), entry('2'), synced, entry('no'), synced)).toEqual(['1', '2']);
  expect(told(resync, entry('2'), entry('no'), entry('3'), entry('4'), synced)).toEqual(['3', '4']);
  expect(told(resync, entry('4'), synced)).toEqual([]);
  expect(told(resync, entry('8'), entry('9'), synced)).toEqual(['LOST', '8', '9']);
});
