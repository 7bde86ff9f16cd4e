// The C library functions this folder calls, opened once per thread on first use.

import { type Library, openLibrary } from '../ffi.ts';
import { LIBC_PATHS } from '../libc.ts';

const FUNCTIONS = {
  socket: { args: ['i32', 'i32', 'i32'], returns: 'i32' },
  bind: { args: ['i32', 'buffer', 'u32'], returns: 'i32' },
  getsockopt: { args: ['i32', 'i32', 'i32', 'buffer', 'buffer'], returns: 'i32' },
  setsockopt: { args: ['i32', 'i32', 'i32', 'buffer', 'u32'], returns: 'i32' },
  send: { args: ['i32', 'buffer', 'u64', 'i32'], returns: 'i32' },
  sendto: { args: ['i32', 'buffer', 'u64', 'i32', 'buffer', 'u32'], returns: 'i32' },
  recvfrom: { args: ['i32', 'buffer', 'u64', 'i32', 'buffer', 'buffer'], returns: 'i32' },
  recv: { args: ['i32', 'buffer', 'u64', 'i32'], returns: 'i32' },
  close: { args: ['i32'], returns: 'i32' },
  flock: { args: ['i32', 'i32'], returns: 'i32' },
  if_nametoindex: { args: ['buffer'], returns: 'u32' },
  if_indextoname: { args: ['u32', 'buffer'], returns: 'pointer' },
  madvise: { args: ['pointer', 'u64', 'i32'], returns: 'i32' },
  poll: { args: ['buffer', 'u64', 'i32'], returns: 'i32' },
  clock_gettime: { args: ['i32', 'pointer'], returns: 'i32' },
} as const;

let library: Library<typeof FUNCTIONS> | undefined;

function open(): Library<typeof FUNCTIONS> {
  const opened = openLibrary(LIBC_PATHS, FUNCTIONS);
  // The runtime itself is linked against this library, so a failure means a broken process.
  if (!opened.ok) throw new Error(`Cannot open the C library: ${opened.error.message}`);
  library = opened.value;
  return library;
}

/** The functions, arguments checked. */
export function libc(): Library<typeof FUNCTIONS>['call'] {
  return (library ?? open()).call;
}

/** The functions, arguments unchecked: for the hot path. */
export function libcUnchecked(): Library<typeof FUNCTIONS>['unchecked'] {
  return (library ?? open()).unchecked;
}
