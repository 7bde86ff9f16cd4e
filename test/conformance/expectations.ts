// Checks the assertions of one `expect` step and says what was found instead.
import { gauges } from '#core/gauges.ts';
import { formatAddress, parseAddress } from '#model/address.ts';
import { parseCidr, rangeContains } from '#model/range.ts';
import type { Condition } from '#model/resources.ts';
import type {
  ConditionExpectation,
  Expectation,
  PolicyExpectation,
  PoolExpectation,
  RowExpectation,
  ServiceExpectation,
} from './case-file.ts';
import type { Cluster } from './cluster.ts';

/** Ingress sets of all services, taken at every `expect`. */
export type IngressSnapshot = ReadonlyMap<string, string>;

const satisfied = 'cilium.io/IPAMRequestSatisfied';
const policyTypes = ['io.cilium/bad-node-selector', 'io.cilium/bad-interface-regex', 'io.cilium/bad-service-selector'];

export function snapshot(cluster: Cluster): IngressSnapshot {
  return new Map(cluster.services().map((key) => [key, ingressOf(cluster, key).sort().join(' ')]));
}

/** One line per assertion that does not hold. */
export function check(cluster: Cluster, expectation: Expectation, before: IngressSnapshot): readonly string[] {
  const failures: string[] = [];
  const fail = (what: string, wanted: unknown, found: unknown) =>
    failures.push(`${what}: expected ${JSON.stringify(wanted)}, found ${JSON.stringify(found)}`);
  for (const [key, value] of Object.entries(expectation.services ?? {})) checkService(cluster, key, value, fail);
  for (const [name, value] of Object.entries(expectation.pools ?? {})) checkPool(cluster, name, value, fail);
  for (const [name, value] of Object.entries(expectation.policies ?? {})) checkPolicy(cluster, name, value, fail);
  checkRelations(cluster, expectation, before, fail);
  if (expectation.announcements) checkRows(cluster, expectation.announcements, fail);
  const given = [...cluster.warnings].map((text) => text.toLowerCase());
  for (const text of expectation.warnings ?? []) {
    if (!given.some((warning) => warning.includes(text.toLowerCase()))) fail('warnings', text, given);
  }
  const found: Readonly<Record<string, number>> = { ...gauges(cluster.desired) };
  for (const [name, value] of Object.entries(expectation.gauges ?? {})) {
    if (found[name] !== value) fail(`gauge ${name}`, value, found[name]);
  }
  return failures;
}

type Fail = (what: string, wanted: unknown, found: unknown) => void;

function canonical(text: string): string {
  const address = parseAddress(text);
  return address ? formatAddress(address) : text;
}

function ingressOf(cluster: Cluster, key: string): string[] {
  const entries = cluster.service(key)?.status.ingress ?? [];
  return entries.filter(({ ip }) => ip !== '').map(({ ip }) => canonical(ip));
}

function sameList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((item, i) => item === b[i]);
}

function checkService(cluster: Cluster, key: string, wanted: ServiceExpectation, fail: Fail): void {
  const service = cluster.service(key);
  if (!service) {
    fail(key, 'a service', null);
    return;
  }
  const { status } = service;
  const ingress = ingressOf(cluster, key);
  if (wanted.ingress && !sameList([...ingress].sort(), wanted.ingress.map(canonical).sort())) {
    fail(`${key} ingress`, wanted.ingress, ingress);
  }
  if (wanted.ingressOrder && !sameList(ingress, wanted.ingressOrder.map(canonical))) {
    fail(`${key} ingressOrder`, wanted.ingressOrder, ingress);
  }
  if (wanted.ingressCount !== undefined && ingress.length !== wanted.ingressCount) {
    fail(`${key} ingressCount`, wanted.ingressCount, ingress);
  }
  if (wanted.within && !ingress.every((ip) => isWithin(ip, wanted.within ?? []))) {
    fail(`${key} within`, wanted.within, ingress);
  }
  const hostnames = status.ingress.flatMap(({ hostname }) => (hostname ? [hostname] : []));
  if (wanted.hostnames && !sameList(hostnames.sort(), [...wanted.hostnames].sort())) {
    fail(`${key} hostnames`, wanted.hostnames, hostnames);
  }
  const own = status.conditions.filter(({ type }) => type === satisfied);
  if (wanted.condition === 'absent' && own.length > 0) fail(`${key} condition`, 'absent', own);
  if (typeof wanted.condition === 'object') checkCondition(`${key} condition`, wanted.condition, own[0], fail);
  if (wanted.conditionCount !== undefined && own.length !== wanted.conditionCount) {
    fail(`${key} conditionCount`, wanted.conditionCount, own);
  }
  for (const type of wanted.otherConditions ?? []) {
    if (!status.conditions.some((condition) => condition.type === type)) fail(`${key} otherConditions`, type, null);
  }
  if (wanted.untouched && !Bun.deepEquals(status, cluster.appliedStatus(key))) {
    fail(`${key} untouched`, cluster.appliedStatus(key), status);
  }
}

