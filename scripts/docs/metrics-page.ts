// docs/metrics.md: every metric.
import { failoverDuration, metricTable } from '#control/metric-table.ts';
import { code, fence, page, table } from './markdown.ts';

export function metricsPage(): string {
  const rows = Object.entries(metricTable).map(([name, { type, labels, help }]) => [
    code(name),
    type,
    labels.map(code).join(', '),
    help,
  ]);
  const { name, labels, help, buckets } = failoverDuration;
  rows.push([code(name), 'histogram', labels.map(code).join(', '), help]);
  return page(
    '# Metrics',
    `Prometheus text, always on the socket, and on \`metrics.listen\` of the NodeConfig, where no password guards it: an address of a
management network, or \`127.0.0.1\`, is a good choice. Names are stable; labels are only ever added. Units are in the names;
counters count from the start of the daemon, and those of an interface begin again when the interface comes back. There is no
label per address: \`lanlord get announcements\` counts answers per address.`,
    fence(['curl -s --unix-socket /run/lanlord/lanlord.sock http://lanlord/metrics']),
    table(['Name', 'Type', 'Labels', 'Meaning'], rows),
    `Buckets of the histogram, in seconds: ${buckets.join(', ')}.`,
    '## Worth an alert',
    table(
      ['Expression', 'Why'],
      [
        [code('lanlord_vips{state="nobody"} > 0'), 'addresses that nobody answers for'],
        [code('lanlord_problems{severity="critical"} > 0'), '`lanlord status` says which'],
        [code('lanlord_config_last_reload_successful == 0'), 'the files on disk were refused; what ran before runs on'],
        [code('lanlord_duplicates > 0'), 'another host answers for an address of ours'],
        [code('lanlord_pool_available_addresses < 5'), 'the next services stay pending'],
        [code('lanlord_interface_capture_open == 0'), 'nothing is answered on that interface'],
      ],
    ),
  );
}
