// The expression of `capture --filter`: the filter grammar of all commands, or pcap-filter(7) with words of our own.
import { addressBytes, type IpAddress, parseAddress, parseMac } from '#model/address.ts';
import { parseFilter } from '#model/filter.ts';
import { type FilterTerm, filterTerms } from '#model/filter-match.ts';
import { faultText } from '#model/filter-print.ts';
import type { FilterFault, FilterNode } from '#model/filter-tree.ts';

export type FilterResult =
  /** `expression`: for libpcap. Of what passes there only what fits: `filter` every frame, `elections` those of VRRP. */
  | {
      readonly ok: true;
      readonly expression: string;
      readonly filter?: FilterNode;
      readonly elections?: FilterNode;
      /** Why it is none of the filter grammar: should libpcap not understand it either, this is the better hint. */
      readonly fault?: FilterFault;
    }
  /** `fault`: with its place in the text. */
  | { readonly ok: false; readonly message: string; readonly fault?: FilterFault };

const noMixture =
  'words of pcap-filter(7) go together with vip: and mac: alone (instead of arp, ip6, vrrp and inbound: kind:arp, kind:ndp, kind:vrrp, dir:in)';

/**
 * What libpcap understands is left to it, so that a flood of other frames costs nothing: its own words, `vip:ADDRESS`
 * and `mac:MAC`. With any other field the expression is one of the filter grammar. `base` lets everything through that
 * is captured, `vrrp` the advertisements in it.
 */
export function captureSelection(text: string, base: string, vrrp: string): FilterResult {
  const parsed = parseFilter(text);
  if (!parsed.ok) return withoutGrammar(text, base, parsed.fault);
  const { filter } = parsed;
  const terms = filterTerms(filter);
  const foreign = terms.filter((term) => !isOfBoth(term));
  if (foreign.length > 0 && foreign.every(({ kind }) => kind === 'word')) return captureExpression(text, base);
  if (foreign.some(({ kind }) => kind === 'word')) return { ok: false, message: noMixture };
  if (foreign.length > 0) return { ok: true, expression: base, filter };
  if (filter.kind === 'all') return { ok: true, expression: base };
  const expression = `(${base}) and (${pcapText(filter)})`;
  const isOfAddresses = terms.some((term) => term.kind === 'field' && term.field === 'vip');
  if (!isOfAddresses) return { ok: true, expression };
  // libpcap cannot look through the list of an advertisement, of which there are few: all of them pass it.
  return { ok: true, expression: `(${expression}) or (${vrrp})`, elections: filter };
}

/** Only a field that is nearly right, or an address that is none, cannot be meant for libpcap. */
function withoutGrammar(text: string, base: string, fault: FilterFault): FilterResult {
  const refused = { ok: false, message: faultText(fault), fault } as const;
  if (fault.hint.startsWith('did you mean')) return refused;
  const result = captureExpression(text, base);
  return result.ok ? { ...result, fault } : refused;
}

/** A filter of `vip:ADDRESS` and `mac:MAC` alone, in libpcap's words. */
function pcapText(filter: FilterNode): string {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return `(${filter.parts.map(pcapText).join(` ${filter.kind} `)})`;
    case 'not':
      return `not ${pcapText(filter.part)}`;
    case 'field': {
      const text = filter.values[0]?.text ?? '';
      return (filter.field === 'vip' ? aboutAddress(parseAddress(text)) : aboutMac(text)) ?? '';
    }
    default:
      return '';
  }
}

/** Whether libpcap can look at it. */
function isOfBoth(term: FilterTerm): boolean {
  if (term.kind === 'word' || term.op !== ':' || term.values.length !== 1) return false;
  const text = term.values[0]?.text ?? '';
  return (term.field === 'vip' && parseAddress(text) !== null) || (term.field === 'mac' && parseMac(text) !== null);
}

const word = /\b(?<key>vip|mac):(?<value>[^\s()]+)/g;

/**
 * Replaces `vip:ADDRESS` (ARP or NDP about this address, not VRRP) and `mac:MAC` (from or to it); everything else is left to
 * libpcap. Nothing but what the product itself looks at ever passes: `base`.
 */
export function captureExpression(text: string, base: string): FilterResult {
  let bad: string | null = null;
  const replaced = text.replaceAll(word, (whole, ...rest) => {
    const { key = '', value = '' } = rest.at(-1) as Record<string, string>;
    const expression = key === 'vip' ? aboutAddress(parseAddress(value)) : aboutMac(value);
    if (expression === null) bad = whole;
    return expression ?? '';
  });
  if (bad !== null) return { ok: false, message: `"${bad}" names no address` };
  return { ok: true, expression: replaced.trim() === '' ? base : `(${base}) and (${replaced})` };
}

function aboutMac(text: string): string | null {
  return parseMac(text) ? `(ether host ${text})` : null;
}

function aboutAddress(address: IpAddress | null): string | null {
  if (!address) return null;
  const bytes = addressBytes(address);
  const words = Array.from({ length: bytes.length / 4 }, (_, i) => {
    return `0x${Array.from(bytes.subarray(i * 4, i * 4 + 4), (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
  });
  if (address.family === 'IPv4') return `(arp[14:4] = ${words[0]} or arp[24:4] = ${words[0]})`;
  // Target of a solicitation or advertisement: behind 40 bytes of IPv6 and 8 of ICMPv6 (RFC 4861 §4.3).
  return `(${words.map((value, i) => `ip6[${48 + i * 4}:4] = ${value}`).join(' and ')})`;
}