function isWithin(ip: string, prefixes: readonly string[]): boolean {
  const address = parseAddress(ip);
  return prefixes.some((prefix) => {
    const range = parseCidr(prefix);
    return address !== null && range !== null && rangeContains(range, address);
  });
}

function checkCondition(what: string, wanted: ConditionExpectation, found: Condition | undefined, fail: Fail): void {
  const { messageIncludes, ...exact } = wanted;
  const matches = Object.entries(exact).every(([key, value]) => found?.[key as keyof Condition] === value);
  const includes = messageIncludes === undefined || found?.message.includes(messageIncludes);
  if (!found || !matches || !includes) fail(what, wanted, found ?? null);
}

function checkPool(cluster: Cluster, name: string, wanted: PoolExpectation, fail: Fail): void {
  const conditions = cluster.conditions('CiliumLoadBalancerIPPool', name);
  const find = (type: string) => conditions.find((condition) => condition.type === type);
  for (const [key, type] of [
    ['total', 'cilium.io/IPsTotal'],
    ['used', 'cilium.io/IPsUsed'],
    ['available', 'cilium.io/IPsAvailable'],
  ] as const) {
    const found = find(type)?.message;
    if (wanted[key] !== undefined && found !== wanted[key]) fail(`${name} ${key}`, wanted[key], found);
  }
  const { conflict, valid } = wanted;
  if (conflict !== undefined) {
    checkCondition(`${name} conflict`, asCondition(conflict), find('cilium.io/PoolConflict'), fail);
  }
  const found = find('lanlord.dev/PoolValid');
  if (valid === 'True') {
    if (found && found.status !== 'True') fail(`${name} valid`, valid, found);
  } else if (valid !== undefined) checkCondition(`${name} valid`, asCondition(valid), found, fail);
}

function asCondition(value: string | ConditionExpectation): ConditionExpectation {
  return typeof value === 'string' ? { status: value } : value;
}

function checkPolicy(cluster: Cluster, name: string, wanted: PolicyExpectation, fail: Fail): void {
  const policy = cluster.desired.policies.find((one) => one.name === name);
  if (!policy) {
    fail(name, 'a policy', null);
    return;
  }
  if (wanted.matchesNode !== undefined && policy.matchesNode !== wanted.matchesNode) {
    fail(`${name} matchesNode`, wanted.matchesNode, policy.matchesNode);
  }
  if (wanted.services !== undefined && policy.services.length !== wanted.services) {
    fail(`${name} services`, wanted.services, policy.services);
  }
  const conditions = cluster.conditions('CiliumL2AnnouncementPolicy', name);
  if (wanted.condition === 'absent') {
    const own = conditions.filter(({ type }) => policyTypes.includes(type));
    if (own.length > 0) fail(`${name} condition`, 'absent', own);
  } else if (wanted.condition) {
    const { type } = wanted.condition;
    checkCondition(
      `${name} condition`,
      wanted.condition,
      conditions.find((one) => one.type === type),
      fail,
    );
  }
}

function checkRelations(cluster: Cluster, wanted: Expectation, before: IngressSnapshot, fail: Fail): void {
  const now = snapshot(cluster);
  for (const group of wanted.same ?? []) {
    const sets = group.map((key) => now.get(key) ?? '');
    if (sets[0] === '' || !sets.every((set) => set === sets[0])) fail(`same ${group.join(' ')}`, 'one set', sets);
  }
  for (const group of wanted.distinct ?? []) {
    const all = group.flatMap((key) => ingressOf(cluster, key));
    if (new Set(all).size !== all.length) fail(`distinct ${group.join(' ')}`, 'no address twice', all);
  }
  for (const key of wanted.unchanged ?? []) {
    if (now.get(key) !== before.get(key)) fail(`${key} unchanged`, before.get(key), now.get(key));
  }
}

function checkRows(cluster: Cluster, wanted: readonly RowExpectation[], fail: Fail): void {
  const row = (ip: string, link: string, services: readonly string[]) =>
    `${canonical(ip)} ${link} ${[...services].sort().join(',')}`;
  const found = cluster.desired.announcements.map((one) =>
    row(formatAddress(one.address), one.interface, one.services),
  );
  const expected = wanted.map((one) => row(one.ip, one.interface, one.services));
  if (!sameList(found.sort(), expected.sort())) fail('announcements', expected, found);
}
