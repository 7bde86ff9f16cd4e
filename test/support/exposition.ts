// Reads the Prometheus text format 0.0.4 strictly, as promtool and the scrapers that are strict do.

export interface Family {
  readonly type: string;
  readonly help: string;
  /** `name{label="value",…}`, labels sorted by name → value. */
  readonly series: ReadonlyMap<string, number>;
}

const metricName = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const sampleLine = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/;
const label = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\\\|\\"|\\n)*)"(?:,|$)/gy;
const float = /^(?:[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?|[+-]Inf|NaN)$/;
const types = ['counter', 'gauge', 'histogram'];
const baseUnits = /_(?:seconds|bytes|ratio|celsius)(?:_total|_count|_sum|_bucket)?$/;
const otherUnits = /_(?:ms|us|ns|milliseconds|microseconds|minutes|hours|days|kb|mb|percent)(?:_|$)/;

/** Families by name. Throws at the first line that is wrong, with its number. */
export function readExposition(text: string): ReadonlyMap<string, Family> {
  if (!text.endsWith('\n')) throw new Error('the last line is not ended');
  const families = new Map<string, { type: string; help: string; series: Map<string, number> }>();
  let help: { name: string; text: string } | null = null;
  let current = '';
  for (const [i, line] of text.slice(0, -1).split('\n').entries()) {
    const wrong = (what: string) => new Error(`line ${i + 1}: ${what}: ${line}`);
    if (line === '') continue;
    const [, comment = '', name = '', rest = ''] = /^# (HELP|TYPE) (\S+) (.+)$/.exec(line) ?? [];
    if (comment === 'HELP') {
      if (!metricName.test(name) || families.has(name)) throw wrong('HELP of no new family');
      if (/\\(?![\\n])/.test(rest)) throw wrong('bad escape');
      help = { name, text: rest };
    } else if (comment === 'TYPE') {
      if (help?.name !== name) throw wrong('TYPE without its HELP before it');
      if (!types.includes(rest)) throw wrong('unknown type');
      if ((rest === 'counter') !== name.endsWith('_total'))
        throw wrong('only counters, and all of them, end with _total');
      if (otherUnits.test(name)) throw wrong('no base unit');
      if (rest === 'histogram' && !baseUnits.test(name)) throw wrong('a histogram without a unit');
      families.set(name, { type: rest, help: help.text, series: new Map() });
      current = name;
    } else if (line.startsWith('#')) throw wrong('a comment that is neither HELP nor TYPE');
    else {
      const family = families.get(current);
      const [, sample = '', labels = '', value = ''] = sampleLine.exec(line) ?? [];
      if (!family || !isOf(sample, current, family.type)) throw wrong('a sample outside its family');
      if (!float.test(value)) throw wrong('no number');
      const key = `${sample}{${sortedLabels(labels, wrong)}}`;
      if (family.series.has(key)) throw wrong('the same series again');
      const number = Number(value.replace('Inf', 'Infinity'));
      if (family.type !== 'gauge' && !(number >= 0)) throw wrong('less than nothing');
      family.series.set(key, number);
    }
  }
  for (const [name, { type, series }] of families) if (type === 'histogram') checkHistogram(name, series);
  return families;
}

function isOf(sample: string, family: string, type: string): boolean {
  if (type !== 'histogram') return sample === family;
  return ['_bucket', '_sum', '_count'].some((suffix) => sample === family + suffix);
}

function sortedLabels(text: string, wrong: (what: string) => Error): string {
  const found: string[] = [];
  const names = new Set<string>();
  label.lastIndex = 0;
  for (let at = 0; at < text.length; at = label.lastIndex) {
    const match = label.exec(text);
    if (!match) throw wrong('bad labels');
    if (names.has(match[1] ?? '')) throw wrong('a label twice');
    names.add(match[1] ?? '');
    found.push(`${match[1]}="${match[2]}"`);
  }
  return found.sort().join(',');
}

/** Buckets rise with their bounds, end with +Inf, and agree with the count. */
function checkHistogram(name: string, series: ReadonlyMap<string, number>): void {
  const groups = new Map<string, [bound: number, count: number][]>();
  for (const [key, value] of series) {
    if (!key.startsWith(`${name}_bucket{`)) continue;
    const [, bound = ''] = /le="([^"]*)"/.exec(key) ?? [];
    if (bound === '') throw new Error(`${key}: a bucket without a bound`);
    const others = key
      .slice(name.length + '_bucket'.length)
      .replace(/,?le="[^"]*"/, '')
      .replace('{,', '{');
    groups.set(others, [...(groups.get(others) ?? []), [Number(bound.replace('Inf', 'Infinity')), value]]);
  }
  const counts = [...series.keys()].filter((key) => key.startsWith(`${name}_count`));
  if (counts.length !== groups.size) throw new Error(`${name}: counts and buckets differ`);
  for (const [labels, buckets] of groups) {
    let before: readonly [number, number] = [Number.NEGATIVE_INFINITY, 0];
    for (const bucket of buckets) {
      if (bucket[0] <= before[0] || bucket[1] < before[1])
        throw new Error(`${name}${labels}: buckets are not cumulative`);
      before = bucket;
    }
    if (before[0] !== Number.POSITIVE_INFINITY) throw new Error(`${name}${labels}: no +Inf bucket`);
    if (series.get(`${name}_count${labels}`) !== before[1])
      throw new Error(`${name}${labels}: count is not that of +Inf`);
    if (!series.has(`${name}_sum${labels}`)) throw new Error(`${name}${labels}: no sum`);
  }
}
