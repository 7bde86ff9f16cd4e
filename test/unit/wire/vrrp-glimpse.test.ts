import { expect, test } from 'bun:test';
import { glimpseVrrp } from '#wire/vrrp-glimpse.ts';
import { vrrpFrame } from '../../support/vrrp-frames.ts';

const glimpse = (frame: Uint8Array, length = frame.length) => glimpseVrrp(frame, length);

test('a dropped advertisement still says who sent it, for which id, and in which version', () => {
  expect(glimpse(vrrpFrame({ version: 2, virtualRouterId: 7, interval: 0x0101 }))).toEqual({
    family: 4,
    senderAt: 26,
    ttl: 255,
    version: 2,
    virtualRouterId: 7,
    authentication: 1,
  });
  expect(glimpse(vrrpFrame({ family: 6, ttl: 64, wrong: 1 }))).toMatchObject({
    family: 6,
    senderAt: 22,
    ttl: 64,
    version: 3,
  });
});

test('of frames that hold no message it says nothing, at every length', () => {
  for (const family of [4, 6] as const) {
    const frame = vrrpFrame({ family });
    const shortest = 14 + (family === 4 ? 20 : 40) + 8;
    for (let length = 0; length < shortest; length++) expect(glimpse(frame, length)).toBeNull();
    expect(glimpse(frame, shortest)).not.toBeNull();
  }
  expect(glimpse(vrrpFrame({ wrongHeader: 1 }))).toBeNull();
  expect(glimpse(vrrpFrame({ protocol: 17 }))).toBeNull();
});
