// Worlds as the daemon tells them, for tests of what the terminal interface makes of them.
import type {
  EventItem,
  HistoryItem,
  InterfaceItem,
  IpItem,
  LeaderItem,
  NodeItem,
  ProblemItem,
  ServiceItem,
} from '#control/list-items.ts';
import type { StatusAnswer } from '#control/protocol.ts';
import { noRates } from '#tui/state/rates.ts';
import { emptyLists, emptyWorld, type Lists, type World } from '#tui/state/world.ts';

export const nowMs = Date.UTC(2026, 10, 23, 3, 7, 21);

export function ago(seconds: number): string {
  return new Date(nowMs - seconds * 1000).toISOString();
}

const hour = 3600;
const day = 24 * hour;

export function link(name: string, more: Partial<InterfaceItem> = {}): InterfaceItem {
  return {
    name,
    mac: '52:54:00:aa:00:01',
    up: true,
    carrier: true,
    capture: 'open',
    detail: '',
    requests: 12_044,
    answers: 11_990,
    drops: 54,
    dropReasons: { not_ours: 54 },
    kernelDrops: 0,
    announced: 12,
    ...more,
  } as InterfaceItem;
}

function leader(ip: string, service: string, more: Partial<LeaderItem> = {}): LeaderItem {
  return {
    ip,
    interface: 'eth0',
    services: [service],
    policies: ['lan-web'],
    leader: 'edge-1',
    state: 'here',
    since: ago(2 * day + 3 * hour),
    term: 4,
    mac: '52:54:00:aa:00:01',
    group: 0,
    message: '',
    ...more,
  };
}

function address(ip: string, services: readonly string[], more: Partial<IpItem> = {}): IpItem {
  return {
    ip,
    pool: 'blue',
    services,
    sharingKey: null,
    origin: 'auto',
    state: 'allocated',
    conflict: null,
    since: ago(41 * day),
    ...more,
  };
}

function service(key: string, ips: readonly string[], more: Partial<ServiceItem> = {}): ServiceItem {
  const [namespace = '', name = ''] = key.split('/');
  return { namespace, name, ips, state: 'ready', reason: null, message: '', conditions: [], ...more };
}

function node(name: string, more: Partial<NodeItem> = {}): NodeItem {
  return {
    name,
    self: false,
    state: 'ready',
    address: '192.168.10.3',
    lastSeenSeconds: 0.3,
    version: '1.0.0',
    generation: 17,
    vips: 12,
    ...more,
  } as NodeItem;
}

function status(lists: Lists, more: Partial<StatusAnswer> = {}): StatusAnswer {
  const others = lists.nodes.filter(({ self }) => !self);
  const heard = others.filter(({ state }) => state !== 'lost');
  const count = (state: LeaderItem['state']) => lists.leaders.filter((item) => item.state === state).length;
  return {
    apiVersion: 'lanlord.dev/v1',
    kind: 'Status',
    generatedAt: ago(0),
    node: 'edge-1',
    state: 'ok',
    peers: { known: others.length, heard: heard.length, names: heard.map(({ name }) => name) },
    generation: 17,
    configValid: true,
    vips: {
      total: lists.leaders.length,
      here: count('here') + count('duplicate'),
      peers: count('standby'),
      claiming: count('claiming'),
      nobody: count('nobody'),
    },
    problems: lists.problems,
    version: '1.0.0',
    pid: 1187,
    uptimeSeconds: 3 * day + 4 * hour,
    loadedAt: ago(1548),
    paths: ['/etc/lanlord'],
    adminSocket: '/run/lanlord/admin.sock',
    interfaces: lists.interfaces,
    pools: lists.pools.map(({ name, total, used }) => ({ name, total, used })),
    ...more,
  };
}

/** A world with these lists, its status counted from them. */
export function world(lists: Partial<Lists>, more: Partial<StatusAnswer> = {}): World {
  const events = (lists.events ?? []).toSorted((a, b) => a.time.localeCompare(b.time));
  const all = { ...emptyLists, ...lists, events };
  const wave = Array.from({ length: 60 }, (_, second) => 3 + 3 * Math.sin(second / 5));
  const rates = { ...noRates, requests: wave, answers: wave.map((rate) => rate * 0.9), ignored: wave.map(() => 0.3) };
  return { ...emptyWorld, status: status(all, more), lists: all, rates, atMs: nowMs };
}

const pools: Lists['pools'] = [
  pool('blue', '192.168.10.200-192.168.10.229', 30, 27),
  pool('red', '10.0.20.0/26', 62, 7),
  pool('v6', '2001:db8:10::/120', 254, 3),
  { ...pool('old', '172.16.9.0/28', 14, 1), disabled: true },
];

