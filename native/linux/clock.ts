// The kernel's clocks, shared by all threads and processes of the machine: two that never jump, and the time of day.
// Read clock_gettime(2) before changing this file.

import { addressOf, allocate } from '../ffi.ts';
import { libcUnchecked } from './libc.ts';

const CLOCK_REALTIME = 0;
const CLOCK_MONOTONIC = 1;
const CLOCK_BOOTTIME = 7;

// struct timespec: two 64-bit numbers, seconds and nanoseconds, read as 32-bit halves so that no BigInt is made.
const timespec = new Uint32Array(allocate(16).buffer);
const timespecAddress = addressOf(timespec);

function readMs(clock: number): number {
  libcUnchecked().clock_gettime(clock, timespecAddress);
  const seconds = (timespec[1] ?? 0) * 0x1_0000_0000 + (timespec[0] ?? 0);
  return seconds * 1000 + (timespec[2] ?? 0) / 1e6;
}

/** Milliseconds since boot with fraction, time asleep included: a deadline passes during a suspend. Never goes back; allocates nothing. */
export function boottimeMs(): number {
  return readMs(CLOCK_BOOTTIME);
}

/** Milliseconds since boot with fraction, time asleep left out. Never goes back; allocates nothing. */
export function monotonicMs(): number {
  return readMs(CLOCK_MONOTONIC);
}

/** Microseconds since 1970 without fraction: the clock that frames are stamped with. Jumps when it is set; allocates nothing. */
export function realtimeUs(): number {
  libcUnchecked().clock_gettime(CLOCK_REALTIME, timespecAddress);
  const seconds = (timespec[1] ?? 0) * 0x1_0000_0000 + (timespec[0] ?? 0);
  return seconds * 1e6 + Math.floor((timespec[2] ?? 0) / 1000);
}
