// Blocks and the ranges they stand for.
import { expect, test } from 'bun:test';
import { type Block, formatRange, parseBlock, parseCidr, rangeSize, rangesOverlap } from '#model/range.ts';

test.each<[Block, string, bigint]>([
  [{ cidr: '10.0.0.12/24' }, '10.0.0.0-10.0.0.255', 256n],
  [{ cidr: '10.0.0.1/32' }, '10.0.0.1', 1n],
  [{ cidr: 'fd00::1/48' }, 'fd00::-fd00::ffff:ffff:ffff:ffff:ffff', 2n ** 80n],
  [{ cidr: '0.0.0.0/0' }, '0.0.0.0-255.255.255.255', 2n ** 32n],
  [{ start: '10.0.0.255', stop: '10.0.1.0' }, '10.0.0.255-10.0.1.0', 2n],
  [{ start: '10.0.0.7' }, '10.0.0.7', 1n],
  [{ cidr: '10.0.0.0/30', start: '9.9.9.9', stop: '8.8.8.8' }, '10.0.0.0-10.0.0.3', 4n],
])('%p is %s', (block, text, size) => {
  const result = parseBlock(block);
  expect(result.ok && formatRange(result.range)).toBe(text);
  expect(result.ok && rangeSize(result.range)).toBe(size);
});

test.each<[Block, string]>([
  [{}, 'empty_block'],
  [{ stop: '10.0.0.1' }, 'stop_without_start'],
  [{ start: '10.0.0.9', stop: '10.0.0.1' }, 'start_after_stop'],
  [{ start: '10.0.0.9', stop: 'fd00::1' }, 'mixed_families'],
  [{ start: 'banana' }, 'bad_address'],
  [{ start: '10.0.0.1', stop: 'banana' }, 'bad_address'],
  [{ cidr: '10.0.0.0' }, 'bad_cidr'],
  [{ cidr: '10.0.0.0/33' }, 'bad_cidr'],
  [{ cidr: '10.0.0.0/-1' }, 'bad_cidr'],
  [{ cidr: 'fd00::/129' }, 'bad_cidr'],
])('%p is refused as %s', (block, code) => {
  const result = parseBlock(block);
  expect(result.ok ? 'accepted' : (result.error.code as string)).toBe(code);
});

test('touching ranges overlap, adjacent ones and other families do not', () => {
  const range = (text: string) => {
    const parsed = parseCidr(text);
    if (!parsed) throw new Error(text);
    return parsed;
  };
  expect(rangesOverlap(range('10.0.0.0/25'), range('10.0.0.127/32'))).toBe(true);
  expect(rangesOverlap(range('10.0.0.0/25'), range('10.0.0.128/25'))).toBe(false);
  expect(rangesOverlap(range('0.0.0.0/0'), range('::/0'))).toBe(false);
});
