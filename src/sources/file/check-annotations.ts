// Annotations that lanlord reads: unknown names get a hint, unusable values a warning.
import { parseAddress } from '#model/address.ts';
import type { Labels } from '#model/labels.ts';
import { parseCidr } from '#model/range.ts';
import { type Conversion, objectProblem } from './conversion.ts';
import { type KnownAnnotation, knownAnnotations } from './known-annotations.ts';
import { clip, show } from './schema-issues.ts';
import { suggest } from './suggest.ts';

const own = 'lanlord.dev/';
const cilium = 'lbipam.cilium.io/';
const knownByKind = new Map(
  Object.entries(knownAnnotations).map(([kind, names]) => [kind, new Map(Object.entries(names))]),
);
const none = new Map<string, KnownAnnotation>();

/** Warns about annotations of one object. Others' annotations, MetalLB's among them, pass unseen. */
export function checkAnnotations(conversion: Conversion, kind: string, annotations: Labels | null | undefined): void {
  const known = knownByKind.get(kind) ?? none;
  for (const key in annotations) {
    if (!key.startsWith(own) && !key.startsWith(cilium)) continue;
    const value = annotations[key] ?? '';
    const path = ['metadata', 'annotations', key];
    const annotation = known.get(key);
    if (annotation) {
      if (isUsable(key, value)) continue;
      const message = `${key}: ${show(value)} cannot be used and is ignored`;
      objectProblem(conversion, {
        code: 'LL-CFG-025',
        severity: 'warning',
        path,
        message,
        hint: `it takes ${annotation.takes}`,
      });
    } else {
      const near = suggest(key, [...known.keys()]);
      const message = `unknown annotation ${clip(key)} on a ${kind}`;
      const hint = near ? `did you mean ${near}` : knownHint([...known.keys()]);
      objectProblem(conversion, { code: 'LL-CFG-024', severity: 'warning', path, atKey: true, message, hint });
    }
  }
}

function knownHint(names: readonly string[]): string {
  return names.length > 0 ? `known here: ${names.join(', ')}` : '';
}

function isUsable(key: string, value: string): boolean {
  switch (key) {
    case `${own}priority`:
      return /^[-+]?\d{1,15}$/.test(value.trim());
    case `${own}reuse`:
      return value === 'lowest' || value === 'oldest';
    case `${own}allow-special`:
      return value === 'true' || value === 'false';
    case `${own}off-link`:
      return value === 'allow' || value === 'deny';
    case `${own}exclude`:
      return value.split(',').every(isAddressOrRange);
    default:
      return true;
  }
}

function isAddressOrRange(entry: string): boolean {
  const text = entry.trim();
  if (text === '' || parseAddress(text) || parseCidr(text)) return true;
  const [first = '', last = '', ...rest] = text.split('-');
  return rest.length === 0 && parseAddress(first.trim()) !== null && parseAddress(last.trim()) !== null;
}
