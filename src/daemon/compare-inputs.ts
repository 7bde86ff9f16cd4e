// How many declared objects a reload added, changed and removed.
import type { NodeConfig } from '#model/node-config.ts';
import { type Inputs, serviceKey } from '#model/resources.ts';

export interface InputChanges {
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
}

/** Where an object was written, and its age, say nothing about what it declares. */
const ignored: ReadonlySet<string> = new Set(['position', 'fields', 'createdMs']);

/** Counts objects by identity; the settings of the node are one object that is always there. */
export function compareInputs(
  before: { readonly inputs: Inputs; readonly config: NodeConfig },
  after: { readonly inputs: Inputs; readonly config: NodeConfig },
): InputChanges {
  const total = { added: 0, changed: sameDeclaration(before.config, after.config) ? 0 : 1, removed: 0 };
  const a = before.inputs;
  const b = after.inputs;
  const byName = (object: { readonly name: string }) => object.name;
  count(total, a.pools, b.pools, byName);
  count(total, a.policies, b.policies, byName);
  count(total, a.services, b.services, serviceKey);
  count(total, a.endpointSlices, b.endpointSlices, serviceKey);
  count(total, a.nodes, b.nodes, byName);
  return total;
}

function count<T>(
  total: { added: number; changed: number; removed: number },
  before: readonly T[],
  after: readonly T[],
  key: (object: T) => string,
): void {
  const old = new Map(before.map((object) => [key(object), object]));
  for (const object of after) {
    const name = key(object);
    const previous = old.get(name);
    if (previous === undefined) total.added++;
    else if (!sameDeclaration(previous, object)) total.changed++;
    old.delete(name);
  }
  total.removed += old.size;
}

/** Deep equality of plain data, apart from position and age. */
export function sameDeclaration(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const left = a as Record<string, unknown>;
  const right = b as Record<string, unknown>;
  for (const key of Object.keys(left)) {
    if (!ignored.has(key) && !sameDeclaration(left[key], right[key])) return false;
  }
  for (const key of Object.keys(right)) {
    if (!ignored.has(key) && left[key] === undefined && right[key] !== undefined) return false;
  }
  return true;
}
