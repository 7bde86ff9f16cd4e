// Virtual router ids as people write and read them, and the numbers of groups.
import { expect, test } from 'bun:test';
import { idsText, parseIdBlock, parseRouterId } from '#core/virtual-router-ids.ts';
import { groupIndex, groupLimit, routerOf } from '#model/group-index.ts';

test.each([
  ['200+8', { first: 200, count: 8 }],
  [' 1 ', { first: 1, count: 1 }],
  ['1+255', { first: 1, count: 255 }],
  ['248+8', { first: 248, count: 8 }],
  ['249+8', null],
  ['0+8', null],
  ['200+0', null],
  ['200-207', null],
  ['', null],
  ['1e2', null],
])('parseIdBlock(%p) is %p', (text, block) => {
  expect(parseIdBlock(text)).toEqual(block);
});

test('parseRouterId() takes one id', () => {
  expect([parseRouterId('51'), parseRouterId('51+1'), parseRouterId('256')]).toEqual([51, null, null]);
});

test('idsText() names a range by its ends', () => {
  expect([[128, 129, 130], [51], [1, 3], []].map(idsText)).toEqual(['128…130', '51', '1, 3', 'none']);
});

test('every virtual router of each family has a group of its own, and the box that is alone has 0', () => {
  const seen = new Set<number>([0]);
  for (const family of ['IPv4', 'IPv6'] as const) {
    for (let id = 1; id <= 255; id++) {
      const group = groupIndex(id, family);
      expect(routerOf(group)).toEqual({ id, family });
      expect(group).toBeWithin(1, groupLimit);
      seen.add(group);
    }
  }
  expect(seen.size).toBe(511);
  expect([0, 256, 512, -1, 1.5].map(routerOf)).toEqual([null, null, null, null, null]);
});
