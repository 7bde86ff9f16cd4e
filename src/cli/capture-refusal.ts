// Why nothing is captured, for people.
import { safeText } from '#model/safe-text.ts';
import type { FilterResult } from './capture-filter.ts';
import { exitCode } from './exit-code.ts';
import { faultLines } from './read-filter.ts';

/** What the kernel's and libpcap's refusals end with. */
export const faultExits: Readonly<Record<string, number>> = {
  filter_invalid: exitCode.usage,
  permission_denied: exitCode.denied,
  EACCES: exitCode.denied,
  EPERM: exitCode.denied,
};

export function refusedText(text: string, { message, fault }: Extract<FilterResult, { ok: false }>): string {
  return fault ? faultLines(text, fault).join('\n') : `lanlord: --filter: ${message}`;
}

/** What is neither a filter nor anything that libpcap understands. */
export function notUnderstood(text: string, { fault }: Extract<FilterResult, { ok: true }>, message: string): string {
  if (fault) return faultLines(text, fault).join('\n');
  const words = 'vip:ADDRESS, verdict:ignored, op:garp, or words of pcap-filter(7) such as arp, ip6, "ether host MAC"';
  return `lanlord: --filter: "${safeText(text)}" is not understood: ${message} (a capture takes ${words})`;
}
