// Addresses as capture workers name them to the main thread.

const mappedPrefix = '00000000000000000000ffff';

/** 16 bytes in hex, IPv4 as ::ffff:a.b.c.d (RFC 4291 §2.5.5.2). `bytes`: 4 or 16. */
export function mappedKey(bytes: Uint8Array): string {
  const hex = bytes.toHex();
  return bytes.length === 4 ? mappedPrefix + hex : hex;
}
