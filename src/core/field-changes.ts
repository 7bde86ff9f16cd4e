// The fields in which two versions of an object differ, named as in a manifest.
import { sameValue, undeclared } from './compare-inputs.ts';

export interface FieldChange {
  /** Such as `spec.blocks[0].stop` or `metadata.labels.color`. */
  readonly path: string;
  /** Value before as JSON; null: absent. */
  readonly from: string | null;
  readonly to: string | null;
}

/** BOUNDED: fields named per object. */
const mostFields = 50;

/** Fields that stand in `metadata`, and those that stand beside `spec`; all others are in `spec`. */
const places: Readonly<Record<string, string>> = { labels: 'metadata', annotations: 'metadata', status: '' };

export function fieldChanges(before: object, after: object): readonly FieldChange[] {
  const found: FieldChange[] = [];
  const left = entries(before);
  const right = entries(after);
  for (const key of new Set([...left.keys(), ...right.keys()])) {
    if (undeclared.has(key)) continue;
    const place = Object.hasOwn(places, key) ? places[key] : 'spec';
    walk(place ? `${place}.${key}` : key, left.get(key), right.get(key), found);
  }
  return found;
}

function walk(path: string, before: unknown, after: unknown, found: FieldChange[]): void {
  if (found.length >= mostFields || sameValue(before, after)) return;
  const deep = isObject(before) && isObject(after) && Array.isArray(before) === Array.isArray(after);
  if (!deep) {
    found.push({ path, from: text(before), to: text(after) });
    return;
  }
  const isList = Array.isArray(before);
  const left = entries(before);
  const right = entries(after);
  for (const key of new Set([...left.keys(), ...right.keys()])) {
    walk(isList ? `${path}[${key}]` : `${path}.${key}`, left.get(key), right.get(key), found);
  }
}

function entries(value: object): ReadonlyMap<string, unknown> {
  return new Map<string, unknown>(Object.entries(value));
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function text(value: unknown): string | null {
  return value === undefined ? null : JSON.stringify(value);
}
