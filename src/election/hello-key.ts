// Signatures of hellos: HMAC-SHA256 under a key that all boxes of a LAN share (RFC 2104).
import { createHmac, timingSafeEqual } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';

export interface HelloKey {
  sign(bytes: Uint8Array): Uint8Array;
  verifies(bytes: Uint8Array, signature: Uint8Array): boolean;
}

/** Null: no key is configured. `fault`: it cannot be read, so that nothing may be said or believed. */
export type LoadedKey = { readonly key: HelloKey | null } | { readonly fault: string };

/** A shorter key can be guessed (RFC 2104 §3: less than the hash's length weakens it). */
const leastKeyBytes = 16;
/** Somebody else's file by mistake; a key has one line. */
const mostKeyBytes = 4096;

/** Another text when the file was changed since; empty: there is none that can be looked at. */
export function keyStamp(path: string): string {
  if (path === '') return '';
  try {
    const { ino, size, mtimeMs } = statSync(path);
    return `${ino} ${size} ${mtimeMs}`;
  } catch {
    return '';
  }
}

/** Reads the key: the whole file without white space at its ends. */
export function loadHelloKey(path: string): LoadedKey {
  if (path === '') return { key: null };
  try {
    const { size, mode } = statSync(path);
    if (size > mostKeyBytes) return { fault: `hello.keyFile "${path}" has ${size} bytes, which is no key` };
    if ((mode & 0o007) !== 0) return { fault: `hello.keyFile "${path}" is open to everybody: chmod o= ${path}` };
    const secret = readFileSync(path, 'utf8').trim();
    if (Buffer.byteLength(secret) < leastKeyBytes)
      return { fault: `hello.keyFile "${path}" has a key of less than ${leastKeyBytes} bytes` };
    return { key: hmacKey(secret) };
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    return { fault: `Cannot read hello.keyFile "${path}": ${text}` };
  }
}

function hmacKey(secret: string): HelloKey {
  const sign = (bytes: Uint8Array) => new Uint8Array(createHmac('sha256', secret).update(bytes).digest());
  return {
    sign,
    verifies(bytes, signature) {
      const own = sign(bytes);
      return own.length === signature.length && timingSafeEqual(own, signature);
    },
  };
}
