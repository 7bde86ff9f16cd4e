// The states of the interface that are kept as golden frames, and that pictures are made of.
import type { DoctorAnswer, DoctorCheck } from '#control/doctor-answer.ts';
import type { ExplainAnswer, ExplainStep, PlanAnswer, PlanObject, Responder, WhoHasAnswer } from '#control/protocol.ts';
import type { TrafficAnswer, TrafficItem } from '#control/traffic-protocol.ts';
import type { Size } from '#tui/layout/breakpoint.ts';
import type { Loss } from '#tui/state/connection.ts';
import type { Model } from '#tui/state/model.ts';
import type { ProfileName } from '#tui/text/glyphs.ts';
import { after, liveModel, typed } from './ui-frames.ts';
import { ago, manyVips, nowMs, renamed, worlds } from './ui-worlds.ts';

export interface StateWishes {
  readonly size: Size;
  readonly profile?: ProfileName;
}

export const head = { apiVersion: 'lanlord.dev/v1', generatedAt: ago(0), node: 'edge-1' } as const;

function step(
  name: string,
  result: ExplainStep['result'],
  message: string,
  more: Partial<ExplainStep> = {},
): ExplainStep {
  return { name, result, code: 'LL-IPAM-001', message, file: null, line: null, fix: [], ...more };
}

export const explained: ExplainAnswer = {
  ...head,
  kind: 'Explain',
  object: 'svc/media/plex',
  ok: false,
  steps: [
    step('service', 'pass', 'The service is of type LoadBalancer and ours', {
      file: '/etc/lanlord/40-media.yaml',
      line: 31,
    }),
    step('address', 'fail', 'There are no enabled CiliumLoadBalancerIPPools that match this service', {
      code: 'LL-IPAM-002',
      fix: ['Add the label tier: media to the service, or widen the selector of pool red'],
    }),
    step('pool blue', 'fail', 'label tier is absent on the service', { file: '/etc/lanlord/10-pools.yaml', line: 3 }),
    step('announce', 'skipped', 'not reached: the service has no address'),
  ],
};

function check(code: string, result: DoctorCheck['result'], message: string, fix = ''): DoctorCheck {
  return { code: `LL-DOC-${code}`, result, message, fix };
}

export const examined: DoctorAnswer = {
  apiVersion: 'lanlord.dev/v1',
  kind: 'Doctor',
  generatedAt: ago(0),
  checks: [
    check('001', 'ok', 'libpcap 1.10.3, embedded'),
    check('002', 'ok', 'glibc 2.36 (needed: 2.17 or newer)'),
    check('003', 'ok', 'CAP_NET_ADMIN, CAP_NET_RAW effective for the daemon'),
    check('010', 'ok', 'eth0 is up, has carrier, MAC 52:54:00:aa:00:01'),
    check('010', 'ok', 'wlan0 is down (not selected by a policy)'),
    check(
      '021',
      'failure',
      'net.ipv4.conf.eth0.proxy_arp is on: the kernel answers too, with its own MAC',
      'sysctl -w net.ipv4.conf.eth0.proxy_arp=0 net.ipv4.conf.all.proxy_arp=0',
    ),
    check(
      '023',
      'failure',
      'VIP 192.168.10.212 is configured on eth0: the kernel answers for it, too',
      'ip address del 192.168.10.212 dev eth0',
    ),
    check(
      '022',
      'warning',
      'net.ipv6.conf.br-lan.proxy_ndp is on: the kernel answers for addresses of "ip neigh show proxy"',
      'sysctl -w net.ipv6.conf.br-lan.proxy_ndp=0',
    ),
    check('030', 'ok', 'The daemon runs: pid 1187, lanlord 1.0.0'),
    check('031', 'ok', 'The daemon captures on eth0'),
    check('031', 'ok', 'The daemon captures on br-lan'),
    check('032', 'ok', 'Traffic to every announced address is taken by this box (6 VIPs)'),
  ],
};

function planned(change: PlanObject['change'], kind: string, name: string, place: string, effect = ''): PlanObject {
  const [file = '', line = ''] = place.split(':');
  return { change, kind, name, file: `/etc/lanlord/${file}`, line: Number(line), effect, fields: [] };
}

