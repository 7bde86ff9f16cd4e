// A system call that said no, as a value: errno by name, what was tried, and a sentence for people.

import { constants } from 'node:os';
import { describeErrno } from '../libc.ts';

export type SystemError = {
  /** The errno's name (`EPERM`), or `EINVAL` for an argument that was refused before the call. */
  code: string;
  errno: number;
  /** The call or file, e.g. `socket`, `RTM_NEWADDR 192.0.2.1/32`. */
  operation: string;
  message: string;
};

/** Either a value or the reason why there is none. */
export type Result<T> = { ok: true; value: T } | { ok: false; error: SystemError };

const CAPABILITY_HINT: Readonly<Record<string, string>> = {
  EPERM: 'grant CAP_NET_ADMIN',
  EACCES: 'grant CAP_NET_ADMIN',
};

/** Builds the error for a positive errno; `netAdmin` adds the capability that was missing when it is a refusal. */
export function systemError(errno: number, operation: string, netAdmin = false): SystemError {
  const { name: code, text } = describeErrno(errno);
  const hint = netAdmin ? CAPABILITY_HINT[code] : undefined;
  return { code, errno, operation, message: `${operation}: ${text} (${hint ?? code})` };
}

/** Turns what `node:fs` threw into a value. */
export function caughtError(thrown: unknown, operation: string, netAdmin = false): SystemError {
  const number = (thrown as { errno?: unknown }).errno;
  if (typeof number === 'number') return systemError(Math.abs(number), operation, netAdmin);
  return { code: 'EIO', errno: constants.errno.EIO, operation, message: `${operation}: ${String(thrown)}` };
}

export function failure<T>(errno: number, operation: string, netAdmin = false): Result<T> {
  return { ok: false, error: systemError(errno, operation, netAdmin) };
}
