// Octets with a leading zero: some readers take 010 for octal 8, so they are refused, never guessed.
import type { Finding } from './reporter.ts';
import { show } from './schema-issues.ts';

/** What is wrong with an IPv4 address or CIDR whose octets are written so; null for everything else. */
export function leadingZero(text: string): Pick<Finding, 'code' | 'message' | 'hint'> | null {
  if (!/^[\d./]+$/.test(text) || !/(?:^|\.)0\d/.test(text)) return null;
  const plain = text.replace(/(^|\.)0+(?=\d)/g, '$1');
  const message = `${show(text)} has an octet with a leading zero: decimal or octal is anybody's guess`;
  return { code: 'LL-CFG-034', message, hint: `write: ${plain}` };
}
