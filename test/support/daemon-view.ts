// A daemon's knowledge with one of everything, for tests of what is made of it.

import { callerText } from '#model/control-action.ts';
import type { JournalEntry } from '#model/journal.ts';
import { defaultNodeConfig } from '#model/node-config.ts';
import { parseCidr } from '#model/range.ts';
import type { Snapshot } from '#model/snapshot.ts';
import type { ControlBackend } from '#ports/control-backend.ts';
import type { CaptureReport, DaemonView } from '#ports.ts';
import { address, allocation, inputs, memory, networkInterface, service } from './objects.ts';

export const nowMs = Date.UTC(2026, 10, 23, 3, 7, 21);
const minuteMs = 60_000;

/** default/web and default/api share .208 (answered on eth0); media/plex is pending; dns/resolver has .209, which is off-link. */
export function snapshot(): Snapshot {
  const key = { 'lbipam.cilium.io/sharing-key': 'front' };
  const range = parseCidr('192.168.10.208/29');
  return {
    revision: 7,
    observed: {
      inputs: inputs({
        services: [
          service('default/web', { annotations: key }),
          service('default/api', { annotations: key }),
          service('media/plex'),
          service('dns/resolver'),
          service('dns/web'),
        ],
      }),
      config: defaultNodeConfig('edge-1'),
      options: {
        ipv4: true,
        ipv6: true,
        defaultLBServiceIPAM: 'lbipam',
        l2Announcements: true,
        bgpControlPlane: false,
        adoptStatus: false,
        nowMs,
      },
      node: { name: 'edge-1', labels: {} },
      interfaces: [
        networkInterface('eth0', { addresses: [{ family: 'IPv4', address: '192.168.10.2', prefixLength: 24 }] }),
      ],
      deliveredAddresses: new Set(),
      leadership: { kind: 'all' },
      memory: memory(),
    },
    desired: {
      services: [
        outcome('default/web', ['192.168.10.208']),
        outcome('default/api', ['192.168.10.208']),
        {
          ...outcome('media/plex', []),
          state: 'pending',
          reasons: [{ code: 'no_pool', address: null }],
          condition: {
            type: 'cilium.io/IPAMRequestSatisfied',
            status: 'False',
            reason: 'no_pool',
            message: 'There are no enabled CiliumLoadBalancerIPPools that match this service',
          },
        },
        outcome('dns/resolver', ['192.168.10.209']),
        { ...outcome('dns/web', []), handled: false },
      ],
      pools: [
        {
          name: 'blue',
          ranges: range ? [range] : [],
          blocks: ['192.168.10.208/29'],
          total: 8n,
          used: 2n,
          available: 6n,
          disabled: false,
          conflict: false,
          valid: true,
          conditions: [],
        },
      ],
      policies: [
        {
          name: 'lan',
          matchesNode: true,
          services: ['default/web', 'default/api', 'dns/resolver'],
          interfaces: ['eth0'],
          conditions: [],
        },
      ],
      allocations: [
        allocation('default/web', '192.168.10.208', { sinceMs: nowMs - 60 * minuteMs }),
        allocation('default/api', '192.168.10.208', { origin: 'shared', sinceMs: nowMs - minuteMs }),
        allocation('dns/resolver', '192.168.10.209', { origin: 'requested', sinceMs: nowMs }),
      ],
      announcements: [
        {
          address: address('192.168.10.208'),
          interface: 'eth0',
          services: ['default/api', 'default/web'],
          policies: ['lan'],
          group: 0,
        },
      ],
      candidacies: [],
      unannounced: [
        {
          address: address('192.168.10.209'),
          services: ['dns/resolver'],
          reasons: [{ code: 'off_link', address: '192.168.10.209', interface: 'eth0' }],
          group: 0,
        },
      ],
      groups: [],
      warnings: [],
      problems: [],
      memory: memory(),
    },
  };
}

function outcome(key: string, ips: readonly string[]) {
  const [namespace = '', name = ''] = key.split('/');
  return {
    key,
    namespace,
    name,
    handled: true,
    state: 'ready' as const,
    addresses: ips.map(address),
    families: ['IPv4' as const],
    reasons: [],
    ingress: ips.map(address),
    withdrawn: [],
    condition: null,
    clearsCondition: false,
  };
}

export function capture(more: Partial<CaptureReport> = {}): CaptureReport {
  return {
    interface: 'eth0',
    capture: 'open',
    detail: '',
    mac: '02:00:00:00:00:01',
    requests: 42,
    answers: 40,
    drops: { not_ours: 2, malformed: 1 },
    announced: 5,
    kernelDrops: 0,
    rows: [{ ip: '192.168.10.208', answers: 40, sinceMs: nowMs - 60 * minuteMs, generation: 1 }],
    ...more,
  };
}

export function daemonView(more: Partial<DaemonView> = {}): DaemonView {
  return {
    node: 'edge-1',
    pid: 1187,
    version: '1.0.0',
    nowMs,
    startedMs: nowMs - 90 * minuteMs,
    generation: 17,
    loadedMs: nowMs - 30 * minuteMs,
    paths: ['/etc/lanlord'],
    configValid: true,
    configProblems: [],
    settingPlaces: new Map(),
    isDiskNewer: false,
    snapshot: snapshot(),
    captures: [capture()],
    problems: [
      {
        code: 'PEND',
        severity: 'warning',
        object: 'svc/media/plex',
        message: 'media/plex: There are no enabled CiliumLoadBalancerIPPools that match this service',
        hint: 'lanlord explain svc/media/plex',
        sinceMs: nowMs - 12 * minuteMs,
      },
    ],
    leading: new Map([['192.168.10.208%eth0', { sinceMs: nowMs - 60 * minuteMs, term: 3 }]]),
    ...more,
  };
}

export const journal: readonly JournalEntry[] = [
  {
    timeMs: nowMs - 60 * minuteMs,
    kind: 'leader.acquired',
    severity: 'info',
    object: 'ip/192.168.10.208',
    message: 'Answering for 192.168.10.208 on eth0',
    fields: { ip: '192.168.10.208', interface: 'eth0', term: 3 },
  },
  {
    timeMs: nowMs - 30 * minuteMs,
    kind: 'config.applied',
    severity: 'info',
    object: 'config',
    message: 'generation 17 applied',
    fields: { generation: 17 },
  },
];

/** A backend that knows what it is given and refuses reloads when told so. */
export function fakeBackend(view: DaemonView = daemonView(), reloads = true): ControlBackend {
  return {
    view: () => view,
    watch: () => () => {},
    journal: (limit) => journal.slice(-limit),
    async act(action, by) {
      if (action.kind === 'failover') return { ok: false, code: 'LL-ACT-001', message: 'There is no other node' };
      return { ok: true, message: `${action.kind} by ${callerText(by)}`, rows: [] };
    },
    async reload() {
      const counts = { added: 1, changed: 2, removed: 3, moved: 4 };
      if (reloads) return { ok: true, generation: 18, ...counts, problems: [], message: 'generation 18 applied' };
      const problem = {
        code: 'LL-CFG-014',
        severity: 'error' as const,
        scope: 'document' as const,
        path: '',
        file: '/etc/lanlord/a.yaml',
        line: 7,
        column: 11,
        message: '"x" is not a CIDR',
        hint: 'write one',
      };
      const none = { added: 0, changed: 0, removed: 0, moved: 0 };
      return {
        ok: false,
        generation: 17,
        ...none,
        problems: [problem],
        message: 'Refused: 1 error, generation 17 stays',
      };
    },
  };
}
