// An address that somebody typed.
import { type IpAddress, parseAddress } from '#model/address.ts';
import { safeText } from '#model/safe-text.ts';
import type { Output } from './output.ts';

/** Null, and said on stderr, when it is none. */
export function readAddress(text: string, output: Output): IpAddress | null {
  const address = parseAddress(text);
  if (!address) output.note(`lanlord: "${safeText(text)}" is not an IP address`);
  return address;
}
