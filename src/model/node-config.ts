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
  readonly election: { readonly mode: 'solo' | 'vrrp' | 'lease' };
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
  readonly reload: { readonly watch: boolean | 'plan' };
  readonly control: {
    readonly socket: string;
    readonly group: string;
    readonly adminSocket: string;
    readonly adminGroup: string;
  };
  readonly limits: { readonly addresses: number };
  readonly journal: { readonly keep: number };
  readonly log: { readonly level: 'debug' | 'info' | 'warn' | 'error' };
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
    election: { mode: 'solo' },
    announce: { burstMs: [0, 50, 200, 1100, 2200], refreshMs: 60_000, maxFramesPerSecond: 1000 },
    conflict: { probe: true, profile: 'wired', policy: 'defend' },
    delivery: 'none',
    reload: { watch: true },
    control: {
      socket: '/run/lanlord/lanlord.sock',
      group: 'lanlord',
      adminSocket: '/run/lanlord/admin.sock',
      adminGroup: 'lanlord-admin',
    },
    limits: { addresses: 65_536 },
    journal: { keep: 10_000 },
    log: { level: 'info' },
  };
}
