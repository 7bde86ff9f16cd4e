// Every metric: its name, what it means, and where its value comes from. The reference page is made from this table.

import { gauges } from '#core/gauges.ts';
import type { Severity } from '#model/problem.ts';
import type { DaemonView } from '#ports.ts';
import type { JournalMetrics } from './journal-metrics.ts';
import { countVips } from './leadership.ts';

export interface MetricFacts {
  readonly view: DaemonView;
  readonly journal: JournalMetrics;
  readonly revision: string;
}

export type Labels = Readonly<Record<string, string>>;

export interface Metric {
  readonly type: 'gauge' | 'counter';
  readonly help: string;
  readonly labels: readonly string[];
  readonly samples: (facts: MetricFacts) => Iterable<readonly [value: number, labels?: Labels]>;
}

const gauge = 'gauge' as const;
const counter = 'counter' as const;

/** Counters of interfaces begin again when the interface comes back. */
export const metricTable: Readonly<Record<string, Metric>> = {
  lanlord_build_info: {
    type: gauge,
    help: 'Always 1; the labels say which build this is',
    labels: ['version', 'revision'],
    samples: ({ view, revision }) => [[1, { version: view.version, revision }]],
  },
  lanlord_start_time_seconds: {
    type: gauge,
    help: 'When the daemon started, seconds since 1970',
    labels: [],
    samples: ({ view }) => [[view.startedMs / 1000]],
  },
  lanlord_config_generation: {
    type: gauge,
    help: 'Generation of the configuration that runs',
    labels: [],
    samples: ({ view }) => [[view.generation]],
  },
  lanlord_config_last_reload_successful: {
    type: gauge,
    help: '1 while the configuration on disk is the one that runs, 0 since it was refused',
    labels: [],
    samples: ({ view }) => [[view.configValid ? 1 : 0]],
  },
  lanlord_config_last_applied_timestamp_seconds: {
    type: gauge,
    help: 'When the configuration that runs was applied, seconds since 1970',
    labels: [],
    samples: ({ view }) => [[view.loadedMs / 1000]],
  },
  lanlord_config_reloads_total: {
    type: counter,
    help: 'Changes of the configuration since the start, by what came of them',
    labels: ['result'],
    samples: ({ journal }) => Object.entries(journal.reloads).map(([result, count]) => [count, { result }]),
  },
  lanlord_vips: {
    type: gauge,
    help: 'Addresses by who answers for them',
    labels: ['state'],
    samples({ view }) {
      const { here, peers, claiming, nobody } = countVips(view);
      return Object.entries({ here, peers, claiming, nobody }).map(([state, count]) => [count, { state }]);
    },
  },
  lanlord_services: {
    type: gauge,
    help: 'Services of type LoadBalancer that are ours, by whether they have what they ask for',
    labels: ['state'],
    samples({ view }) {
      const counts = { ready: 0, pending: 0, partial: 0 };
      for (const { handled, state } of view.snapshot?.desired.services ?? []) if (handled) counts[state]++;
      return Object.entries(counts).map(([state, count]) => [count, { state }]);
    },
  },
  lanlord_pool_addresses: {
    type: gauge,
    help: 'Addresses that a pool can give at all',
    labels: ['pool'],
    samples: ({ view }) => pools(view).map(({ name, total }) => [Number(total), { pool: name }]),
  },
  lanlord_pool_used_addresses: {
    type: gauge,
    help: 'Addresses of a pool that are in use',
    labels: ['pool'],
    samples: ({ view }) => pools(view).map(({ name, used }) => [Number(used), { pool: name }]),
  },
  lanlord_pool_available_addresses: {
    type: gauge,
    help: 'Addresses of a pool that can still be given',
    labels: ['pool'],
    samples: ({ view }) => pools(view).map(({ name, available }) => [Number(available), { pool: name }]),
  },
  lanlord_ipam_conflicting_pools: {
    type: gauge,
    help: 'Pools that overlap others and give nothing new (lbipam_conflicting_pools of Cilium)',
    labels: [],
    samples: ({ view }) => ipam(view).map(({ conflictingPools }) => [conflictingPools]),
  },
  lanlord_ipam_services_matching: {
    type: gauge,
    help: 'Services that ask for addresses while there is a pool (lbipam_services_matching of Cilium)',
    labels: [],
    samples: ({ view }) => ipam(view).map(({ servicesMatching }) => [servicesMatching]),
  },
  lanlord_ipam_services_unsatisfied: {
    type: gauge,
    help: 'Services that lack something they asked for (lbipam_services_unsatisfied of Cilium)',
    labels: [],
    samples: ({ view }) => ipam(view).map(({ servicesUnsatisfied }) => [servicesUnsatisfied]),
  },
  lanlord_interface_capture_open: {
    type: gauge,
    help: '1 while frames of a selected interface are heard, 0 while they are not',
    labels: ['interface'],
    samples: ({ view }) => links(view).map(([labels, { capture }]) => [capture === 'open' ? 1 : 0, labels]),
  },
  lanlord_interface_requests_total: {
    type: counter,
    help: 'Requests heard for addresses, answered or not',
    labels: ['interface'],
    samples: ({ view }) => links(view).map(([labels, { requests }]) => [requests, labels]),
  },
  lanlord_interface_answers_total: {
    type: counter,
    help: 'Answers given',
    labels: ['interface'],
    samples: ({ view }) => links(view).map(([labels, { answers }]) => [answers, labels]),
  },
  lanlord_interface_announcements_total: {
    type: counter,
    help: 'Announcement frames sent without being asked',
    labels: ['interface'],
    samples: ({ view }) => links(view).map(([labels, { announced }]) => [announced, labels]),
  },
  lanlord_interface_drops_total: {
    type: counter,
    help: 'Frames that were heard and not answered, by reason',
    labels: ['interface', 'reason'],
    samples: ({ view }) =>
      links(view).flatMap(([labels, { drops }]) =>
        Object.entries(drops).map(([reason, count]) => [count, { ...labels, reason }] as const),
      ),
  },
  lanlord_vrrp_advertisements_total: {
    type: counter,
    help: 'VRRP advertisements heard: accepted, of other virtual routers (elsewhere), or why they were dropped',
    labels: ['interface', 'outcome'],
    samples: ({ view }) =>
      links(view).flatMap(([labels, { advertisements = {} }]) =>
        Object.entries(advertisements).map(([outcome, count]) => [count, { ...labels, outcome }] as const),
      ),
  },
  lanlord_interface_kernel_drops_total: {
    type: counter,
    help: 'Frames that the kernel threw away before they were looked at',
    labels: ['interface'],
    samples: ({ view }) => links(view).map(([labels, { kernelDrops }]) => [kernelDrops, labels]),
  },
  lanlord_interface_send_errors_total: {
    type: counter,
    help: 'Frames that the interface refused to send: answers, announcements, probes and advertisements',
    labels: ['interface'],
    samples: ({ view }) => links(view).map(([labels, { sendErrors = 0 }]) => [sendErrors, labels]),
  },
  lanlord_problems: {
    type: gauge,
    help: 'Problems by severity, as lanlord get problems lists them',
    labels: ['severity'],
    samples({ view }) {
      const counts: Record<Severity, number> = { critical: 0, warning: 0, info: 0 };
      for (const { severity } of view.problems) counts[severity]++;
      return Object.entries(counts).map(([severity, count]) => [count, { severity }]);
    },
  },
  lanlord_problem: {
    type: gauge,
    help: 'Problems by code; a code without one is not there',
    labels: ['code'],
    samples: ({ view }) =>
      [...Map.groupBy(view.problems, ({ code }) => code)].map(([code, all]) => [all.length, { code }]),
  },
  lanlord_duplicates: {
    type: gauge,
    help: 'Claims of other hosts on addresses that this box answers for, now',
    labels: [],
    samples: ({ view }) => [[view.claims?.duplicates.length ?? 0]],
  },
  lanlord_conflicts_total: {
    type: counter,
    help: 'Events about claims of other hosts since the start; kinds as in lanlord events, after conflict.',
    labels: ['kind'],
    samples: ({ journal }) => [...journal.conflicts].map(([kind, count]) => [count, { kind }]),
  },
  lanlord_leadership_changes_total: {
    type: counter,
    help: 'Addresses on interfaces that this box began or ceased to answer since the start',
    labels: ['direction'],
    samples: ({ journal }) => Object.entries(journal.changes).map(([direction, count]) => [count, { direction }]),
  },
  lanlord_failovers_total: {
    type: counter,
    help: 'Addresses on interfaces that this box took over by election since the start, by cause',
    labels: ['cause'],
    samples: ({ journal }) => [...journal.failovers].map(([cause, count]) => [count, { cause }]),
  },
  lanlord_drained: {
    type: gauge,
    help: '1 while this box is drained',
    labels: [],
    samples: ({ view }) => [[view.snapshot?.observed.drained ? 1 : 0]],
  },
};

/** The one histogram, observed since the start. */
export const failoverDuration = {
  name: 'lanlord_failover_duration_seconds',
  help: 'How long failovers to this box took: gap (nobody answered or announced) and its stages; only what was measured',
  labels: ['stage'],
  // From an answer that hardly waited to a client that gave up: VRRP's defaults lie at 0.3 s, keepalived's at 3.6 s.
  buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2, 4, 8, 16],
} as const;

function pools(view: DaemonView) {
  return view.snapshot?.desired.pools ?? [];
}

/** Nothing before the first evaluation. */
function ipam(view: DaemonView) {
  return view.snapshot ? [gauges(view.snapshot.desired)] : [];
}

function links(view: DaemonView) {
  return view.captures.map((report) => [{ interface: report.interface }, report] as const);
}
