// A netlink socket: requests with their acknowledgement, dumps, and draining of subscribed changes.
// Read netlink(7) and RFC 3549 §2.2 before changing this file.

import { constants } from 'node:os';
import { allocate } from '../ffi.ts';
import { errno } from '../libc.ts';
import { libc } from './libc.ts';
import {
  MESSAGE_FLAG,
  MESSAGE_TYPE,
  messageErrno,
  type NetlinkMessage,
  readMessages,
  viewOf,
} from './netlink-message.ts';
import { failure, type Result } from './system-error.ts';

const { EAGAIN, EINTR, EMSGSIZE, ENOBUFS, ETIMEDOUT } = constants.errno;

const AF_NETLINK = 16;
/** NETLINK_*: which part of the kernel is spoken to. */
export const NETLINK = { route: 0, netfilter: 12 } as const;
const SOCK_RAW = 3;
const SOCK_CLOEXEC = 0o2000000;
const SOL_SOCKET = 1;
const SO_RCVBUF = 8;
const SO_RCVTIMEO = 20;
const SOL_NETLINK = 270;
const NETLINK_ADD_MEMBERSHIP = 1;
const MSG_DONTWAIT = 0x40;
const MSG_TRUNC = 0x20;

// The kernel packs a dump into skbs of at most 32 KiB (netlink_recvmsg, since 4.4) when the reader's buffer is that large.
const RECEIVE_BYTES = 32_768;
// The kernel answers while we wait; it blocks only behind another holder of the rtnl lock. Longer means something hangs.
const RECEIVE_TIMEOUT_SECONDS = 5;
// Room for about 1,000 link changes between two polls (one costs roughly 2 KiB with its skb); the kernel caps it at
// rmem_max. An overrun loses nothing but a re-dump.
const SUBSCRIBE_BUFFER_BYTES = 2_097_152;

/** What became of a dump; `interrupted` means that it mixes two states of the kernel. */
export type Dump = { interrupted: boolean };

export class NetlinkSocket {
  readonly fd: number;
  readonly #buffer = allocate(RECEIVE_BYTES);
  #sequence = 0;
  #closed = false;

  private constructor(fd: number) {
    this.fd = fd;
  }

  /** Opens a socket of the calling thread's network namespace, subscribed to `groups` (RTNLGRP_*). */
  static open(groups: readonly number[] = [], protocol: number = NETLINK.route): Result<NetlinkSocket> {
    const fd = libc().socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol);
    if (fd < 0) return failure(errno(), 'socket(AF_NETLINK)');
    const failed = NetlinkSocket.#prepare(fd, groups);
    if (failed === 0) return { ok: true, value: new NetlinkSocket(fd) };
    libc().close(fd);
    return failure(failed, 'bind(AF_NETLINK)');
  }

  static #prepare(fd: number, groups: readonly number[]): number {
    // sockaddr_nl with port 0: the kernel chooses a free one.
    const address = allocate(12);
    viewOf(address).setUint16(0, AF_NETLINK, true);
    if (libc().bind(fd, address, address.length) < 0) return errno();
    const timeout = new BigInt64Array(new ArrayBuffer(16));
    timeout[0] = BigInt(RECEIVE_TIMEOUT_SECONDS);
    if (libc().setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, timeout, 16) < 0) return errno();
    const number = new Int32Array(new ArrayBuffer(4));
    number[0] = SUBSCRIBE_BUFFER_BYTES;
    if (groups.length > 0 && libc().setsockopt(fd, SOL_SOCKET, SO_RCVBUF, number, 4) < 0) return errno();
    for (const group of groups) {
      number[0] = group;
      if (libc().setsockopt(fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, number, 4) < 0) return errno();
    }
    return 0;
  }

  nextSequence(): number {
    this.#sequence = (this.#sequence + 1) >>> 0;
    return this.#sequence;
  }

  /** Sends one request and waits for its acknowledgement: 0, or the positive errno with which the kernel refused. */
  request(message: Uint8Array, operation: string): Result<number> {
    const sent = this.#send(message, operation);
    if (!sent.ok) return sent;
    for (;;) {
      const received = this.#receive(operation);
      if (!received.ok) return received;
      for (const reply of received.value) {
        if (reply.sequence !== this.#sequence || reply.type !== MESSAGE_TYPE.error) continue;
        return { ok: true, value: messageErrno(reply.payload) };
      }
    }
  }

  /**
   * Sends a dump request and hands every message of the answer to `take`, whose payload is only valid during the call.
   * A `take` that returns false gives the dump up; the socket must then be closed.
   */
  dump(message: Uint8Array, operation: string, take: (message: NetlinkMessage) => boolean): Result<Dump> {
    const sent = this.#send(message, operation);
    if (!sent.ok) return sent;
    const progress = { interrupted: false };
    for (;;) {
      const received = this.#receive(operation);
      if (!received.ok) return received;
      const end = this.#takePart(received.value, progress, take);
      if (end !== null) return end === 0 ? { ok: true, value: progress } : failure(end, operation);
    }
  }

  /** The errno with which the dump ended, 0 for a good end, null while it goes on. */
  #takePart(part: Iterable<NetlinkMessage>, progress: Dump, take: (message: NetlinkMessage) => boolean): number | null {
    for (const reply of part) {
      if (reply.sequence !== this.#sequence) continue;
      progress.interrupted ||= (reply.flags & MESSAGE_FLAG.dumpInterrupted) !== 0;
      if (reply.type === MESSAGE_TYPE.done || reply.type === MESSAGE_TYPE.error) return messageErrno(reply.payload);
      if (!take(reply)) return 0;
    }
    return null;
  }

  /**
   * Reads everything that is pending without waiting and hands each message to `take`.
   * Returns true when messages were lost (the queue overflowed or one did not fit): only a new dump tells the state.
   */
  drain(take: (message: NetlinkMessage) => void): boolean {
    let lost = false;
    while (!this.#closed) {
      const length = libc().recv(this.fd, this.#buffer, RECEIVE_BYTES, MSG_DONTWAIT | MSG_TRUNC);
      const code = length < 0 ? errno() : 0;
      if (code === EAGAIN) return lost;
      // ENOBUFS is reported once and what is queued behind it stays readable; anything else would repeat for ever.
      if (code !== 0 && code !== ENOBUFS && code !== EINTR) return true;
      lost ||= code === ENOBUFS || length > RECEIVE_BYTES;
      if (length > 0) this.#take(Math.min(length, RECEIVE_BYTES), take);
    }
    return lost;
  }

  #take(length: number, take: (message: NetlinkMessage) => void): void {
    for (const message of readMessages(this.#buffer.subarray(0, length))) take(message);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    libc().close(this.fd);
  }

  #send(message: Uint8Array, operation: string): Result<number> {
    const sent = libc().send(this.fd, message, message.length, 0);
    return sent < 0 ? failure(errno(), operation) : { ok: true, value: sent };
  }

  #receive(operation: string): Result<Generator<NetlinkMessage>> {
    for (;;) {
      const length = libc().recv(this.fd, this.#buffer, RECEIVE_BYTES, MSG_TRUNC);
      if (length > RECEIVE_BYTES) return failure(EMSGSIZE, operation);
      if (length >= 0) return { ok: true, value: readMessages(this.#buffer.subarray(0, length)) };
      const code = errno();
      // SO_RCVTIMEO reports EAGAIN; "timed out" is what it means here.
      if (code !== EINTR) return failure(code === EAGAIN ? ETIMEDOUT : code, operation);
    }
  }
}
