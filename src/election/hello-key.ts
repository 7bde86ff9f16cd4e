// Signatures of hellos: HMAC-SHA256 under a key that all boxes of a LAN share (RFC 2104).
import { createHmac, timingSafeEqual } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { helloKeyFault } from '#core/hello-key-fault.ts';

export interface HelloKey {
  sign(bytes: Uint8Array): Uint8Array;
  verifies(bytes: Uint8Array, signature: Uint8Array): boolean;
}

/** Null: no key is configured. `fault`: it cannot be read, so that nothing may be said or believed. */
export type LoadedKey = { readonly key: HelloKey | null } | { readonly fault: string };

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
    const found = statSync(path);
    // Somebody else's file by mistake may be of any size: judged before it is read.
    const unread = helloKeyFault(path, found, found.size);
    const secret = unread === null ? readFileSync(path, 'utf8').trim() : '';
    const fault = unread ?? helloKeyFault(path, found, Buffer.byteLength(secret));
    return fault === null ? { key: hmacKey(secret) } : { fault: `hello.keyFile "${path}" ${fault}` };
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
