// Errors as values: what failed, by a code for programs and libpcap's own text for people.
import { ArgumentError } from './ffi.ts';
import { describeErrno } from './libc.ts';

export type PcapErrorCode =
  | 'buffer_full'
  | 'closed'
  | 'failed'
  | 'filter_invalid'
  | 'interface_down'
  | 'interface_gone'
  | 'invalid_argument'
  | 'library_missing'
  | 'no_such_device'
  | 'not_ethernet'
  | 'not_supported'
  | 'permission_denied';

export interface PcapError {
  readonly code: PcapErrorCode;
  /** The C function that refused. */
  readonly operation: string;
  /** libpcap's text, or the system's for a system call. */
  readonly message: string;
  /** What the function returned, or the negative error number of a system call. */
  readonly status: number;
}

export type Result<T, E = PcapError> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: E };

export function success<T>(value: T): Result<T, never> {
  return { ok: true, value };
}

export function failure(code: PcapErrorCode, operation: string, message: string, status = -1): Result<never> {
  return { ok: false, error: { code, operation, message, status } };
}

// pcap/pcap.h: PCAP_ERROR_* as returned by pcap_activate and others.
const STATUS_CODES: Readonly<Record<number, PcapErrorCode>> = {
  [-5]: 'no_such_device',
  [-6]: 'not_supported',
  [-8]: 'permission_denied',
  [-9]: 'interface_down',
  [-11]: 'permission_denied',
};

/** libpcap reports a device that went away, or down, by text alone once a handle is open. */
function codeOfText(message: string): PcapErrorCode {
  if (/interface disappeared|No such device/i.test(message)) return 'interface_gone';
  if (/Network is down|interface went down/i.test(message)) return 'interface_down';
  if (/not permitted|Permission denied/i.test(message)) return 'permission_denied';
  return 'failed';
}

export function pcapFailure(operation: string, status: number, message: string): Result<never> {
  return failure(STATUS_CODES[status] ?? codeOfText(message), operation, message, status);
}

const ERRNO_CODES: Readonly<Record<string, PcapErrorCode>> = {
  EPERM: 'permission_denied',
  EACCES: 'permission_denied',
  ENETDOWN: 'interface_down',
  ENXIO: 'interface_gone',
  ENODEV: 'interface_gone',
  ENOBUFS: 'buffer_full',
  EAGAIN: 'buffer_full',
};

/** Failure of a system call, from the number that `errno()` gave right after it. */
export function systemFailure(operation: string, errno: number): Result<never> {
  const { name, text } = describeErrno(errno);
  return failure(ERRNO_CODES[name] ?? 'failed', operation, `${name}: ${text}`, -errno);
}

/** Turns a wrong argument, thrown before the call, into a value; anything else is a bug and goes on upward. */
export function argumentFailure(operation: string, error: unknown): Result<never> {
  if (!(error instanceof ArgumentError)) throw error;
  return failure('invalid_argument', operation, error.message, 0);
}