type PlanChange = PlanAnswer['changes'][number];

function becomes(ip: string, service: string, impact: PlanChange['impact'], from: string | null, to: string | null) {
  return { ip, service, impact, from, to, message: '' };
}

export const plan: PlanAnswer = {
  ...head,
  kind: 'Plan',
  applicable: true,
  generation: 17,
  paths: ['/etc/lanlord'],
  objects: [
    {
      ...planned('changed', 'CiliumLoadBalancerIPPool', 'blue', '10-pools.yaml:3', '20 addresses (was 30)'),
      fields: [{ path: 'spec.blocks[0].stop', from: '"192.168.10.229"', to: '"192.168.10.219"' }],
    },
    planned('added', 'CiliumL2AnnouncementPolicy', 'lan-guest', '20-policies.yaml:41'),
    planned('removed', 'CiliumL2AnnouncementPolicy', 'lan-ci', '20-policies.yaml:18', '1 VIP is not answered any more'),
  ],
  changes: [
    { ...becomes('192.168.10.214', 'ci/registry', 'outage', 'edge-3', null), message: 'no policy selects it' },
    becomes('192.168.10.223', 'iot/broker', 'ip-change', '192.168.10.223', '192.168.10.205'),
    becomes('10.0.30.4', 'guest/portal', 'new', null, 'edge-1'),
    becomes('192.168.10.213', 'dns/resolver', 'none', 'edge-2', 'edge-1'),
  ],
  unchanged: 34,
  pending: [{ service: 'iot/cam', message: 'pool blue is exhausted' }],
  problems: [],
};

/** A file that the daemon would refuse. */
export const refusedPlan: PlanAnswer = {
  ...plan,
  applicable: false,
  objects: [],
  changes: [],
  unchanged: 0,
  pending: [],
  problems: [
    {
      file: '/etc/lanlord/10-pools.yaml',
      line: 6,
      column: 5,
      severity: 'error',
      code: 'LL-CFG-002',
      message: 'unknown field spec.blockz',
      hint: 'did you mean blocks',
    },
  ],
};

function responder(more: Partial<Responder>): Responder {
  return {
    node: 'edge-1',
    mac: '52:54:00:aa:00:01',
    interface: 'eth0',
    kind: 'self',
    source: 'table',
    rttSeconds: null,
    since: ago(183_600),
    count: 12_044,
    firstSeen: null,
    lastSeen: null,
    protocol: null,
    ...more,
  };
}

const stranger = responder({
  node: null,
  mac: '52:54:00:be:ef:07',
  kind: 'stranger',
  source: 'wire',
  rttSeconds: 0.0031,
  since: ago(79),
  count: 3,
  firstSeen: ago(79),
  lastSeen: ago(22),
});

export const whoHas: WhoHasAnswer = {
  ...head,
  kind: 'WhoHas',
  leader: 'edge-1',
  ip: '192.168.10.211',
  probed: true,
  responders: [responder({ rttSeconds: 0.0002 }), stranger],
  services: ['default/web'],
  pool: 'blue',
  policies: ['lan-web'],
};

function frame(sequence: number, seconds: number, more: Partial<TrafficItem>): TrafficItem {
  return {
    sequence,
    time: ago(seconds).replace('Z', '123Z'),
    interface: 'eth0',
    direction: 'in',
    protocol: 'ARP',
    operation: 'request',
    ip: '192.168.10.211',
    sender: '192.168.10.1',
    senderMac: '00:1b:21:3c:9d:f0',
    target: '192.168.10.211',
    verdict: 'answered',
    reason: 'replied',
    source: '00:1b:21:3c:9d:f0',
    destination: 'ff:ff:ff:ff:ff:ff',
    vlan: null,
    length: 60,
    latencySeconds: null,
    ...more,
  };
}

const ours = {
  direction: 'out',
  operation: 'reply',
  verdict: 'ours',
  reason: 'reply',
  source: '52:54:00:aa:00:01',
} as const;

const answer = {
  sender: '192.168.10.211',
  senderMac: '52:54:00:aa:00:01',
  target: '192.168.10.44',
  destination: '3c:7c:3f:11:20:9a',
} as const;

