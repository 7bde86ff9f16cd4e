import { expect, test } from 'bun:test';
import { parseListenAddress } from '#model/listen-address.ts';

test('addresses and ports are read', () => {
  expect(parseListenAddress('127.0.0.1:9417')).toEqual({ host: '127.0.0.1', port: 9417 });
  expect(parseListenAddress('[::1]:9417')).toEqual({ host: '::1', port: 9417 });
  expect(parseListenAddress('[2001:DB8::0:1]:1')).toEqual({ host: '2001:db8::1', port: 1 });
  expect(parseListenAddress(':9417')).toEqual({ host: '::', port: 9417 });
});

for (const text of [
  '',
  '9417',
  'localhost:9417',
  '127.0.0.1',
  '127.0.0.1:0',
  '127.0.0.1:65536',
  '::1:9417',
  '[127.0.0.1]:1',
  '[]:1',
  '[::1]',
]) {
  test(`"${text}" is none`, () => {
    expect(parseListenAddress(text)).toBeNull();
  });
}