function pool(name: string, block: string, total: number, used: number): Lists['pools'][number] {
  return {
    name,
    blocks: [block],
    total: String(total),
    used: String(used),
    available: String(total - used),
    disabled: false,
    conflict: false,
    valid: true,
    conditions: [],
  };
}

const rows: readonly LeaderItem[] = [
  leader('192.168.10.211', 'default/web'),
  leader('192.168.10.212', 'default/api', { term: 2 }),
  leader('192.168.10.213', 'dns/resolver', {
    services: ['dns/resolver', 'dns/resolver-tcp'],
    leader: 'edge-2',
    state: 'standby',
    mac: '52:54:00:aa:00:02',
    since: ago(372),
    term: 9,
    policies: ['lan-dns'],
  }),
  leader('192.168.10.214', 'ci/registry', { leader: 'edge-3', state: 'standby', mac: '52:54:00:aa:00:03', term: 1 }),
  leader('10.0.20.5', 'media/jellyfin', {
    interface: 'br-lan',
    mac: '52:54:00:aa:01:01',
    since: ago(3 * day),
    term: 1,
  }),
  leader('2001:db8:10::5', 'default/web'),
];

const events: readonly EventItem[] = [
  event(1548, 'info', 'config.applied', 'config', 'generation 17 applied from /etc/lanlord (2 files), 0 VIPs moved'),
  event(372, 'info', 'leader.lost', 'ip/192.168.10.213', '192.168.10.213 edge-1 to edge-2: edge-1 paused 1.5 s'),
];

function event(
  seconds: number,
  severity: EventItem['severity'],
  kind: string,
  object: string,
  message: string,
): EventItem {
  return { time: ago(seconds), kind, severity, object, message, fields: {} };
}

const history: readonly HistoryItem[] = [
  {
    ip: '192.168.10.213',
    from: 'edge-1',
    to: 'edge-2',
    at: ago(372),
    cause: 'edge-1 paused 1.5 s',
    gapSeconds: 1.84,
    detectSeconds: 1.5,
    claimSeconds: 0.31,
    answerSeconds: 0.03,
  },
];

function problem(
  code: string,
  severity: ProblemItem['severity'],
  object: string,
  message: string,
  more: { readonly since: string; readonly hint?: string },
) {
  return { code, severity, object, message, hint: '', ...more } satisfies ProblemItem;
}

const healthyLists: Partial<Lists> = {
  pools,
  ips: [
    address('192.168.10.211', ['default/web'], { origin: 'requested' }),
    address('192.168.10.212', ['default/api']),
    address('192.168.10.213', ['dns/resolver', 'dns/resolver-tcp'], { origin: 'shared', sharingKey: 'dns' }),
    address('192.168.10.214', ['ci/registry']),
    address('10.0.20.5', ['media/jellyfin'], { pool: 'red' }),
    address('2001:db8:10::5', ['default/web'], { pool: 'v6' }),
  ],
  services: [
    service('default/web', ['192.168.10.211', '2001:db8:10::5']),
    service('default/api', ['192.168.10.212']),
    service('dns/resolver', ['192.168.10.213']),
    service('dns/resolver-tcp', ['192.168.10.213']),
    service('ci/registry', ['192.168.10.214']),
    service('media/jellyfin', ['10.0.20.5']),
  ],
  leaders: rows,
  policies: [
    { name: 'lan-web', matchesNode: true, services: 4, interfaces: ['eth0'], conditions: [] },
    { name: 'br-media', matchesNode: true, services: 1, interfaces: ['br-lan'], conditions: [] },
    { name: 'far', matchesNode: false, services: 0, interfaces: [], conditions: [] },
  ],
  nodes: [
    node('edge-1', { self: true, address: '192.168.10.2', vips: 14 }),
    node('edge-2'),
    node('edge-3', { state: 'stale-config', address: '192.168.10.4', generation: 16, version: '0.9.8', vips: 11 }),
  ],
  interfaces: [link('eth0'), link('br-lan', { mac: '52:54:00:aa:01:01' })],
  events,
  history,
};

