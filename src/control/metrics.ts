// Prometheus text of what the daemon knows, made when it is asked for.
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { buildInfo } from '#model/build-info.ts';
import type { DaemonView } from '#ports.ts';
import type { JournalMetrics } from './journal-metrics.ts';
import { failoverDuration, metricTable } from './metric-table.ts';

/** Durations that were measured since the start of each journal; a registry of its own lives only as long as one answer. */
const histograms = new WeakMap<JournalMetrics, Histogram<'stage'>>();

function durationsOf(journal: JournalMetrics): Histogram<'stage'> {
  const known = histograms.get(journal);
  if (known) return known;
  const { name, help, labels, buckets } = failoverDuration;
  const made = new Histogram({ name, help, labelNames: [...labels], buckets: [...buckets], registers: [] });
  histograms.set(journal, made);
  return made;
}

/** Text of the exposition format 0.0.4. */
export async function metricsText(view: DaemonView, journal: JournalMetrics): Promise<string> {
  const durations = durationsOf(journal);
  for (const { stage, seconds } of journal.takeDurations()) durations.observe({ stage }, seconds);
  const registry = new Registry();
  const facts = { view, journal, revision: buildInfo.revision };
  for (const [name, { type, help, labels, samples }] of Object.entries(metricTable)) {
    const settings = { name, help, labelNames: [...labels], registers: [registry] };
    const found = [...samples(facts)];
    // The library makes up a zero for what has no labels and no value.
    if (found.length === 0 && labels.length === 0) continue;
    if (type === 'gauge') {
      const gauge = new Gauge(settings);
      for (const [value, given = {}] of found) gauge.set({ ...given }, value);
    } else {
      const counter = new Counter(settings);
      for (const [value, given = {}] of found) counter.inc({ ...given }, value);
    }
  }
  registry.registerMetric(durations);
  return await registry.metrics();
}

export const metricsContentType = 'text/plain; version=0.0.4; charset=utf-8';
