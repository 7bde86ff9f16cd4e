// Which declared services differ from those of the round before.
import { type Service, serviceKey } from '#model/resources.ts';
import { sameData } from './same-data.ts';

/** One that was edited is in both lists. */
export interface ServiceChanges {
  readonly gone: readonly Service[];
  readonly come: readonly Service[];
}

/** Objects are compared by identity first; those that are new but say the same count as unchanged. */
export function serviceChanges(before: readonly Service[], after: readonly Service[]): ServiceChanges {
  if (before === after) return { gone: [], come: [] };
  return withoutEqual(differing(before, after));
}

/** What is in one list only. */
function differing(before: readonly Service[], after: readonly Service[]): ServiceChanges {
  const shift = after.length - before.length;
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start++;
  let end = before.length;
  while (end > start && end + shift > start && before[end - 1] === after[end - 1 + shift]) end--;
  let gone = before.slice(start, end);
  let come = after.slice(start, end + shift);
  // Most edits are made in place: what stands where it stood needs no look at the rest.
  if (shift === 0)
    [gone, come] = [gone.filter((item, i) => item !== come[i]), come.filter((item, i) => item !== gone[i])];
  const old = new Set(gone);
  const fresh = new Set(come);
  return { gone: gone.filter((item) => !fresh.has(item)), come: come.filter((item) => !old.has(item)) };
}

function withoutEqual({ gone, come }: ServiceChanges): ServiceChanges {
  const old = new Map(gone.map((service) => [serviceKey(service), service]));
  const equal = new Set<Service>();
  for (const service of come) {
    const other = old.get(serviceKey(service));
    if (other && !equal.has(other) && sameService(other, service)) equal.add(other).add(service);
  }
  if (equal.size === 0) return { gone, come };
  return { gone: gone.filter((one) => !equal.has(one)), come: come.filter((one) => !equal.has(one)) };
}

/** Where an object was written decides nothing. */
function sameService(a: Service, b: Service): boolean {
  const { position: _a, fields: _b, ...left } = a;
  const { position: _c, fields: _d, ...right } = b;
  return sameData(left, right);
}