export const frames: readonly TrafficItem[] = [
  frame(1, 63, { ip: '192.168.10.9', target: '192.168.10.9', verdict: 'ignored', reason: 'not_ours' }),
  frame(2, 40, { sender: '192.168.10.44', senderMac: '3c:7c:3f:11:20:9a' }),
  frame(3, 40, { ...ours, ...answer, latencySeconds: 0.00019 }),
  frame(4, 22, {
    operation: 'reply',
    sender: '192.168.10.211',
    senderMac: '52:54:00:be:ef:07',
    source: '52:54:00:be:ef:07',
    verdict: 'duplicate',
    reason: 'claim',
  }),
  frame(5, 21, { ...ours, operation: 'announcement', reason: 'defence', senderMac: '52:54:00:aa:00:01' }),
  frame(6, 4, { protocol: 'NDP', ip: '2001:db8:10::5', target: '2001:db8:10::5', sender: 'fe80::21b:21ff:fe3c:9df0' }),
];

function traffic(items: readonly TrafficItem[], lost: TrafficAnswer['lost'] = []): TrafficAnswer {
  return { ...head, kind: 'TrafficList', items, next: `eth0:${items.at(-1)?.sequence ?? 0}`, lost, kernelDrops: [] };
}

const refused: Loss = {
  cause: 'refused',
  message:
    'No daemon listens on /run/lanlord/lanlord.sock (it ended without cleaning up; start: systemctl start lanlord)',
  log: [],
};

/** As it is when a daemon that was seen before is gone; on a model without a world: when there never was one. */
export function down(model: Model, loss: Loss = refused): Model {
  const times = { sinceMs: nowMs - 189_000, heardMs: nowMs - 189_000, retryAtMs: nowMs + 3000 };
  return after(model, { kind: 'connection', connection: { state: 'lost', loss, ...times } });
}

export const addressAnswer = {
  kind: 'address',
  ip: '192.168.10.211',
  whoHas: { ok: true, value: whoHas },
  history: [],
  announcements: [
    {
      ip: '192.168.10.211',
      interface: 'eth0',
      mac: '52:54:00:aa:00:01',
      services: ['default/web'],
      group: 0,
      since: ago(183_600),
      answers: 12_044,
    },
  ],
  frames,
} as const;

const absent: Loss = {
  cause: 'absent',
  message:
    'No daemon here: /run/lanlord/lanlord.sock does not exist (start: systemctl start lanlord, or try: sudo lanlord demo)',
  log: [],
};

const denied: Loss = {
  cause: 'denied',
  message:
    'Not allowed to use /run/lanlord/lanlord.sock (be root or a member of its group: ls -l /run/lanlord/lanlord.sock)',
  log: [],
};

/** Colors, a cleared screen, a title, another direction, wide and joined characters, and as long as names can be. */
export const hostileName =
  `\u001b[31m\u001b[2J\u001b]0;title\u0007\r\n\u202e日本語👨‍👩‍👧é\u0301${'x'.repeat(200)}`.slice(0, 253);

const big = manyVips(5000);

