import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { allocate, openLibrary } from '../../../native/ffi.ts';
import { LIBC_PATHS } from '../../../native/libc.ts';
import { createSendBatch, type SendBatch } from '../../../native/mod.ts';
import { collectGarbage } from '../../support/native-runtime.ts';

const opened = openLibrary(LIBC_PATHS, {
  socketpair: { args: ['i32', 'i32', 'i32', 'buffer'], returns: 'i32' },
  recv: { args: ['i32', 'buffer', 'u64', 'i32'], returns: 'i32' },
  close: { args: ['i32'], returns: 'i32' },
});
if (!opened.ok) throw new Error(opened.error.message);
const libc = opened.value.call;
const open: number[] = [];

/** Datagram sockets stand in for the packet socket: one message is one frame. */
function pair(): [number, number] {
  const fds = new Int32Array(allocate(8).buffer);
  const [AF_UNIX, SOCK_DGRAM] = [1, 2];
  assert.equal(libc.socketpair(AF_UNIX, SOCK_DGRAM, 0, fds), 0);
  open.push(fds[0] as number, fds[1] as number);
  return [fds[0] as number, fds[1] as number];
}

after(() => {
  for (const fd of open) libc.close(fd);
});

function receive(fd: number): Uint8Array[] {
  const MSG_DONTWAIT = 0x40;
  const frames: Uint8Array[] = [];
  const buffer = allocate(256);
  for (let n = libc.recv(fd, buffer, 256, MSG_DONTWAIT); n >= 0; n = libc.recv(fd, buffer, 256, MSG_DONTWAIT)) {
    frames.push(buffer.slice(0, n));
  }
  return frames;
}

function create(fd: number, slots: number, slotBytes: number): SendBatch {
  const batch = createSendBatch(fd, slots, slotBytes);
  assert.ok(batch.ok);
  return batch.value;
}

test('each slot leaves as a frame of its own length, in order', () => {
  const [from, to] = pair();
  const batch = create(from, 8, 64);
  const lengths = Uint16Array.from([42, 60, 64, 14, 1, 42, 42, 42]);
  for (let i = 0; i < 8; i++) batch.out.fill(i + 1, i * 64, (i + 1) * 64);
  // The structures are reachable through addresses alone: a collection must not free or move them.
  collectGarbage();
  assert.equal(batch.flush(5, lengths), 5);
  const frames = receive(to);
  assert.deepEqual(
    frames.map((f) => f.length),
    [42, 60, 64, 14, 1],
  );
  assert.deepEqual(
    frames.map((f) => f[0]),
    [1, 2, 3, 4, 5],
  );
  assert.equal(batch.flush(1, lengths), 1);
  assert.deepEqual(
    receive(to).map((f) => [f.length, f[0]]),
    [[42, 1]],
  );
});

test('a length beyond the slot does not send the next slot’s bytes', () => {
  const [from, to] = pair();
  const batch = create(from, 2, 64);
  batch.out.fill(1, 0, 64);
  batch.out.fill(2, 64);
  assert.equal(batch.flush(2, Uint16Array.from([200, 60])), 2);
  assert.deepEqual(
    receive(to).map((f) => f.length),
    [64, 60],
  );
});

test('counts beyond the slots or the lengths, and none at all, are bounded', () => {
  const [from, to] = pair();
  const batch = create(from, 4, 64);
  assert.equal(batch.flush(0, new Uint16Array(4)), 0);
  assert.equal(batch.flush(-1, new Uint16Array(4)), 0);
  assert.equal(batch.flush(Number.NaN, new Uint16Array(4)), 0);
  assert.equal(batch.flush(9, new Uint16Array(4).fill(20)), 4);
  assert.equal(batch.flush(4, new Uint16Array(2).fill(20)), 2);
  assert.equal(receive(to).length, 6);
  assert.equal(batch.errors, 0);
});

test('a full queue is counted, and later frames leave again', () => {
  const [from, to] = pair();
  const batch = create(from, 64, 64);
  const lengths = new Uint16Array(64).fill(60);
  let left = 0;
  for (let i = 0; i < 200; i++) left += batch.flush(64, lengths);
  assert.ok(left > 0);
  assert.equal(batch.errors, 200 * 64 - left);
  assert.ok(batch.errors > 0);
  assert.equal(batch.lastError?.code, 'buffer_full');
  assert.equal(receive(to).length, left);
  assert.equal(batch.flush(1, lengths), 1);
});

test('a dead descriptor loses every frame, counted, without a throw or an endless loop', () => {
  const batch = create(99_999, 4, 64);
  assert.equal(batch.flush(4, new Uint16Array(4).fill(60)), 0);
  assert.equal(batch.errors, 4);
  assert.match(batch.lastError?.message ?? '', /EBADF/);
});

test('slot numbers and sizes that make no sense are refused', () => {
  for (const [slots, bytes] of [
    [0, 64],
    [1025, 64],
    [1.5, 64],
    [4, 0],
    [4, 65_536],
    [Number.NaN, 1],
  ] as const) {
    const refused = createSendBatch(1, slots, bytes);
    assert.ok(!refused.ok && refused.error.code === 'invalid_argument', `${slots} ${bytes}`);
  }
});
