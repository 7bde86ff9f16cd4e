// Items of lists as rows of the filter grammar, for commands and the user interface alike.

import { parseAddress } from '#model/address.ts';
import type { FilterField } from '#model/filter-fields.ts';
import type { FilterRow } from '#model/filter-match.ts';
import type { RowValue } from '#model/filter-values.ts';
import { columns } from './columns.ts';
import { poolWord } from './pool-word.ts';
import type { Items, Kind } from './protocol.ts';

type Values = { readonly [F in FilterField]?: readonly (RowValue | null)[] };
type Reader<K extends Kind> = (item: Items[K], nowMs: number) => Values;

/** The item as a filter sees it: words are looked for in everything that a wide table shows. */
export function itemRow<K extends Kind>(kind: K, item: Items[K], nowMs: number): FilterRow {
  let values: Values | null = null;
  return {
    values(field) {
      values ??= readers[kind](item, nowMs);
      return (values[field] ?? []).filter((value) => value !== null);
    },
    text: () => columns[kind].map(({ value }) => value(item, nowMs)).join(' '),
  };
}

const readers: { readonly [K in Kind]: Reader<K> } = {
  pools: (pool) => ({
    pool: [pool.name],
    state: [poolWord(pool)],
    vip: pool.blocks.map((block) => block.replace('-', '..')),
    count: [Number(pool.used)],
  }),
  ips: (ip, nowMs) => ({
    ...addressed([ip.ip]),
    ...serviced(ip.services),
    pool: [ip.pool],
    state: [ip.state, ip.origin],
    mac: [ip.conflict?.mac ?? null],
    iface: [ip.conflict?.interface ?? null],
    ...aged(ip.since, nowMs),
    count: [ip.services.length],
  }),
  services: (service) => ({
    ...addressed(service.ips),
    ...serviced([`${service.namespace}/${service.name}`]),
    state: [service.state],
    code: [service.reason],
    count: [service.ips.length],
  }),
  leaders: (row, nowMs) => ({
    ...addressed([row.ip]),
    ...serviced(row.services),
    policy: row.policies,
    iface: [row.interface],
    mac: [row.mac],
    leader: [row.leader],
    node: [row.leader],
    state: [row.state],
    term: [row.term],
    ...aged(row.since, nowMs),
  }),
  announcements: (row, nowMs) => ({
    ...addressed([row.ip]),
    ...serviced(row.services),
    iface: [row.interface],
    mac: [row.mac],
    count: [row.answers],
    ...aged(row.since, nowMs),
  }),
  policies: (policy) => ({ policy: [policy.name], iface: policy.interfaces, count: [policy.services] }),
  nodes: (node) => ({
    node: [node.name],
    state: [node.state],
    ip: [node.address],
    count: [node.vips],
    age: [node.lastSeenSeconds],
  }),
  interfaces: (link) => ({
    iface: [link.name],
    mac: [link.mac],
    state: [link.capture, link.up ? 'up' : 'down', link.carrier ? null : 'no carrier'],
    verdict: Object.entries(link.dropReasons).flatMap(([name, count]) => (count > 0 ? [name] : [])),
    count: [link.requests],
  }),
  problems: (problem, nowMs) => ({
    ...about(problem.object),
    ...(problem.objects ? addressed(problem.objects.map((object) => object.replace(/^ip\//, ''))) : {}),
    code: [problem.code],
    sev: [problem.severity],
    ...aged(problem.since, nowMs),
  }),
  events: (event, nowMs) => ({
    ...about(event.object, event.fields),
    kind: [event.kind, ...beginnings(event.kind)],
    sev: [event.severity],
    ...aged(event.time, nowMs),
  }),
  generations: (row, nowMs) => ({
    kind: [row.event, row.cause],
    node: [row.by],
    count: [row.problems],
    ...aged(row.time, nowMs),
  }),
  history: (row, nowMs) => ({
    ...addressed([row.ip]),
    node: [row.from, row.to],
    leader: [row.to],
    code: [row.cause],
    ...aged(row.at, nowMs),
    lat: [row.gapSeconds],
  }),
};

function addressed(ips: readonly string[]): Values {
  const families = ips.flatMap((ip) => parseAddress(ip.split('-')[0] ?? '')?.family ?? []);
  return { vip: ips, ip: ips, family: families };
}

/** `svc:` finds a service with and without its namespace. */
function serviced(keys: readonly string[]): Values {
  const parts = keys.map((key) => key.split('/'));
  return {
    svc: [...keys, ...parts.map(([, name = '']) => name)],
    ns: parts.map(([namespace = '']) => namespace),
  };
}

function aged(time: string | null, nowMs: number): Values {
  if (time === null) return {};
  const seconds = Math.max(0, (nowMs - Date.parse(time)) / 1000);
  return { age: [seconds], since: [seconds] };
}

/** `kind:leader` finds `leader.acquired`. */
function beginnings(kind: string): readonly string[] {
  const dot = kind.indexOf('.');
  return dot < 0 ? [] : [kind.slice(0, dot)];
}

/** What an object such as `ip/192.0.2.1` or `svc/ns/name`, and fields of an event, are about. */
function about(object: string, fields: Items['events']['fields'] = {}): Values {
  const slash = object.indexOf('/');
  const [type, name] = [object.slice(0, slash), object.slice(slash + 1)];
  const text = (field: string) => (typeof fields[field] === 'string' ? [fields[field]] : []);
  const only = (wanted: string) => (type === wanted ? [name] : []);
  const services = [...only('svc'), ...text('service'), ...text('services').flatMap((all) => all.split(' '))];
  return {
    ...addressed([...new Set([...only('ip'), ...text('ip')])]),
    ...serviced(services.filter((key) => key.includes('/'))),
    pool: [...only('pool'), ...text('pool')],
    policy: [...only('policy'), ...text('policy')],
    iface: [...only('interface'), ...text('interface')],
    node: [...only('node'), ...text('from'), ...text('to')],
    mac: text('mac'),
    term: typeof fields['term'] === 'number' ? [fields['term']] : [],
  };
}