const duplicateLists: Partial<Lists> = {
  ...healthyLists,
  leaders: rows.map((row, index) => (index === 0 ? { ...row, state: 'duplicate' } : row)),
  services: [
    ...(healthyLists.services ?? []),
    service('media/plex', [], {
      state: 'pending',
      reason: 'no_pool',
      message: 'no pool matches the labels app=plex',
    }),
  ],
  problems: [
    problem('DUP', 'critical', 'ip/192.168.10.211', '192.168.10.211 is also claimed by 52:54:00:be:ef:07 (3 times)', {
      since: ago(79),
      hint: 'lanlord who-has 192.168.10.211 --probe',
    }),
    problem('CONF', 'warning', 'node/edge-3', 'edge-3 runs configuration #16, one behind this node', {
      since: ago(1548),
      hint: 'copy the files and lanlord reload there; lanlord get nodes',
    }),
    problem('POOL', 'warning', 'pool/blue', '27 of 30 addresses of pool "blue" are used (90 %)', {
      since: ago(6860),
      hint: 'add a block',
    }),
    problem('PEND', 'warning', 'svc/media/plex', 'media/plex: no pool matches the labels app=plex', {
      since: ago(731),
      hint: 'lanlord explain svc/media/plex',
    }),
  ],
  events: [
    ...events,
    event(731, 'warning', 'service.pending', 'svc/media/plex', 'media/plex pending: no pool matches app=plex'),
    event(
      79,
      'critical',
      'conflict.seen',
      'ip/192.168.10.211',
      '192.168.10.211 is claimed by 52:54:00:be:ef:07 on eth0',
    ),
  ],
};

/** A box died: one of its addresses is here by now, one is being claimed, one has nobody. */
const failoverLists: Partial<Lists> = {
  ...healthyLists,
  leaders: rows.map((row, index) => {
    if (index === 2)
      return { ...row, leader: 'edge-1', state: 'here', mac: '52:54:00:aa:00:01', since: ago(2), term: 10 };
    if (index === 3) return { ...row, leader: null, state: 'claiming', mac: null, since: ago(1), term: null };
    if (index === 5)
      return { ...row, leader: null, state: 'nobody', mac: null, since: ago(3), message: 'edge-2 is silent' };
    return row;
  }),
  nodes: [
    node('edge-1', { self: true, address: '192.168.10.2', vips: 15 }),
    node('edge-2', { state: 'lost', lastSeenSeconds: 4 }),
    node('edge-3'),
  ],
  problems: [
    problem('NOBODY', 'critical', 'ip/2001:db8:10::5', 'nobody answers for 2001:db8:10::5', {
      since: ago(3),
      hint: 'lanlord explain ip/2001:db8:10::5',
    }),
  ],
  events: [
    ...events,
    event(3, 'critical', 'node.lost', 'node/edge-2', 'edge-2 is silent since 3 s'),
    event(2, 'info', 'leader.acquired', 'ip/192.168.10.213', 'Answering for 192.168.10.213 on eth0: silence'),
  ],
  history: [
    ...history,
    { ...(history[0] as HistoryItem), from: 'edge-2', to: 'edge-1', at: ago(2), cause: 'silence', gapSeconds: 0.34 },
  ],
};

/** `count` addresses that this node answers for. */
export function manyVips(count: number): World {
  const ips = Array.from({ length: count }, (_, index) => `10.1.${index >> 8}.${index & 255}`);
  return world({
    pools: [pool('big', '10.1.0.0/16', 65_534, count)],
    ips: ips.map((ip, index) => address(ip, [`bulk/svc${index}`], { pool: 'big' })),
    services: ips.map((ip, index) => service(`bulk/svc${index}`, [ip])),
    leaders: ips.map((ip, index) => leader(ip, `bulk/svc${index}`)),
    interfaces: [link('eth0')],
  });
}

/** The same lists with this text wherever a name or a message stands. */
export function renamed(text: string): World {
  return world(
    {
      pools: pools.map((item) => ({ ...item, name: text, blocks: [...item.blocks, text] })),
      ips: [address(text, [`${text}/${text}`], { pool: text })],
      services: [
        service(`${text.replaceAll('/', '')}/${text}`, [text], { state: 'pending', reason: text, message: text }),
      ],
      leaders: [leader(text, text, { leader: text, state: 'standby', interface: text, mac: text, message: text })],
      policies: [{ name: text, matchesNode: true, services: 1, interfaces: [text], conditions: [] }],
      nodes: [node(text, { self: true, state: text, address: text, version: text }), node('edge-2')],
      interfaces: [link(text, { detail: text })],
      problems: [problem(text, 'critical', `ip/${text}`, text, { since: ago(10), hint: text })],
      events: [event(10, 'critical', text, text, text)],
      history: history.map((item) => ({ ...item, ip: text, from: text, to: text, cause: text })),
    },
    { node: text, version: text, paths: [text] },
  );
}

export const worlds = {
  none: emptyWorld,
  empty: world({ interfaces: [link('eth0')] }),
  healthy: world(healthyLists),
  duplicate: world(duplicateLists, { state: 'critical' }),
  failover: world(failoverLists, { state: 'critical' }),
  edited: world(healthyLists, { disk: 'changed' }),
} as const;
