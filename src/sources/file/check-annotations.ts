// Annotations that lanlord reads: unknown names get a hint, unusable values a warning.
import { parseAddress } from '#model/address.ts';
import type { Labels } from '#model/labels.ts';
import { parseCidr } from '#model/range.ts';
import { type Conversion, objectProblem } from './conversion.ts';
import { clip, show } from './schema-issues.ts';
import { suggest } from './suggest.ts';

const own = 'lanlord.dev/';
const cilium = 'lbipam.cilium.io/';
const known: Readonly<Record<string, readonly string[]>> = {
  CiliumLoadBalancerIPPool: [`${own}priority`, `${own}exclude`, `${own}reuse`, `${own}allow-special`],
  CiliumL2AnnouncementPolicy: [`${own}off-link`, `${own}virtual-router-id`],
  Service: [
    `${own}group`,
    `${cilium}ips`,
    `${cilium}sharing-key`,
    `${cilium}sharing-cross-namespace`,
    `${cilium}sharing-permit-different-pods`,
  ],
};

/** Warns about annotations of one object. Others' annotations, MetalLB's among them, pass unseen. */
export function checkAnnotations(conversion: Conversion, kind: string, annotations: Labels | null | undefined): void {
  for (const key in annotations) {
    if (!key.startsWith(own) && !key.startsWith(cilium)) continue;
    const names = known[kind] ?? [];
    const value = annotations[key] ?? '';
    const path = ['metadata', 'annotations', key];
    if (names.includes(key)) {
      const wanted = unusable(key, value);
      if (wanted === null) continue;
      const message = `${key}: ${show(value)} cannot be used and is ignored`;
      objectProblem(conversion, { code: 'LL-CFG-025', severity: 'warning', path, message, hint: `it takes ${wanted}` });
    } else {
      const near = suggest(key, names);
      const message = `unknown annotation ${clip(key)} on a ${kind}`;
      const hint = near ? `did you mean ${near}` : knownHint(names);
      objectProblem(conversion, { code: 'LL-CFG-024', severity: 'warning', path, atKey: true, message, hint });
    }
  }
}

function knownHint(names: readonly string[]): string {
  return names.length > 0 ? `known here: ${names.join(', ')}` : '';
}

/** What the annotation takes, when the value is nothing of it. */
function unusable(key: string, value: string): string | null {
  switch (key) {
    case `${own}priority`:
      return /^[-+]?\d{1,15}$/.test(value.trim()) ? null : 'a whole number, higher first';
    case `${own}reuse`:
      return value === 'lowest' || value === 'oldest' ? null : 'lowest or oldest';
    case `${own}allow-special`:
      return value === 'true' || value === 'false' ? null : '"true" or "false"';
    case `${own}off-link`:
      return value === 'allow' || value === 'deny' ? null : 'allow or deny';
    case `${own}exclude`:
      return value.split(',').every(isAddressOrRange) ? null : 'a comma list of addresses, CIDRs and ranges';
    default:
      return null;
  }
}

function isAddressOrRange(entry: string): boolean {
  const text = entry.trim();
  if (text === '' || parseAddress(text) || parseCidr(text)) return true;
  const [first = '', last = '', ...rest] = text.split('-');
  return rest.length === 0 && parseAddress(first.trim()) !== null && parseAddress(last.trim()) !== null;
}
