import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type ArgumentType,
  addressOf,
  allocate,
  checkArgument,
  openLibrary,
  readCString,
  toCString,
  viewAt,
} from '../../../native/ffi.ts';
import { describeErrno, errno, LIBC_PATHS } from '../../../native/libc.ts';
import { collectGarbage } from '../../support/native-runtime.ts';

const opened = openLibrary(LIBC_PATHS, {
  abs: { args: ['i32'], returns: 'i32' },
  labs: { args: ['i64'], returns: 'i64' },
  strlen: { args: ['buffer'], returns: 'u64' },
  memset: { args: ['pointer', 'i32', 'u64'], returns: 'pointer' },
  close: { args: ['i32'], returns: 'i32' },
  getenv: { args: ['buffer'], returns: 'pointer' },
});
if (!opened.ok) throw new Error(opened.error.message);
const libc = opened.value.call;

test('values that C would silently receive as another integer are refused before the call', () => {
  const abs = libc.abs as (...values: unknown[]) => number;
  for (const value of [
    undefined,
    null,
    {},
    '1',
    1.5,
    Number.NaN,
    2 ** 31,
    -(2 ** 31) - 1,
    Number.POSITIVE_INFINITY,
    1n,
  ]) {
    assert.throws(() => abs(value), { name: 'ArgumentError', code: 'invalid_argument' }, String(value));
  }
  assert.throws(() => abs(), { name: 'ArgumentError' });
  assert.throws(() => abs(1, 2), { name: 'ArgumentError' });
  assert.equal(libc.abs(-7), 7);
});

test('every integer type takes its own limits and nothing beyond', () => {
  const limits: [ArgumentType, number, number][] = [
    ['i8', -128, 127],
    ['u8', 0, 255],
    ['i16', -32_768, 32_767],
    ['u16', 0, 65_535],
    ['i32', -(2 ** 31), 2 ** 31 - 1],
    ['u32', 0, 2 ** 32 - 1],
    ['i64', Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
    ['u64', 0, Number.MAX_SAFE_INTEGER],
  ];
  for (const [type, low, high] of limits) {
    checkArgument('x', type, low);
    checkArgument('x', type, high);
    assert.throws(() => checkArgument('x', type, low - 1), { name: 'ArgumentError' }, `${type} ${low - 1}`);
    assert.throws(() => checkArgument('x', type, high + 1), { name: 'ArgumentError' }, `${type} ${high + 1}`);
  }
});

test('a small number is no address, and NULL is read as the empty string', () => {
  assert.throws(() => viewAt(0, 1), { name: 'ArgumentError' });
  assert.throws(() => viewAt(64, 1), { name: 'ArgumentError' });
  assert.throws(() => readCString(-1), { name: 'ArgumentError' });
  assert.equal(readCString(0), '');
  assert.equal(libc.getenv(toCString('NATIVE_TEST_NOT_SET')), 0);
});

test('64-bit results are numbers, not BigInts', () => {
  assert.equal(libc.labs(-(2 ** 40)), 2 ** 40);
  assert.equal(typeof libc.strlen(toCString('four')), 'number');
});

test('allocated memory stays where C was told it is', () => {
  const memory = allocate(16);
  const address = addressOf(memory);
  memory.fill(1);
  // Touching `.buffer` moves a plain small array; this one was outside the heap from the start.
  assert.equal(memory.buffer.byteLength, 16);
  collectGarbage();
  libc.memset(address, 0xab, 16);
  assert.ok(memory.every((byte) => byte === 0xab));
  assert.equal(addressOf(memory), address);
});

test('even a plain small array stays put once its address has been taken', () => {
  const memory = new Uint8Array(16);
  const address = addressOf(memory);
  assert.equal(memory.buffer.byteLength, 16);
  libc.memset(address, 0xcd, 16);
  assert.ok(memory.every((byte) => byte === 0xcd));
});

test('an address past the start of its buffer is the one of the first byte of the view', () => {
  const memory = allocate(32);
  assert.equal(addressOf(memory.subarray(8)), addressOf(memory) + 8);
});

test('a view over foreign memory sees what C writes later', () => {
  const memory = allocate(8);
  const view = viewAt(addressOf(memory), 8);
  memory[3] = 42;
  assert.equal(view[3], 42);
});

test('a string with NUL inside is refused instead of cut', () => {
  assert.throws(() => toCString('eth0\0x'), { name: 'ArgumentError' });
  assert.deepEqual([...toCString('ä')], [0xc3, 0xa4, 0]);
});

test('errno is the one of the call just made', () => {
  assert.equal(libc.close(99_999), -1);
  assert.equal(describeErrno(errno()).name, 'EBADF');
});

test('a library or function that is not there is a value that names it', () => {
  const library = openLibrary(['/nonexistent/libnothing.so', '/nonexistent/libnil.so'], {});
  assert.ok(!library.ok);
  assert.equal(library.error.code, 'library_missing');
  assert.match(library.error.message, /libnothing\.so.*libnil\.so/);
  const symbol = openLibrary(LIBC_PATHS, { no_such_function_xyz: { args: [], returns: 'void' } });
  assert.ok(!symbol.ok);
  assert.match(symbol.error.message, /no_such_function_xyz/);
});
