// Reloading makes every object anew; what says the same as before is replaced by the old object.
import { type Inputs, type Service, serviceKey } from '#model/resources.ts';
import { sameData } from './same-data.ts';

/**
 * `after`, in which every object that equals one of `before` is that one. A service of which only the place in its file
 * changed shares everything else with the old one: after a reload memory holds one copy of most things, not two.
 */
export function keepUnchanged(before: Inputs, after: Inputs): Inputs {
  const byName = ({ name }: { readonly name: string }) => name;
  return {
    pools: kept(before.pools, after.pools, byName),
    policies: kept(before.policies, after.policies, byName),
    services: kept(before.services, after.services, serviceKey, moved),
    endpointSlices: kept(before.endpointSlices, after.endpointSlices, serviceKey),
    nodes: kept(before.nodes, after.nodes, byName),
  };
}

type Keep<T> = (old: T, fresh: T) => T;

function kept<T extends object>(
  before: readonly T[],
  after: readonly T[],
  key: (item: T) => string,
  keep: Keep<T> = same,
): readonly T[] {
  if (before === after) return after;
  let byKey: ReadonlyMap<string, T> | null = null;
  return after.map((fresh, i) => {
    // Most objects stand where they stood.
    const there = before[i];
    if (there && key(there) === key(fresh)) return keep(there, fresh);
    byKey ??= new Map(before.map((item) => [key(item), item]));
    const old = byKey.get(key(fresh));
    return old ? keep(old, fresh) : fresh;
  });
}

function same<T>(old: T, fresh: T): T {
  return sameData(old, fresh) ? old : fresh;
}

function moved(old: Service, fresh: Service): Service {
  const { position, fields, ...rest } = fresh;
  const { position: oldPosition, fields: oldFields, ...oldRest } = old;
  if (!sameData(oldRest, rest)) return fresh;
  if (sameData(oldPosition, position) && sameData(oldFields, fields)) return old;
  return { ...oldRest, ...(position ? { position } : {}), ...(fields ? { fields } : {}) };
}
