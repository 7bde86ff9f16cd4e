import { expect, test } from 'bun:test';
import { RouterDifferences, type Sight } from '#core/router-differences.ts';

const sight: Sight = { what: 'interval', sender: '192.0.2.9', group: 51, heard: '1000', own: '100' };

/** Sees these once a second for so long; what is told at each second of change. */
function seen(book: RouterDifferences, seconds: number, from: number, ...sights: readonly Sight[]) {
  const told: (readonly [number, number])[] = [];
  for (let second = from; second < from + seconds; second++) {
    for (const one of sights) book.saw(one, second * 1000);
    const news = book.takeNews(second * 1000);
    if (news) told.push([second, news.length]);
  }
  return told;
}

test('V-12: a difference is told once it lasts 5 s, once, and its end a minute after the last advertisement', () => {
  const book = new RouterDifferences();
  expect(seen(book, 300, 0, sight)).toEqual([[5, 1]]);
  expect(seen(book, 100, 300)).toEqual([[360, 0]]);
  expect(seen(book, 100, 400)).toEqual([]);
});

test('one frame is no difference', () => {
  expect(seen(new RouterDifferences(), 1, 0, sight)).toEqual([]);
  const book = new RouterDifferences();
  seen(book, 1, 0, sight);
  expect(seen(book, 200, 1)).toEqual([]);
});

test('one router that differs in many groups is one difference; what it ceases to do goes by itself', () => {
  const book = new RouterDifferences();
  seen(book, 5, 0, ...[53, 51, 52].map((group) => ({ ...sight, group })), { ...sight, what: 'addresses' });
  for (const group of [51, 52, 53]) book.saw({ ...sight, group }, 5000);
  book.saw({ ...sight, what: 'addresses' }, 5000);
  const list = book.takeNews(5000);
  expect(list).toEqual([
    { what: 'interval', sender: '192.0.2.9', groups: [51, 52, 53], heard: '1000', own: '100' },
    { what: 'addresses', sender: '192.0.2.9', groups: [51], heard: '1000', own: '100' },
  ]);
  expect(seen(book, 100, 6, sight).at(-1)?.[1]).toBe(1);
});

test('forged senders fill a bounded book, and a flood is looked at 256 times a second', () => {
  const book = new RouterDifferences();
  for (const ms of [0, 6000]) for (let i = 0; i < 10_000; i++) book.saw({ ...sight, sender: `10.0.0.${i}` }, ms);
  expect(book.takeNews(6000)).toHaveLength(64);
  const looks = Array.from({ length: 10_000 }, () => book.hasTime(7000)).filter(Boolean);
  expect(looks).toHaveLength(256);
  expect(book.hasTime(8000)).toBe(true);
});
