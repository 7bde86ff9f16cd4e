import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { allocate, openLibrary } from '../../../../native/ffi.ts';
import { LIBC_PATHS } from '../../../../native/libc.ts';
import { sdNotify, watchdogTimeoutMs } from '../../../../native/linux/sd-notify.ts';

const opened = openLibrary(LIBC_PATHS, {
  socket: { args: ['i32', 'i32', 'i32'], returns: 'i32' },
  bind: { args: ['i32', 'buffer', 'u32'], returns: 'i32' },
  recv: { args: ['i32', 'buffer', 'u64', 'i32'], returns: 'i32' },
  close: { args: ['i32'], returns: 'i32' },
});
if (!opened.ok) throw new Error(opened.error.message);
const libc = opened.value.call;
const MSG_DONTWAIT = 0x40;

let folder = '';
let fd = -1;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lanlord-notify-'));
  fd = libc.socket(1, 2, 0);
});
afterEach(() => {
  libc.close(fd);
  rmSync(folder, { recursive: true, force: true });
});

/** Binds the receiving end the way systemd does. */
function listen(sunPath: string): void {
  const path = new TextEncoder().encode(sunPath);
  const address = allocate(2 + path.length);
  address[0] = 1;
  address.set(path, 2);
  expect(libc.bind(fd, address, address.length)).toBe(0);
}

function received(): string | null {
  const bytes = allocate(4096);
  const length = libc.recv(fd, bytes, bytes.length, MSG_DONTWAIT);
  return length < 0 ? null : new TextDecoder().decode(bytes.subarray(0, length));
}

describe('sdNotify()', () => {
  test('sends one datagram to a path', () => {
    const path = join(folder, 'notify');
    listen(`${path}\0`);
    expect(sdNotify('READY=1\nSTATUS=3 VIPs', { NOTIFY_SOCKET: path })).toBe(true);
    expect([received(), received()]).toEqual(['READY=1\nSTATUS=3 VIPs', null]);
  });

  test('sends to an abstract address', () => {
    const name = `lanlord-test-${process.pid}`;
    listen(`\0${name}`);
    expect(sdNotify('WATCHDOG=1', { NOTIFY_SOCKET: `@${name}` })).toBe(true);
    expect(received()).toBe('WATCHDOG=1');
  });

  test('is false, without throwing, when there is nobody to tell', () => {
    expect(sdNotify('READY=1', {})).toBe(false);
    expect(sdNotify('READY=1', { NOTIFY_SOCKET: join(folder, 'nobody') })).toBe(false);
    expect(sdNotify('READY=1', { NOTIFY_SOCKET: 'vsock:2:1' })).toBe(false);
    expect(sdNotify('READY=1', { NOTIFY_SOCKET: `/${'x'.repeat(200)}` })).toBe(false);
    expect(sdNotify('', { NOTIFY_SOCKET: join(folder, 'nobody') })).toBe(false);
  });
});

test('watchdogTimeoutMs() reads microseconds meant for this process', () => {
  expect(watchdogTimeoutMs({ WATCHDOG_USEC: '3000000' })).toBe(3000);
  expect(watchdogTimeoutMs({ WATCHDOG_USEC: '3000000', WATCHDOG_PID: String(process.pid) })).toBe(3000);
  expect(watchdogTimeoutMs({ WATCHDOG_USEC: '3000000', WATCHDOG_PID: '1' })).toBeNull();
  for (const value of [undefined, '', '0', 'x', '-1']) expect(watchdogTimeoutMs({ WATCHDOG_USEC: value })).toBeNull();
});
