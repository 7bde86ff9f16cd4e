// The fields that a NodeConfig sets, over the defaults.
import type { NodeConfig } from '#model/node-config.ts';
import { parseDurationMs } from './duration.ts';
import type { NodeConfigSpec } from './schema-node-config.ts';

/** Every field that `spec` leaves out (or sets to null) keeps the value of `base`. */
export function mergeNodeConfig(base: NodeConfig, spec: NodeConfigSpec): NodeConfig {
  const { node, announce, hooks } = spec;
  return {
    node: { name: node?.name || base.node.name, labels: node?.labels ?? base.node.labels },
    ipFamilies: spec.ipFamilies ?? base.ipFamilies,
    defaultLBServiceIPAM: spec.defaultLBServiceIPAM ?? base.defaultLBServiceIPAM,
    devices: { exclude: spec.devices?.exclude ?? base.devices.exclude },
    allowedPrefixes: spec.allowedPrefixes ?? base.allowedPrefixes,
    allowedInterfaces: spec.allowedInterfaces ?? base.allowedInterfaces,
    election: mergeElection(base.election, spec.election ?? {}),
    announce: {
      burstMs: announce?.burst?.map((offset) => duration(offset, 0)).sort((a, b) => a - b) ?? base.announce.burstMs,
      refreshMs: duration(announce?.refresh, base.announce.refreshMs),
      maxFramesPerSecond: announce?.maxFramesPerSecond ?? base.announce.maxFramesPerSecond,
    },
    conflict: mergeConflict(base.conflict, spec.conflict ?? {}),
    delivery: spec.delivery ?? base.delivery,
    hooks: {
      onChange: hooks?.onChange ?? base.hooks.onChange,
      timeoutMs: duration(hooks?.timeout, base.hooks.timeoutMs),
      arguments: hooks?.arguments ?? base.hooks.arguments,
    },
    reload: { watch: readWatch(spec, base) },
    control: overlay(base.control, spec.control),
    metrics: overlay(base.metrics, spec.metrics),
    limits: overlay(base.limits, spec.limits),
    journal: overlay(base.journal, spec.journal),
    log: overlay(base.log, spec.log),
  };
}

function mergeConflict(
  base: NodeConfig['conflict'],
  { probe, profile, policy }: NonNullable<NodeConfigSpec['conflict']>,
): NodeConfig['conflict'] {
  return {
    probe: typeof probe === 'boolean' ? probe : base.probe,
    profile: profile ?? base.profile,
    policy: policy ?? base.policy,
  };
}

function mergeElection(
  base: NodeConfig['election'],
  spec: NonNullable<NodeConfigSpec['election']>,
): NodeConfig['election'] {
  const { vrrp, track, hello } = spec;
  return {
    mode: spec.mode ?? base.mode,
    vrrp: {
      virtualRouterId: vrrp?.virtualRouterId ?? base.vrrp.virtualRouterId,
      groups: vrrp?.groups ?? base.vrrp.groups,
      priority: vrrp?.priority ?? base.vrrp.priority,
      advertisementIntervalMs: wholeCentiseconds(
        duration(vrrp?.advertisementInterval, base.vrrp.advertisementIntervalMs),
      ),
      maxLearnedIntervalMs: duration(vrrp?.maxLearnedInterval, base.vrrp.maxLearnedIntervalMs),
      preempt: typeof vrrp?.preempt === 'boolean' ? vrrp.preempt : base.vrrp.preempt,
      preemptDelayMs: duration(vrrp?.preemptDelay, base.vrrp.preemptDelayMs),
      checksum: vrrp?.checksum ?? base.vrrp.checksum,
      addresses: vrrp?.addresses ?? base.vrrp.addresses,
      peers: vrrp?.peers ?? base.vrrp.peers,
    },
    track: overlay(base.track, track),
    hello: {
      intervalMs: duration(hello?.interval, base.hello.intervalMs),
      keyFile: hello?.keyFile ?? base.hello.keyFile,
    },
  };
}

/** `base` with the fields that are set in `fields`. */
function overlay<T extends object>(
  base: T,
  fields: { readonly [K in keyof T]?: T[K] | null | undefined } | null | undefined,
): T {
  const set = Object.entries(fields ?? {}).filter(([, value]) => value !== null && value !== undefined);
  return { ...base, ...Object.fromEntries(set) };
}

function duration(text: string | null | undefined, fallback: number): number {
  return text === null || text === undefined ? fallback : (parseDurationMs(text) ?? fallback);
}

function readWatch(spec: NodeConfigSpec, base: NodeConfig): boolean | 'plan' {
  const watch = spec.reload?.watch;
  return watch === 'plan' || typeof watch === 'boolean' ? watch : base.reload.watch;
}

/** RFC 9568 §5.2.7 counts centiseconds, from 1 to 4095. */
export function wholeCentiseconds(ms: number): number {
  return Math.min(Math.max(Math.round(ms / 10), 1), 4095) * 10;
}
