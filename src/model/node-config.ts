// Settings of one node (`kind: NodeConfig`), with their defaults.
import type { Family } from './address.ts';
import type { Labels } from './labels.ts';

export interface NodeConfig {
  readonly node: { readonly name: string; readonly labels: Labels };
  readonly ipFamilies: readonly Family[];
  readonly defaultLBServiceIPAM: 'lbipam' | 'nodeipam' | 'none';
  /** Go RE2 patterns, only for policies without `interfaces`. */
  readonly devices: { readonly exclude: readonly string[] };
  /** CIDRs outside of which nothing is announced; empty: any. */
  readonly allowedPrefixes: readonly string[];
  /** Names of interfaces that may be used at all; empty: any. */
  readonly allowedInterfaces: readonly string[];
  readonly election: {
    readonly mode: 'solo' | 'vrrp' | 'lease';
    readonly vrrp: {
      /** First virtual router id, 1…255; `groups` ids from here on are used. */
      readonly virtualRouterId: number;
      readonly groups: number;
      readonly priority: 'auto' | number;
      readonly advertisementIntervalMs: number;
      /** A longer interval than this is never learned from an advertisement. */
      readonly maxLearnedIntervalMs: number;
      readonly preempt: boolean;
      readonly preemptDelayMs: number;
      readonly checksum: 'auto' | 'pseudo' | 'rfc9568';
      /** The list that advertisements carry, canonical or not; empty: a fixed anchor. */
      readonly addresses: readonly string[];
      /** Unicast peers; empty: multicast. */
      readonly peers: readonly string[];
    };
    /** Interfaces whose loss of carrier gives leadership up. */
    readonly track: { readonly interfaces: readonly string[] };
    readonly hello: { readonly intervalMs: number; readonly keyFile: string };
  };
  readonly announce: {
    /** Offsets of the rounds after a take-over, milliseconds, ascending. */
    readonly burstMs: readonly number[];
    /** Time between refresh rounds of one VIP, milliseconds; jittered by ± 10 %. */
    readonly refreshMs: number;
    /** Frames per second and interface, 1…100000. */
    readonly maxFramesPerSecond: number;
  };
  readonly conflict: {
    readonly probe: boolean;
    readonly profile: 'wired' | 'standard';
    readonly policy: 'defend' | 'alarm' | 'release';
  };
  readonly delivery: 'none' | 'local';
  readonly hooks: {
    /** A program to run at each change; empty: none. */
    readonly onChange: string;
    readonly timeoutMs: number;
    readonly arguments: 'json' | 'keepalived';
  };
  readonly reload: { readonly watch: boolean | 'plan' };
  readonly control: {
    readonly socket: string;
    readonly group: string;
    readonly adminSocket: string;
    readonly adminGroup: string;
  };
  /** Address and port of the metrics endpoint; empty: none. */
  readonly metrics: { readonly listen: string };
  readonly limits: { readonly addresses: number };
  readonly journal: { readonly keep: number };
  readonly log: { readonly level: 'debug' | 'info' | 'warn' | 'error' };
}

/** Several boxes share the addresses by groups; otherwise this box answers as if it were alone. */
export function hasGroups({ election }: Pick<NodeConfig, 'election'>): boolean {
  return election.mode === 'vrrp';
}

export const defaultDeviceExcludes: readonly string[] = [
  '^docker',
  '^veth',
  '^cali',
  '^cilium',
  '^lxc',
  '^flannel',
  '^cni',
  '^virbr',
  '^kube-ipvs',
  '^tunl',
];

/** The defaults of every field; `name` is the host name unless set. */
export function defaultNodeConfig(name: string): NodeConfig {
  return {
    node: { name, labels: {} },
    ipFamilies: ['IPv4', 'IPv6'],
    defaultLBServiceIPAM: 'lbipam',
    devices: { exclude: defaultDeviceExcludes },
    allowedPrefixes: [],
    allowedInterfaces: [],
    election: {
      mode: 'solo',
      vrrp: {
        virtualRouterId: 128,
        groups: 32,
        priority: 'auto',
        advertisementIntervalMs: 100,
        maxLearnedIntervalMs: 10_000,
        preempt: false,
        preemptDelayMs: 60_000,
        checksum: 'auto',
        addresses: [],
        peers: [],
      },
      track: { interfaces: [] },
      hello: { intervalMs: 1000, keyFile: '' },
    },
    announce: { burstMs: [0, 50, 200, 1100, 2200], refreshMs: 60_000, maxFramesPerSecond: 1000 },
    conflict: { probe: true, profile: 'wired', policy: 'defend' },
    delivery: 'none',
    hooks: { onChange: '', timeoutMs: 10_000, arguments: 'json' },
    reload: { watch: true },
    control: {
      socket: '/run/lanlord/lanlord.sock',
      group: 'lanlord',
      adminSocket: '/run/lanlord/admin.sock',
      adminGroup: 'lanlord-admin',
    },
    metrics: { listen: '' },
    limits: { addresses: 65_536 },
    journal: { keep: 10_000 },
    log: { level: 'info' },
  };
}
