// Sends many frames with one system call: sendmmsg(2) over fixed structures that C finds at fixed addresses.
import { failure, type PcapError, type Result, success, systemFailure } from './error.ts';
import { type Address, addressOf, allocate, type Functions, openLibrary } from './ffi.ts';
import { errno, LIBC_PATHS } from './libc.ts';

const SEND_FUNCTIONS = {
  send: { args: ['i32', 'pointer', 'u64', 'i32'], returns: 'i32' },
  sendmmsg: { args: ['i32', 'pointer', 'u32', 'i32'], returns: 'i32' },
} as const;

const MSG_DONTWAIT = 0x40;
const EINTR = 4;
/** UIO_MAXIOV: sendmmsg takes no more at once. */
const MAXIMUM_SLOTS = 1024;
/** The queue or the link refuses, so the rest of the batch would meet the same: EAGAIN, ENETDOWN, ENXIO, ENODEV, ENOBUFS. */
const HOPELESS: ReadonlySet<number> = new Set([11, 100, 6, 19, 105]);

// struct mmsghdr on 64-bit Linux: msghdr (name 0, namelen 8, iov 16, iovlen 24, control 32, controllen 40, flags 48), len 56.
const MESSAGE_BYTES = 64;
const IOVEC_POINTER_AT = 16;
const IOVEC_COUNT_AT = 24;
// struct iovec: base 0, length 8.
const IOVEC_BYTES = 16;

export class SendBatch {
  /** `slots * slotBytes`; the caller writes frame i at `i * slotBytes`. */
  readonly out: Uint8Array;
  readonly slots: number;
  readonly slotBytes: number;
  /** Frames that did not leave. */
  errors = 0;
  lastError: PcapError | null = null;
  #lastErrno = 0;
  readonly #fd: number;
  // Held for as long as the batch lives: the kernel reads them through addresses the garbage collector cannot see.
  readonly #iovecs: Uint32Array;
  readonly #messages: Uint8Array;
  readonly #outAt: Address;
  readonly #messagesAt: Address;
  readonly #send: Functions<typeof SEND_FUNCTIONS>['send'];
  readonly #sendmmsg: Functions<typeof SEND_FUNCTIONS>['sendmmsg'];

  constructor(fd: number, slots: number, slotBytes: number, functions: Functions<typeof SEND_FUNCTIONS>) {
    this.#fd = fd;
    this.slots = slots;
    this.slotBytes = slotBytes;
    this.out = allocate(slots * slotBytes);
    this.#outAt = addressOf(this.out);
    const iovecs = allocate(slots * IOVEC_BYTES);
    this.#iovecs = new Uint32Array(iovecs.buffer);
    this.#messages = allocate(slots * MESSAGE_BYTES);
    this.#messagesAt = addressOf(this.#messages);
    const iovecsAt = addressOf(iovecs);
    const iovecFields = new DataView(iovecs.buffer);
    const messageFields = new DataView(this.#messages.buffer as ArrayBuffer);
    for (let i = 0; i < slots; i++) {
      iovecFields.setBigUint64(i * IOVEC_BYTES, BigInt(this.#outAt + i * slotBytes), true);
      const iovecAt = BigInt(iovecsAt + i * IOVEC_BYTES);
      messageFields.setBigUint64(i * MESSAGE_BYTES + IOVEC_POINTER_AT, iovecAt, true);
      messageFields.setUint32(i * MESSAGE_BYTES + IOVEC_COUNT_AT, 1, true);
    }
    this.#send = functions.send;
    this.#sendmmsg = functions.sendmmsg;
  }

  /** Sends the first `count` slots, slot i with `lengths[i]` bytes; returns how many left. Never throws, never waits. */
  flush(count: number, lengths: Uint16Array): number {
    if (!(count > 0)) return 0;
    const wanted = Math.min(Math.trunc(count), this.slots, lengths.length);
    const iovecs = this.#iovecs;
    for (let i = 0; i < wanted; i++) {
      // A longer frame would carry the bytes of the next slot.
      iovecs[i * 4 + 2] = Math.min(lengths[i] as number, this.slotBytes);
    }
    let left = 0;
    let at = 0;
    while (at < wanted) {
      const sent = wanted - at === 1 ? this.#sendOne(at) : this.#sendSome(at, wanted - at);
      if (sent > 0) {
        left += sent;
        at += sent;
        continue;
      }
      const reason = errno();
      if (reason === EINTR) continue;
      this.#remember(reason);
      if (HOPELESS.has(reason)) break;
      at++;
    }
    this.errors += wanted - left;
    return left;
  }

  #sendOne(at: number): number {
    const bytes = this.#iovecs[at * 4 + 2] as number;
    return this.#send(this.#fd, this.#outAt + at * this.slotBytes, bytes, MSG_DONTWAIT) < 0 ? -1 : 1;
  }

  #sendSome(at: number, count: number): number {
    return this.#sendmmsg(this.#fd, this.#messagesAt + at * MESSAGE_BYTES, count, MSG_DONTWAIT);
  }

  #remember(reason: number): void {
    if (reason === this.#lastErrno && this.lastError !== null) return;
    this.#lastErrno = reason;
    const failed = systemFailure('sendmmsg', reason);
    this.lastError = failed.ok ? null : failed.error;
  }
}

/** @param fd a packet socket, bound to its interface; it stays the caller's. */
export function createSendBatch(fd: number, slots: number, slotBytes: number): Result<SendBatch> {
  if (!inRange(slots, MAXIMUM_SLOTS) || !inRange(slotBytes, 0xffff)) {
    return failure('invalid_argument', 'sendmmsg', `want 1–${MAXIMUM_SLOTS} slots of 1–65535 bytes`, 0);
  }
  const libc = openLibrary(LIBC_PATHS, SEND_FUNCTIONS);
  if (!libc.ok) return failure('library_missing', 'dlopen', libc.error.message);
  return success(new SendBatch(fd, slots, slotBytes, libc.value.unchecked));
}

function inRange(value: number, high: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= high;
}
