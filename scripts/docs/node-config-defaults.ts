// The default of each field of NodeConfig, written as an operator would write it.
import { defaultNodeConfig } from '#model/node-config.ts';

const defaults: unknown = defaultNodeConfig('<host name>');

/** `path` as in the schema (`announce.burst`); in the model durations end in `Ms`. Undefined: a mapping of fields. */
export function defaultOf(path: string): string | undefined {
  let at: unknown = defaults;
  let isDuration = false;
  for (const step of path.split('.')) {
    const fields = at as Readonly<Record<string, unknown>>;
    isDuration = !Object.hasOwn(fields, step);
    const name = isDuration ? `${step}Ms` : step;
    if (!Object.hasOwn(fields, name)) throw new Error(`NodeConfig has no default for "${path}"`);
    at = fields[name];
  }
  if (typeof at === 'object' && at !== null && !Array.isArray(at) && Object.keys(at).length > 0) return undefined;
  return written(at, isDuration);
}

function written(value: unknown, isDuration: boolean): string {
  if (Array.isArray(value)) return `[${value.map((entry) => written(entry, isDuration)).join(', ')}]`;
  if (typeof value === 'number' && isDuration) return duration(value);
  if (typeof value === 'object') return '{}';
  return value === '' ? '""' : String(value);
}

function duration(ms: number): string {
  return ms > 0 && ms % 1000 === 0 ? `${ms / 1000}s` : `${ms}ms`;
}
