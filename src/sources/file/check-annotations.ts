// Annotations that lanlord reads: unknown names get a hint, unusable values a warning or an error.
import { goBoolean, listOf } from '#core/annotation.ts';
import { parseExclusion, priorityPattern } from '#core/pool-annotations.ts';
import { parseIdBlock, parseRouterId } from '#core/virtual-router-ids.ts';
import type { Labels } from '#model/labels.ts';
import { type Conversion, objectProblem } from './conversion.ts';
import { type KnownAnnotation, knownAnnotations } from './known-annotations.ts';
import type { Finding } from './reporter.ts';
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
      const finding = judge(key, value);
      if (finding) objectProblem(conversion, { hint: `it takes ${annotation.takes}`, ...finding, path });
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

type Judgement = Omit<Finding, 'path'> | null;

/** Judged as the evaluation judges it: what is said here is what happens. */
function judge(key: string, written: string): Judgement {
  const value = written.trim();
  switch (key) {
    case `${own}priority`:
      return priorityPattern.test(value) ? null : ignored(key, written);
    case `${own}reuse`:
      return value === 'lowest' || value === 'oldest' ? null : ignored(key, written);
    case `${own}allow-special`:
      return goBoolean(value) === null ? ignored(key, written) : null;
    case `${own}off-link`:
      return value === 'allow' || value === 'deny' ? null : ignored(key, written);
    case `${own}exclude`: {
      // It may protect somebody's address: what cannot be read is not passed over.
      const bad = listOf(written).find((entry) => parseExclusion(entry) === null);
      if (bad === undefined) return null;
      const message = `${key}: ${show(bad)} is not an address, a CIDR or a range: the pool is invalid`;
      return { code: 'LL-CFG-025', message };
    }
    default:
      return judgeIds(key, written);
  }
}

/** What cannot be read may pair with a router of another make: it is not passed over. */
function judgeIds(key: string, written: string): Judgement {
  const isBlock = key === `${own}virtual-router-id`;
  if (!isBlock && key !== `${own}group`) return null;
  if ((isBlock ? parseIdBlock(written) : parseRouterId(written)) !== null) return null;
  return { code: 'LL-CFG-025', message: `${key}: ${show(written)} cannot be read: its addresses have no group` };
}

function ignored(key: string, value: string): Judgement {
  return {
    code: 'LL-CFG-025',
    severity: 'warning',
    message: `${key}: ${show(value)} cannot be used and is ignored`,
  };
}
