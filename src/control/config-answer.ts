// The settings that a daemon runs with, as a NodeConfig would write them, and who said each of them.
import { sameData } from '#core/same-data.ts';
import { defaultNodeConfig, type NodeConfig } from '#model/node-config.ts';
import type { GivenSetting, SettingValue } from '#model/setting.ts';
import type { DaemonView } from '#ports.ts';
import { apiVersion, timestamp } from './protocol.ts';

export interface Setting {
  /** `election.vrrp.groups`. */
  readonly path: string;
  readonly value: SettingValue;
  readonly default: SettingValue;
  /** `configured`: a file says it. */
  readonly origin: 'configured' | GivenSetting['origin'];
  /** The option or the variable that says it; empty: none does. */
  readonly by: string;
  /** Where a file says it; null: none does, or what it says does not count. */
  readonly file: string | null;
  readonly line: number | null;
  readonly column: number | null;
}

export interface ConfigAnswer {
  readonly apiVersion: typeof apiVersion;
  readonly kind: 'Config';
  readonly generatedAt: string;
  readonly node: string;
  readonly generation: number;
  readonly loadedAt: string;
  /** False: the files were refused, and this is what ran before. */
  readonly configValid: boolean;
  readonly paths: readonly string[];
  /** How many objects of each kind were read. */
  readonly objects: Readonly<Record<string, number>>;
  readonly settings: readonly Setting[];
  /** What `run` was told besides, such as `--state`: no NodeConfig can say it. */
  readonly options: readonly GivenSetting[];
}

export function configAnswer(view: DaemonView): ConfigAnswer {
  const observed = view.snapshot?.observed;
  const { pools = [], policies = [], services = [], nodes = [], endpointSlices = [] } = observed?.inputs ?? {};
  const config = observed?.config ?? defaultNodeConfig(view.node);
  const all = settings(config, view);
  const paths = new Set(all.map(({ path }) => path));
  return {
    apiVersion,
    kind: 'Config',
    generatedAt: timestamp(view.nowMs),
    node: view.node,
    generation: view.generation,
    loadedAt: timestamp(view.loadedMs),
    configValid: view.configValid,
    paths: view.paths,
    objects: {
      CiliumLoadBalancerIPPool: pools.length,
      CiliumL2AnnouncementPolicy: policies.length,
      Service: services.length,
      Node: nodes.length,
      EndpointSlice: endpointSlices.length,
    },
    settings: all,
    options: (view.given ?? []).filter(({ path }) => !paths.has(path)),
  };
}

const nowhere = { by: '', file: null, line: null, column: null };

/** What was said at the start goes before files, files before defaults. */
function settings(config: NodeConfig, view: DaemonView): readonly Setting[] {
  const defaults = new Map(leaves(defaultNodeConfig(view.node)));
  const given = new Map((view.given ?? []).map((one) => [one.path, one]));
  return leaves(config).map(([path, said]): Setting => {
    const initial = defaults.get(path) ?? '';
    const over = given.get(path);
    if (over) return { path, value: over.value, default: initial, ...nowhere, origin: over.origin, by: over.by };
    const place = view.settingPlaces.get(path);
    const value = path === 'node.name' ? view.node : said;
    if (place) return { path, value, default: initial, origin: 'configured', by: '', ...place };
    // A source without places: what differs was said somewhere.
    return { path, value, default: initial, ...nowhere, origin: sameData(value, initial) ? 'default' : 'configured' };
  });
}

/** Values with their paths. Durations, milliseconds here, are texts there: `burstMs: [0, 50]` is `burst: [0ms, 50ms]`. */
function leaves(value: object, prefix = ''): (readonly [path: string, value: SettingValue])[] {
  return Object.entries(value).flatMap(([name, inner]: [string, unknown]) => {
    const isDuration = name.endsWith('Ms');
    const path = `${prefix}${isDuration ? name.slice(0, -2) : name}`;
    const isGroup = typeof inner === 'object' && inner !== null && !Array.isArray(inner) && name !== 'labels';
    if (isGroup) return leaves(inner, `${path}.`);
    if (!isDuration) return [[path, inner as SettingValue] as const];
    const texts = [inner].flat().map((ms) => durationOf(Number(ms)));
    return [[path, Array.isArray(inner) ? texts : (texts[0] ?? '')] as const];
  });
}

function durationOf(ms: number): string {
  return ms > 0 && ms % 1000 === 0 ? `${ms / 1000}s` : `${ms}ms`;
}

/** The settings as the `spec` of a NodeConfig. */
export function specOf(all: readonly Setting[]): Readonly<Record<string, unknown>> {
  const spec: Record<string, unknown> = {};
  for (const { path, value } of all) {
    const steps = path.split('.');
    const last = steps.pop() ?? '';
    let at = spec;
    for (const step of steps) {
      at[step] ??= {};
      at = at[step] as Record<string, unknown>;
    }
    at[last] = value;
  }
  return spec;
}
