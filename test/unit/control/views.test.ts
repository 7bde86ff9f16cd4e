import { expect, test } from 'bun:test';
import type { Kind } from '#control/protocol.ts';
import { historyItems } from '#control/view-journal.ts';
import { isNamed, itemsOf } from '#control/views.ts';
import { capture, daemonView, journal, snapshot } from '../../support/daemon-view.ts';
import { pool } from '../../support/objects.ts';

/** The fields that every item has, as the interface promises them. */
const promised: Readonly<Record<Kind, readonly string[]>> = {
  pools: ['name', 'blocks', 'total', 'used', 'available', 'disabled', 'conflict', 'valid', 'conditions'],
  ips: ['ip', 'pool', 'services', 'sharingKey', 'origin'],
  services: ['namespace', 'name', 'ips', 'state', 'reason', 'message', 'conditions'],
  leaders: ['ip', 'interface', 'services', 'policies', 'leader', 'state', 'since', 'term', 'mac', 'group'],
  announcements: ['ip', 'interface', 'mac', 'services', 'group', 'since', 'answers'],
  policies: ['name', 'matchesNode', 'services', 'interfaces', 'conditions'],
  nodes: ['name', 'self', 'state', 'address', 'lastSeenSeconds', 'version', 'generation', 'vips'],
  interfaces: ['name', 'mac', 'up', 'carrier', 'capture', 'requests', 'answers', 'drops', 'kernelDrops'],
  problems: ['code', 'severity', 'object', 'message', 'since', 'hint'],
  events: ['time', 'kind', 'severity', 'object', 'message', 'fields'],
  generations: ['generation', 'time', 'event', 'cause', 'by', 'uid', 'paths', 'problems', 'errors', 'message'],
  history: ['ip', 'from', 'to', 'at', 'cause', 'gapSeconds', 'detectSeconds', 'claimSeconds', 'answerSeconds'],
};

function items<K extends Kind>(kind: K, view = daemonView()) {
  return [...itemsOf(kind, { view, journal: () => journal })];
}

for (const [kind, fields] of Object.entries(promised) as [Kind, readonly string[]][]) {
  test(`every item of ${kind} has the promised fields`, () => {
    const found = items(kind);
    expect(found.length).toBeGreaterThan(0);
    for (const item of found) {
      for (const field of fields) expect(item).toHaveProperty(field);
      // What JSON.stringify would leave out is not there for the reader.
      expect(Object.values(item)).not.toContain(undefined);
    }
  });

  test(`${kind} is empty, not an error, before the first evaluation`, () => {
    const view = daemonView({ snapshot: null, captures: [], problems: [] });
    const found = [...itemsOf(kind, { view, journal: () => [] })];
    expect(found).toHaveLength(kind === 'nodes' ? 1 : 0);
  });
}

test('counts of pools are decimal strings beyond 2^53', () => {
  const view = daemonView();
  const [pool] = snapshot().desired.pools;
  if (!pool) throw new Error('no pool');
  const desired = { ...snapshot().desired, pools: [{ ...pool, total: 2n ** 100n }] };
  const [item] = items('pools', { ...view, snapshot: { ...snapshot(), desired } });
  expect(item?.total).toBe('1267650600228229401496703205376');
});

test('services that share an address are one item with their sharing key', () => {
  expect(items('ips')).toEqual([
    {
      ip: '192.168.10.208',
      pool: 'blue',
      services: ['default/api', 'default/web'],
      sharingKey: 'front',
      origin: 'shared',
      since: '2026-11-23T02:07:21.000Z',
      conflict: null,
      state: 'allocated',
    },
    {
      ip: '192.168.10.209',
      pool: 'blue',
      services: ['dns/resolver'],
      sharingKey: null,
      origin: 'requested',
      since: '2026-11-23T03:07:21.000Z',
      conflict: null,
      state: 'allocated',
    },
  ]);
});

test('what pools contain and never give follows the allocations, as ranges, and is found by an address in it', () => {
  const base = snapshot();
  const annotations = { 'lanlord.dev/exclude': '192.168.10.210-192.168.10.212' };
  const observed = {
    ...base.observed,
    inputs: { ...base.observed.inputs, pools: [pool('blue', '192.168.10.208/29', { annotations })] },
  };
  const view = daemonView({ snapshot: { ...base, observed } });
  const found = [...itemsOf('ips', { view, journal: () => [] })];
  expect(found.map(({ ip, state }) => `${ip} ${state}`)).toEqual([
    '192.168.10.208 allocated',
    '192.168.10.209 allocated',
    '192.168.10.210-192.168.10.212 excluded',
  ]);
  const [excluded] = found.slice(-1);
  expect(excluded).toEqual({
    ip: '192.168.10.210-192.168.10.212',
    pool: 'blue',
    services: [],
    sharingKey: null,
    origin: 'excluded',
    state: 'excluded',
    since: null,
    conflict: null,
  });
  if (!excluded) throw new Error('nothing found');
  expect(['192.168.10.209', '192.168.10.211', '192.168.10.213'].map((ip) => isNamed('ips', excluded, ip))).toEqual([
    false,
    true,
    false,
  ]);
});

