import { expect, test } from 'bun:test';
import { JournalMetrics } from '#control/journal-metrics.ts';
import { failoverDuration, metricTable } from '#control/metric-table.ts';
import { metricsText } from '#control/metrics.ts';
import type { JournalEntry } from '#model/journal.ts';
import { daemonView, nowMs } from '../../support/daemon-view.ts';

function entry(kind: string, fields: JournalEntry['fields'] = {}): JournalEntry {
  return { timeMs: nowMs, kind, severity: 'info', object: 'o', message: 'm', fields };
}

/** Value of each series, `name{labels}`. */
async function series(journal = new JournalMetrics(), view = daemonView()): Promise<ReadonlyMap<string, number>> {
  const text = await metricsText(view, journal);
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]),
  );
}

test('what the daemon knows is there, with its labels', async () => {
  const found = await series();
  expect(Object.fromEntries(found)).toMatchObject({
    'lanlord_build_info{version="1.0.0",revision="source"}': 1,
    lanlord_config_generation: 17,
    lanlord_config_last_reload_successful: 1,
    'lanlord_vips{state="here"}': 1,
    'lanlord_vips{state="nobody"}': 1,
    'lanlord_services{state="pending"}': 1,
    'lanlord_pool_used_addresses{pool="blue"}': 2,
    'lanlord_pool_available_addresses{pool="blue"}': 6,
    lanlord_ipam_services_unsatisfied: 1,
    'lanlord_interface_requests_total{interface="eth0"}': 42,
    'lanlord_interface_answers_total{interface="eth0"}': 40,
    'lanlord_interface_drops_total{interface="eth0",reason="malformed"}': 1,
    'lanlord_interface_capture_open{interface="eth0"}': 1,
    'lanlord_problems{severity="warning"}': 1,
    'lanlord_problem{code="PEND"}': 1,
    lanlord_drained: 0,
  });
});

test('every series is in the table, every name has its unit in it and nothing but letters', async () => {
  const text = await metricsText(daemonView(), new JournalMetrics());
  const named = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)];
  expect(named.map(([, name]) => name)).toEqual([...Object.keys(metricTable), failoverDuration.name]);
  for (const [, name = '', type] of named) {
    expect(name).toMatch(/^lanlord_[a-z_]+$/);
    expect(name.endsWith('_total')).toBe(type === 'counter');
  }
});

test('a name that is an attack stays one label', async () => {
  const view = daemonView();
  const pools = (view.snapshot?.desired.pools ?? []).map((pool) => ({ ...pool, name: 'a"} 1\nlanlord_x{b="' }));
  if (!view.snapshot) throw new Error('no snapshot');
  const evil = { ...view.snapshot, desired: { ...view.snapshot.desired, pools } };
  const text = await metricsText(daemonView({ snapshot: evil }), new JournalMetrics());
  expect(text).toContain('lanlord_pool_addresses{pool="a\\"} 1\\nlanlord_x{b=\\""} 8');
});

test('before the first evaluation nothing is missing but what cannot be known', async () => {
  const found = await series(new JournalMetrics(), daemonView({ snapshot: null, captures: [], problems: [] }));
  expect(found.get('lanlord_vips{state="here"}')).toBe(0);
  expect(found.has('lanlord_ipam_conflicting_pools')).toBe(false);
});

test('the journal is counted: reloads, conflicts, changes and failovers', async () => {
  const journal = new JournalMetrics();
  const ip = '192.0.2.1';
  journal.record('edge-1', [
    entry('daemon.started'),
    entry('config.applied', { generation: 2 }),
    entry('config.refused'),
    entry('conflict.claimed', { address: ip }),
    entry('conflict.claimed', { address: ip }),
    entry('leader.acquired', { ip, term: 1 }),
    entry('leader.acquired', {
      ip,
      cause: 'timeout',
      from: 'edge-2',
      to: 'edge-1',
      gapSeconds: 0.31,
      claimSeconds: null,
    }),
    entry('leader.lost', { ip, cause: 'drained', to: 'edge-2', gapSeconds: 5 }),
    entry('leader.lost', { count: 300 }),
  ]);
  const found = await series(journal);
  expect(Object.fromEntries(found)).toMatchObject({
    'lanlord_config_reloads_total{result="applied"}': 1,
    'lanlord_config_reloads_total{result="refused"}': 1,
    'lanlord_conflicts_total{kind="claimed"}': 2,
    'lanlord_leadership_changes_total{direction="acquired"}': 2,
    'lanlord_leadership_changes_total{direction="lost"}': 301,
    'lanlord_failovers_total{cause="timeout"}': 1,
    'lanlord_failover_duration_seconds_count{stage="gap"}': 1,
    'lanlord_failover_duration_seconds_bucket{le="0.3",stage="gap"}': 0,
    'lanlord_failover_duration_seconds_bucket{le="0.4",stage="gap"}': 1,
  });
  expect(found.has('lanlord_failover_duration_seconds_count{stage="claim"}')).toBe(false);
  // What was measured belongs to one journal.
  expect((await series()).has('lanlord_failover_duration_seconds_count{stage="gap"}')).toBe(false);
  // Asking again does not count again.
  const again = (await series(journal)).get('lanlord_failover_duration_seconds_count{stage="gap"}');
  expect(again).toBe(found.get('lanlord_failover_duration_seconds_count{stage="gap"}'));
});

test('causes of any number stay a bounded number of series', () => {
  const journal = new JournalMetrics();
  for (let i = 0; i < 500; i++) journal.record('a', [entry('leader.acquired', { ip: '192.0.2.1', cause: `c${i}` })]);
  expect(journal.failovers.size).toBeLessThanOrEqual(65);
  expect([...journal.failovers.values()].reduce((sum, count) => sum + count, 0)).toBe(500);
});
