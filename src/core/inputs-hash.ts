// A short name for everything that decides about addresses and groups: boxes with equal ones decide alike.
import type { NodeConfig } from '#model/node-config.ts';
import type { Inputs } from '#model/resources.ts';
import { undeclared } from './compare-inputs.ts';
import { textHash } from './text-hash.ts';

const hashes = new WeakMap<object, number>();

/** 14 hexadecimal digits. Where objects are written and in which order, and what belongs to one node alone, is no part of it. */
export function inputsHash(inputs: Inputs, config: NodeConfig): string {
  const { election, ipFamilies, defaultLBServiceIPAM } = config;
  const { virtualRouterId, groups } = election.vrrp;
  let sum = textHash(JSON.stringify([ipFamilies, defaultLBServiceIPAM, virtualRouterId, groups]));
  const kinds = [inputs.pools, inputs.policies, inputs.services, inputs.endpointSlices, inputs.nodes];
  // A sum does not depend on the order, and counts what is there twice.
  for (const [kind, objects] of kinds.entries()) {
    for (const object of objects) sum = (sum + (kind + 1) * hashOf(object)) % 2 ** 50;
  }
  return sum.toString(16).padStart(14, '0');
}

/** Pure memoization: an object never changes. */
function hashOf(object: object): number {
  const known = hashes.get(object);
  if (known !== undefined) return known;
  const hash = textHash(JSON.stringify(object, sortedFields)) % 2 ** 50;
  hashes.set(object, hash);
  return hash;
}

function sortedFields(key: string, value: unknown): unknown {
  if (undeclared.has(key)) return undefined;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