/** By name; each at any size and in any profile. */
export const uiStates: Readonly<Record<string, (wishes: StateWishes) => Model>> = {
  connecting: (wishes) => ({ ...liveModel(wishes), connection: { state: 'connecting' } }),
  empty: (wishes) => liveModel({ ...wishes, world: worlds.empty }),
  healthy: (wishes) => liveModel({ ...wishes, world: worlds.healthy }),
  duplicate: (wishes) => liveModel({ ...wishes, world: worlds.duplicate }),
  address: (wishes) => after(typed(uiState('duplicate', wishes), 'enter'), addressAnswer),
  pools: (wishes) => typed(uiState('duplicate', wishes), '2'),
  pending: (wishes) =>
    after(typed(uiState('duplicate', wishes), '3', 'G', 'e'), {
      kind: 'explained',
      object: 'svc/media/plex',
      answer: { ok: true, value: explained },
    }),
  leaders: (wishes) => typed(uiState('duplicate', wishes), '4'),
  traffic: (wishes) => {
    const begun = after(typed(uiState('duplicate', wishes), '5'), {
      kind: 'traffic',
      answer: traffic(frames.slice(0, 2)),
    });
    const gap = [{ interface: 'eth0', frames: 1204 }];
    return typed(after(begun, { kind: 'traffic', answer: traffic(frames.slice(2), gap) }), 'n');
  },
  frozen: (wishes) => typed(uiState('traffic', wishes), 'p', '/', ...'vip:192.168.10.211'),
  packets: (wishes) =>
    after(typed(uiState('traffic', wishes), '/', ...'vip:192.168.10.211', 'enter'), {
      kind: 'packets',
      packets: {
        path: '/home/ann/lanlord-packets-20261123T030700Z.pcapng',
        filter: 'vip:192.168.10.211',
        bytes: 1_204_000,
      },
    }),
  policies: (wishes) => typed(uiState('duplicate', wishes), '6'),
  events: (wishes) => typed(uiState('duplicate', wishes), '7'),
  many: (wishes) => typed(liveModel({ ...wishes, world: big }), '4', 'G', 'k'),
  stale: (wishes) => typed(down(uiState('healthy', wishes)), 'esc'),
  lost: (wishes) => down(uiState('healthy', wishes)),
  help: (wishes) => typed(uiState('healthy', wishes), '?'),
  plan: (wishes) =>
    after(typed(liveModel({ ...wishes, world: worlds.edited }), '6', 'tab', 'j', 'j', 'j', 'j'), {
      kind: 'planned',
      paths: [],
      answer: { ok: true, value: plan },
    }),
  'plan asked': (wishes) => typed(liveModel({ ...wishes, world: worlds.edited }), '6'),
  'plan refused': (wishes) =>
    after(uiState('plan asked', wishes), { kind: 'planned', paths: [], answer: { ok: true, value: refusedPlan } }),
  'plan of other files': (wishes) =>
    after(typed(uiState('healthy', wishes), ':', ...'plan new/', 'enter'), {
      kind: 'planned',
      paths: ['new/'],
      answer: { ok: true, value: { ...plan, paths: ['/etc/lanlord.new'], objects: [], changes: [], pending: [] } },
    }),
  doctor: (wishes) =>
    after(typed(uiState('healthy', wishes), 'd'), { kind: 'examined', answer: { ok: true, value: examined } }),
  'doctor asked': (wishes) => typed(uiState('lost', wishes), 'd'),
  failover: (wishes) => liveModel({ ...wishes, world: worlds.failover }),
  'failover leaders': (wishes) => typed(uiState('failover', wishes), '4', 'j', 'j', 'j'),
  services: (wishes) => typed(uiState('duplicate', wishes), '3'),
  wide: (wishes) => typed(uiState('duplicate', wishes), '4', 'w'),
  'service page': (wishes) => typed(uiState('duplicate', wishes), '3', 'G', 'enter'),
  'pool page': (wishes) => typed(uiState('duplicate', wishes), '2', 'enter'),
  'policy page': (wishes) => typed(uiState('duplicate', wishes), '6', 'enter'),
  'event page': (wishes) => typed(uiState('duplicate', wishes), '7', 'enter'),
  'filter that hides all': (wishes) => typed(uiState('healthy', wishes), '4', '/', ...'plex', 'enter'),
  'filter at fault': (wishes) => typed(uiState('healthy', wishes), '4', '/', ...'vpi:1'),
  actions: (wishes) => typed(liveModel({ ...wishes, world: worlds.healthy, writable: true }), '4', '!'),
  'leaving stops it': (wishes) => typed(liveModel({ ...wishes, world: worlds.healthy, ownsDaemon: true }), 'q'),
  'never connected': (wishes) => down(liveModel(wishes), absent),
  denied: (wishes) => down(liveModel(wishes), denied),
  hostile: (wishes) => typed(liveModel({ ...wishes, world: renamed(hostileName) }), '4'),
  'hostile services': (wishes) => typed(liveModel({ ...wishes, world: renamed(hostileName) }), '3', 'e'),
};

export function uiState(name: string, wishes: StateWishes): Model {
  const make = uiStates[name];
  if (make === undefined) throw new Error(`no state "${name}"`);
  return make(wishes);
}
