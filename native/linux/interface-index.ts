// Interface names to kernel indexes and back, in the calling thread's network namespace.
// Read if_nametoindex(3) before changing this file.

import { allocate, toCString } from '../ffi.ts';
import { libc } from './libc.ts';

// IF_NAMESIZE: 15 bytes and NUL.
const NAME_BYTES = 16;

/** Index of an interface, or null when there is none of that name. */
export function interfaceIndex(name: string): number | null {
  if (name === '' || name.includes('\0')) return null;
  return libc().if_nametoindex(toCString(name)) || null;
}

/** The present name of an interface, which a rename does not change the index of; null when it is gone. */
export function interfaceName(index: number): string | null {
  const name = allocate(NAME_BYTES);
  if (libc().if_indextoname(index, name) === 0) return null;
  return new TextDecoder().decode(name.subarray(0, name.indexOf(0)));
}
