// Who made a network card, by the table of the IEEE; read by the command that asks, never by the daemon.
// Read RFC 9542 §2.1 before changing this file.
import { readFileSync } from 'node:fs';
import tablePath from 'oui-data' with { type: 'file' };
import { macProtocol } from '#model/virtual-mac.ts';

/** The registry's own name stands for blocks that it has divided further: such a prefix alone names nobody. */
const divided = 'IEEE Registration Authority';
/** Hex digits of the registry's blocks, the smallest first: MA-S, MA-M, MA-L. */
const prefixDigits = [9, 7, 6] as const;
/** First byte of a MAC: set for groups and for what an administrator or a hypervisor made up (RFC 9542 §2.1). */
const groupBit = 1;
const localBit = 2;

/**
 * Looks vendors up for one output. `mac`: colon text.
 *
 * @returns the vendor; null for a MAC that nobody bought: made up locally, of a group, of a protocol such as VRRP, or
 * not in the registry.
 */
export function vendorLookup(): (mac: string) => string | null {
  let table: Readonly<Record<string, string>> | null = null;
  return (mac) => {
    const digits = mac.replaceAll(':', '').toUpperCase();
    if (!/^[0-9A-F]{12}$/.test(digits)) return null;
    const first = Number.parseInt(digits.slice(0, 2), 16);
    if ((first & (groupBit | localBit)) !== 0 || macProtocol(mac) !== null) return null;
    table ??= readTable();
    for (const length of prefixDigits) {
      // An entry is the name and, in further lines, a postal address.
      const name = table[digits.slice(0, length)]?.split('\n', 1)[0];
      if (name !== undefined && name !== '' && name !== divided) return name;
    }
    return null;
  };
}

function readTable(): Readonly<Record<string, string>> {
  return JSON.parse(readFileSync(tablePath, 'utf8'));
}