test('without a pool, addresses that stand in the status of services are listed, each once', () => {
  const base = snapshot();
  const status = (key: string) => base.desired.services.filter((one) => one.key === key);
  const services = [...status('default/web'), ...status('default/api'), ...status('dns/resolver')];
  const left = services.map((one) => ({ ...one, ingress: null }));
  const desired = { ...base.desired, allocations: [], pools: [], services: left };
  const view = daemonView({ snapshot: { ...base, desired } });
  const found = [...itemsOf('ips', { view, journal: () => [] })];
  expect(found).toEqual([
    expect.objectContaining({ ip: '192.168.10.208', pool: '', services: ['default/api', 'default/web'] }),
    expect.objectContaining({ ip: '192.168.10.209', origin: 'restored', state: 'status', services: ['dns/resolver'] }),
  ]);
});

test('services that are not ours are not listed, and pending ones say why in the words of the condition', () => {
  const found = items('services');
  expect(found.map(({ namespace, name }) => `${namespace}/${name}`)).toEqual([
    'default/web',
    'default/api',
    'media/plex',
    'dns/resolver',
  ]);
  expect(found[2]).toMatchObject({ state: 'pending', reason: 'no_pool', ips: [] });
  expect(found[0]).toMatchObject({ reason: null, message: '' });
});

test('announcements are the rows of the table, with services from the plan', () => {
  expect(items('announcements')).toEqual([
    {
      ip: '192.168.10.208',
      interface: 'eth0',
      mac: '02:00:00:00:00:01',
      services: ['default/api', 'default/web'],
      group: 0,
      since: '2026-11-23T02:07:21.000Z',
      answers: 40,
    },
  ]);
});

test('rows of an interface that is not captured are not listed as announcements', () => {
  for (const state of ['down', 'denied', 'gone'] as const) {
    expect(items('announcements', daemonView({ captures: [capture({ capture: state })] }))).toEqual([]);
  }
});

test('interfaces count drops and keep their reasons', () => {
  expect(items('interfaces')[0]).toMatchObject({ drops: 3, dropReasons: { not_ours: 2, malformed: 1 }, up: true });
});

test('problems come worst first, then oldest first', () => {
  const base = { object: 'x', message: '', hint: '' };
  const problems = [
    { ...base, code: 'C', severity: 'info' as const, sinceMs: 1 },
    { ...base, code: 'B', severity: 'critical' as const, sinceMs: 9 },
    { ...base, code: 'A', severity: 'critical' as const, sinceMs: 2 },
  ];
  expect(items('problems', daemonView({ problems })).map(({ code }) => code)).toEqual(['A', 'B', 'C']);
});

test('history holds what changed who answers, and only that', () => {
  expect(items('history')).toMatchObject([{ ip: '192.168.10.208', from: null, to: 'edge-1', gapSeconds: null }]);
});

test('without an election history has causes, too: words, no sentences', () => {
  const entry = { timeMs: 1, severity: 'info', object: 'ip/10.0.0.1', fields: { ip: '10.0.0.1' } } as const;
  const journal = [
    { ...entry, kind: 'leader.acquired', message: 'Answering for 10.0.0.1 on eth0' },
    { ...entry, kind: 'leader.lost', message: 'No longer answering for 10.0.0.1 on eth0' },
  ];
  expect([...historyItems('edge-1', journal)].map(({ cause }) => cause)).toEqual(['start', 'released']);
});

test('a node is known by an address that others can use', () => {
  expect(items('nodes')[0]).toMatchObject({ name: 'edge-1', self: true, address: '192.168.10.2', vips: 1 });
});

test('isNamed() finds services with and without namespace', () => {
  const [web] = items('services');
  if (!web) throw new Error('no service');
  expect(isNamed('services', web, 'web')).toBe(true);
  expect(isNamed('services', web, 'default/web')).toBe(true);
  expect(isNamed('services', web, 'dns/web')).toBe(false);
});
