// Annotations that decide something, with their older and foreign names.
import type { Labels } from '#model/labels.ts';

/** The first name that is present counts, even with an empty value, as Cilium reads its aliases. */
export const annotationNames = {
  ips: [
    'lbipam.cilium.io/ips',
    'io.cilium/lb-ipam-ips',
    'metallb.io/loadBalancerIPs',
    'metallb.universe.tf/loadBalancerIPs',
  ],
  sharingKey: [
    'lbipam.cilium.io/sharing-key',
    'io.cilium/lb-ipam-sharing-key',
    'metallb.io/allow-shared-ip',
    'metallb.universe.tf/allow-shared-ip',
  ],
  crossNamespace: ['lbipam.cilium.io/sharing-cross-namespace', 'io.cilium/lb-ipam-sharing-cross-namespace'],
  permitDifferentPods: [
    'lbipam.cilium.io/sharing-permit-different-pods',
    'io.cilium/lb-ipam-sharing-permit-different-pods',
  ],
  addressPool: ['metallb.io/address-pool', 'metallb.universe.tf/address-pool'],
  priority: ['lanlord.dev/priority'],
  exclude: ['lanlord.dev/exclude'],
  reuse: ['lanlord.dev/reuse'],
  allowSpecial: ['lanlord.dev/allow-special'],
  offLink: ['lanlord.dev/off-link'],
  routerIds: ['lanlord.dev/virtual-router-id'],
  group: ['lanlord.dev/group'],
} as const;

/** The value of the first name that is present, or null. */
export function annotation(annotations: Labels, name: keyof typeof annotationNames): string | null {
  for (const key of annotationNames[name]) {
    if (Object.hasOwn(annotations, key)) return annotations[key] ?? '';
  }
  return null;
}

/** Entries of a comma list, trimmed; empty ones do not count. */
export function listOf(text: string): readonly string[] {
  return text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}

const truths: ReadonlySet<string> = new Set(['1', 't', 'T', 'true', 'True', 'TRUE']);
const falsehoods: ReadonlySet<string> = new Set(['0', 'f', 'F', 'false', 'False', 'FALSE']);

/** Go's strconv.ParseBool, which Cilium uses: null for everything else, `yes` included. */
export function goBoolean(text: string): boolean | null {
  if (truths.has(text)) return true;
  return falsehoods.has(text) ? false : null;
}
