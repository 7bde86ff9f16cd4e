// Which declared objects two configurations differ in.
import type { NodeConfig } from '#model/node-config.ts';
import {
  type EndpointSlice,
  type Inputs,
  type NodeResource,
  type Policy,
  type Pool,
  type Service,
  serviceKey,
} from '#model/resources.ts';

export interface InputChanges {
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
}

/** One object that is not the same on both sides; `before` is null for an added one, `after` for a removed one. */
export type ObjectChange = { readonly name: string } & (
  | ({ readonly kind: 'CiliumLoadBalancerIPPool' } & Sides<Pool>)
  | ({ readonly kind: 'CiliumL2AnnouncementPolicy' } & Sides<Policy>)
  | ({ readonly kind: 'Service' } & Sides<Service>)
  | ({ readonly kind: 'EndpointSlice' } & Sides<EndpointSlice>)
  | ({ readonly kind: 'Node' } & Sides<NodeResource>)
  | ({ readonly kind: 'NodeConfig' } & Sides<NodeConfig>)
);

interface Sides<T> {
  readonly before: T | null;
  readonly after: T | null;
}

export interface Declared {
  readonly inputs: Inputs;
  readonly config: NodeConfig;
}

/** Where an object was written, and its age, say nothing about what it declares. */
export const undeclared: ReadonlySet<string> = new Set(['position', 'fields', 'createdMs']);

/** Counts objects by identity; the settings of the node are one object that is always there. */
export function compareInputs(before: Declared, after: Declared): InputChanges {
  const total = { added: 0, changed: 0, removed: 0 };
  for (const change of changesOf(before, after)) {
    if (change.before === null) total.added++;
    else if (change.after === null) total.removed++;
    else total.changed++;
  }
  return total;
}

/** Objects that differ: settings, pools, policies, nodes, services, endpoint slices; removed ones last of their kind. */
export function objectChanges(before: Declared, after: Declared): readonly ObjectChange[] {
  return [...changesOf(before, after)];
}

/** One at a time: who only counts 50,000 of them needs no list. */
function* changesOf(before: Declared, after: Declared): Generator<ObjectChange, void, undefined> {
  const a = before.inputs;
  const b = after.inputs;
  const byName = (object: { readonly name: string }) => object.name;
  if (!sameDeclaration(before.config, after.config))
    yield { kind: 'NodeConfig', name: after.config.node.name, before: before.config, after: after.config };
  for (const one of differences(a.pools, b.pools, byName)) yield { kind: 'CiliumLoadBalancerIPPool', ...one };
  for (const one of differences(a.policies, b.policies, byName)) yield { kind: 'CiliumL2AnnouncementPolicy', ...one };
  for (const one of differences(a.nodes, b.nodes, byName)) yield { kind: 'Node', ...one };
  for (const one of differences(a.services, b.services, serviceKey)) yield { kind: 'Service', ...one };
  for (const one of differences(a.endpointSlices, b.endpointSlices, serviceKey))
    yield { kind: 'EndpointSlice', ...one };
}

function* differences<T extends object>(
  before: readonly T[],
  after: readonly T[],
  key: (object: T) => string,
): Generator<Sides<T> & { readonly name: string }, void, undefined> {
  const old = new Map(before.map((object) => [key(object), object]));
  for (const object of after) {
    const name = key(object);
    const previous = old.get(name);
    if (previous === undefined) yield { name, before: null, after: object };
    else if (!sameDeclaration(previous, object)) yield { name, before: previous, after: object };
    old.delete(name);
  }
  for (const [name, object] of old) yield { name, before: object, after: null };
}

/** Deep equality of two objects, apart from position and age. */
export function sameDeclaration(a: object, b: object): boolean {
  return sameEntries(a, b, undeclared);
}

const nothing: ReadonlySet<string> = new Set();

/** Own properties only: a label may be called `constructor`. One that is undefined is as good as absent. */
function sameEntries(a: object, b: object, ignored: ReadonlySet<string>): boolean {
  for (const key of Object.keys(a)) if (!ignored.has(key) && !sameValue(own(a, key), own(b, key))) return false;
  for (const key of Object.keys(b)) {
    if (!ignored.has(key) && !Object.hasOwn(a, key) && own(b, key) !== undefined) return false;
  }
  return true;
}

function own(object: object, key: string): unknown {
  return Object.hasOwn(object, key) ? (object as Record<string, unknown>)[key] : undefined;
}

export function sameValue(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  return Array.isArray(a) === Array.isArray(b) && sameEntries(a, b, nothing);
}
