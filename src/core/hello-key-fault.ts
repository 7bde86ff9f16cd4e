// Which file can be a key of hellos.

/** A shorter key can be guessed (RFC 2104 §3: less than the hash's length weakens it). */
const leastKeyBytes = 16;
/** Somebody else's file by mistake; a key has one line. */
const mostKeyBytes = 4096;
const everybody = 0o007;

/** What is wrong with the file, as words behind its name; null: nothing. `keyBytes` without white space at its ends. */
export function helloKeyFault(
  path: string,
  file: { readonly size: number; readonly mode: number },
  keyBytes: number,
): string | null {
  if (file.size > mostKeyBytes) return `has ${file.size} bytes, which is no key`;
  if ((file.mode & everybody) !== 0) return `is open to everybody: chmod o= ${path}`;
  return keyBytes < leastKeyBytes ? `has a key of less than ${leastKeyBytes} bytes` : null;
}
