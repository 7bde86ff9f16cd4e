// How pools stand, in a word.
import { expect, test } from 'bun:test';
import { columns } from '#control/columns.ts';
import type { PoolItem } from '#control/list-items.ts';
import { poolWord } from '#control/pool-word.ts';

const pool = (used: string, total: string, more: Partial<PoolItem> = {}): PoolItem => ({
  name: 'blue',
  blocks: [],
  used,
  total,
  available: String(BigInt(total === '' ? 0 : total) - BigInt(used === '' ? 0 : used)),
  disabled: false,
  conflict: false,
  valid: true,
  conditions: [],
  ...more,
});
const cell = (header: string, item: PoolItem) => columns.pools.find((one) => one.header === header)?.value(item, 0);

test('a pool is ok, nearly full from 90 % on, or full; what hands out nothing says so first', () => {
  expect(poolWord(pool('8', '10'))).toBe('ok');
  expect(poolWord(pool('9', '10'))).toBe('nearly full');
  expect(poolWord(pool('10', '10'))).toBe('full');
  expect(poolWord(pool('0', '0'))).toBe('empty');
  expect(poolWord(pool('10', '10', { conflict: true }))).toBe('conflict');
  expect(poolWord(pool('10', '10', { disabled: true }))).toBe('disabled');
  expect(poolWord(pool('1', '10', { conflict: true, valid: false }))).toBe('invalid');
});

test('the table shows nothing free in a pool that hands out nothing, and a share that is rounded down', () => {
  expect(cell('FREE', pool('1', '10', { conflict: true }))).toBe('0');
  expect(cell('FREE', pool('1', '10'))).toBe('9');
  expect(cell('%', pool('999', '1000'))).toBe('99');
  expect(cell('%', pool('1', String(2n ** 100n)))).toBe('0');
});

test('a list from a file may lack the counts', () => {
  expect(poolWord(pool('', ''))).toBe('ok');
  expect(cell('%', pool('', ''))).toBe('0');
});
