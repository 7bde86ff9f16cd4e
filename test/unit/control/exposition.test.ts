// What is served, and that the reader of the tests would find a fault in it.
import { expect, test } from 'bun:test';
import { JournalMetrics } from '#control/journal-metrics.ts';
import { failoverDuration, metricTable } from '#control/metric-table.ts';
import { metricsText } from '#control/metrics.ts';
import { daemonView, nowMs } from '../../support/daemon-view.ts';
import { readExposition } from '../../support/exposition.ts';

const good = '# HELP a_total h\n# TYPE a_total counter\na_total{x="1"} 1\na_total{x="2"} 1e+21\n';
const buckets = (...lines: readonly string[]) =>
  `# HELP b_seconds h\n# TYPE b_seconds histogram\n${lines.map((line) => `b_seconds_${line}\n`).join('')}`;

test('the reader takes what is right', () => {
  expect(readExposition(good).get('a_total')?.series.get('a_total{x="2"}')).toBe(1e21);
  readExposition(buckets('bucket{le="1",s="x"} 1', 'bucket{le="+Inf",s="x"} 2', 'sum{s="x"} 3', 'count{s="x"} 2'));
});

const faults: readonly (readonly [string, string])[] = [
  ['no end of line', good.slice(0, -1)],
  ['no HELP', good.slice(good.indexOf('# TYPE'))],
  ['the same series', `${good}a_total{x="1"} 2\n`],
  ['the same family', good + good],
  ['another family in between', `${good}b 1\n`],
  ['a label twice', '# HELP a h\n# TYPE a gauge\na{x="1",x="2"} 1\n'],
  ['a quote that is not escaped', '# HELP a h\n# TYPE a gauge\na{x="1"2"} 1\n'],
  ['an escape that is none', '# HELP a h\n# TYPE a gauge\na{x="\\t"} 1\n'],
  ['no number', '# HELP a h\n# TYPE a gauge\na one\n'],
  ['a counter without _total', '# HELP a h\n# TYPE a counter\na 1\n'],
  ['milliseconds', '# HELP a_ms h\n# TYPE a_ms gauge\na_ms 1\n'],
  ['no +Inf', buckets('bucket{le="1"} 1', 'sum{} 1', 'count{} 1')],
  ['not cumulative', buckets('bucket{le="1"} 2', 'bucket{le="+Inf"} 1', 'sum 1', 'count 1')],
  ['another count', buckets('bucket{le="1"} 1', 'bucket{le="+Inf"} 2', 'sum 1', 'count 3')],
];

for (const [what, text] of faults) {
  test(`the reader refuses ${what}`, () => {
    expect(() => readExposition(text)).toThrow();
  });
}

test('what is served is sound, with every family of the table, whatever names are in it', async () => {
  const view = daemonView();
  if (!view.snapshot) throw new Error('no snapshot');
  const names = ['a"} 1\nlanlord_x{b="', 'back\\slash', '\\n', 'ü', 'a,b="c"'];
  const [pool] = view.snapshot.desired.pools;
  if (!pool) throw new Error('no pool');
  const pools = names.map((name) => ({ ...pool, name, total: 2n ** 128n }));
  const captures = view.captures.flatMap((one) => names.map((name) => ({ ...one, interface: name })));
  const journal = new JournalMetrics();
  const fields = { ip: '192.0.2.1', interface: 'eth0', from: 'edge-2', to: 'edge-1', cause: 'peer "lost"\n', term: 2 };
  const gaps = { gapSeconds: 0.31, detectSeconds: 0.3, claimSeconds: 0.01, answerSeconds: null };
  const entry = { timeMs: nowMs, kind: 'leader.acquired', severity: 'info', object: 'o', message: 'm' } as const;
  journal.record('edge-1', [{ ...entry, fields: { ...fields, ...gaps } }]);
  const text = await metricsText(
    daemonView({ snapshot: { ...view.snapshot, desired: { ...view.snapshot.desired, pools } }, captures }),
    journal,
  );
  const families = readExposition(text);
  expect([...families.keys()].sort()).toEqual([...Object.keys(metricTable), failoverDuration.name].sort());
  for (const { help } of families.values()) expect(help.length).toBeGreaterThan(10);
  expect(families.get('lanlord_pool_addresses')?.series.size).toBe(names.length);
  expect(families.get('lanlord_interface_answers_total')?.series.size).toBe(names.length);
  expect(families.get('lanlord_failovers_total')?.series.size).toBe(1);
});
