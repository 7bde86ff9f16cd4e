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
  while (start < Math.min(before.length, after.length) && isSame(before[start], after[start])) start++;
  let end = before.length;
  while (end > start && end + shift > start && isSame(before[end - 1], after[end - 1 + shift])) end--;
  let gone = before.slice(start, end);
  let come = after.slice(start, end + shift);
  // Most edits are made in place: what stands where it stood needs no look at the rest.
  if (shift === 0)
    [gone, come] = [gone.filter((item, i) => !isSame(item, come[i])), come.filter((item, i) => !isSame(gone[i], item))];
  const old = new Set(gone);
  const fresh = new Set(come);
  return { gone: gone.filter((item) => !fresh.has(item)), come: come.filter((item) => !old.has(item)) };
}

function withoutEqual({ gone, come }: ServiceChanges): ServiceChanges {
  const old = new Map(gone.map((service) => [serviceKey(service), service]));
  const equal = new Set<Service>();
  for (const service of come) {
    const other = old.get(serviceKey(service));
    if (other && !equal.has(other) && isSame(other, service)) equal.add(other).add(service);
  }
  if (equal.size === 0) return { gone, come };
  return { gone: gone.filter((one) => !equal.has(one)), come: come.filter((one) => !equal.has(one)) };
}

/** Where an object was written decides nothing. */
const fields: Readonly<Record<Exclude<keyof Service, 'position' | 'fields'>, true>> = {
  name: true,
  namespace: true,
  createdMs: true,
  type: true,
  loadBalancerClass: true,
  loadBalancerIP: true,
  externalTrafficPolicy: true,
  ipFamilyPolicy: true,
  labels: true,
  annotations: true,
  externalIPs: true,
  ipFamilies: true,
  selector: true,
  ports: true,
  status: true,
};
const names = Object.keys(fields) as (keyof typeof fields)[];

function isSame(a: Service | undefined, b: Service | undefined): boolean {
  if (a === b || a === undefined || b === undefined) return a === b;
  for (const name of names) if (a[name] !== b[name] && !sameData(a[name], b[name])) return false;
  return true;
}
