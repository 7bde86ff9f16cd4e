// The C library of this process: its path, and the error number of the last call.
import { readFileSync } from 'node:fs';
import { getSystemErrorMap } from 'node:util';
import { openLibrary, viewAt } from './ffi.ts';

// Bun tries a bare name that the loader does not find in the *working directory*. So the one name is given that this
// process has loaded already, never a list of guesses.
const musl = /\/ld-musl-([\w]+)\.so\.1/.exec(readFileSync('/proc/self/maps', 'utf8'));

/** For `openLibrary`: the C library this process runs on. */
export const LIBC_PATHS: readonly string[] = [musl ? `/lib/libc.musl-${musl[1]}.so.1` : 'libc.so.6'];

const location = openLibrary(LIBC_PATHS, { __errno_location: { args: [], returns: 'pointer' } });
if (!location.ok) throw new Error(`Cannot open the C library: ${location.error.message}`);
// The address is fixed for a thread, and every Worker loads this module itself: so reading errno is a plain memory read,
// with no call in between that could change it.
const errnoCell = new Int32Array(viewAt(location.value.call.__errno_location(), 4).buffer);

/** Error number of this thread's last failed C call. Read it right after the call; a successful call leaves it as it is. */
export function errno(): number {
  return errnoCell[0] as number;
}

/** Name and text of an error number: `{ name: 'EPERM', text: 'operation not permitted' }`. */
export function describeErrno(value: number): { readonly name: string; readonly text: string } {
  const [name, text] = getSystemErrorMap().get(-value) ?? [`E${value}`, `error ${value}`];
  return { name, text };
}
