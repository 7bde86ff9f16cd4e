// Waiting for a descriptor or for another thread: poll(2) on it and an eventfd.
import { failure, type Result, success, systemFailure } from './error.ts';
import { type Address, addressOf, allocate, checkArgument, type Functions, openLibrary } from './ffi.ts';
import { errno, LIBC_PATHS } from './libc.ts';

const WAIT_FUNCTIONS = {
  eventfd: { args: ['u32', 'i32'], returns: 'i32' },
  poll: { args: ['pointer', 'u64', 'i32'], returns: 'i32' },
  read: { args: ['i32', 'buffer', 'u64'], returns: 'i32' },
  write: { args: ['i32', 'buffer', 'u64'], returns: 'i32' },
  close: { args: ['i32'], returns: 'i32' },
} as const;

const EFD_CLOEXEC = 0x80000;
const EFD_NONBLOCK = 0x800;
const POLLIN = 1;
// POLLERR | POLLHUP | POLLNVAL
const POLL_FAILURE = 0x38;

/** Bits of what `wait` returns. */
export const READABLE = 1;
export const WOKEN = 2;
export const BROKEN = 4;

const opened = openLibrary(LIBC_PATHS, WAIT_FUNCTIONS);

function libc(): Functions<typeof WAIT_FUNCTIONS> {
  // Every C library has these functions; libc.ts has failed before if there is no C library.
  if (!opened.ok) throw new Error(opened.error.message);
  return opened.value.call;
}

/** A new eventfd. Descriptors belong to the process: every Worker can wait on it, any thread can `wake` it. */
export function createWakeFd(): Result<number> {
  const fd = libc().eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  return fd >= 0 ? success(fd) : systemFailure('eventfd', errno());
}

export function closeWakeFd(fd: number): void {
  libc().close(fd);
}

const one = new BigUint64Array([1n]);

/** Ends the `wait` of whichever thread waits on `fd`, or the next one. A wake that is already pending is enough. */
export function wake(fd: number): void {
  libc().write(fd, one, 8);
}

/** poll(2) on one descriptor and a wake-up descriptor, without allocation. */
export class Waiter {
  // struct pollfd { int fd; short events; short revents; } twice
  readonly #entries = allocate(16);
  readonly #at: Address = addressOf(this.#entries);
  readonly #events = new Int16Array(this.#entries.buffer);
  readonly #drain = allocate(8);
  readonly #wakeFd: number;
  readonly #functions = libc();

  constructor(fd: number, wakeFd: number) {
    const fields = new Int32Array(this.#entries.buffer);
    fields[0] = fd;
    fields[2] = wakeFd;
    this.#events[2] = POLLIN;
    this.#events[6] = POLLIN;
    this.#wakeFd = wakeFd;
  }

  /**
   * @param timeoutMs -1 waits for ever; a signal ends the wait early
   * @returns bits: 1 readable, 2 woken (the eventfd is drained), 4 error on the descriptor; 0 when the time is over
   */
  wait(timeoutMs: number): number {
    const ready = this.#functions.poll(this.#at, 2, timeoutMs);
    if (ready <= 0) return 0;
    const first = this.#events[3] as number;
    let result = 0;
    if (first & POLLIN) result |= READABLE;
    if (first & POLL_FAILURE) result |= BROKEN;
    if ((this.#events[7] as number) & POLLIN) {
      this.#functions.read(this.#wakeFd, this.#drain, 8);
      result |= WOKEN;
    }
    return result;
  }
}

/** Refuses what is not a descriptor's number. */
export function checkWakeFd(fd: number): Result<number> {
  try {
    checkArgument('wakeFd', 'u32', fd);
    return success(fd);
  } catch {
    return failure('invalid_argument', 'wakeFd', `want a descriptor, got ${String(fd)}`, 0);
  }
}
