// The declared resources and the observed interfaces, in the shape every layer shares.
import type { Family } from './address.ts';
import type { LabelSelector, Labels } from './labels.ts';
import type { Block } from './range.ts';

/** Where something was written. Lines and columns count from 1. */
export interface Position {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** `path:line:column`, as compilers say it. */
export function placeText({ file, line, column }: Position): string {
  return `${file}:${line}:${column}`;
}

interface Metadata {
  readonly name: string;
  readonly labels: Labels;
  readonly annotations: Labels;
  /** `metadata.creationTimestamp`, or when this installation first saw the object; milliseconds since 1970. */
  readonly createdMs: number;
  /** Where the document starts; absent for objects that do not come from files. */
  readonly position?: Position;
  /** Positions of fields by path (`spec.blocks[0].cidr`), where the source knows them. BOUNDED: strict kinds only. */
  readonly fields?: ReadonlyMap<string, Position>;
}

/** `CiliumLoadBalancerIPPool`. */
export interface Pool extends Metadata {
  /** `spec.blocks` followed by the older `spec.cidrs`. As written: judged by `evaluate`, so that a bad one is a condition. */
  readonly blocks: readonly Block[];
  readonly allowFirstLastIPs: boolean;
  readonly disabled: boolean;
  readonly serviceSelector?: LabelSelector;
  /** True when the deprecated `cidrs` was used: earns a warning that names `blocks`. */
  readonly usesCidrs: boolean;
}

/** `CiliumL2AnnouncementPolicy`. */
export interface Policy extends Metadata {
  readonly nodeSelector?: LabelSelector;
  readonly serviceSelector?: LabelSelector;
  /** Go RE2 patterns, unanchored; empty: every device that is not excluded. */
  readonly interfaces: readonly string[];
  readonly externalIPs: boolean;
  readonly loadBalancerIPs: boolean;
}

export interface ServicePort {
  readonly port: number;
  /** TCP, UDP, SCTP; unset counts as TCP. */
  readonly protocol: string;
}

export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
}

/** What `status` said when the object was read. */
export interface ServiceStatus {
  /** `status.loadBalancer.ingress` in order; entries without address have `ip: ''`. */
  readonly ingress: readonly { readonly ip: string; readonly hostname: string }[];
  readonly conditions: readonly Condition[];
}

export type IpFamilyPolicy = 'SingleStack' | 'PreferDualStack' | 'RequireDualStack';

/** `Service` (v1), every type: externalIPs of a ClusterIP service can be announced too. */
export interface Service extends Metadata {
  readonly namespace: string;
  readonly type: string;
  readonly loadBalancerClass?: string;
  readonly loadBalancerIP?: string;
  readonly externalIPs: readonly string[];
  readonly ipFamilies: readonly Family[];
  readonly ipFamilyPolicy?: IpFamilyPolicy;
  readonly externalTrafficPolicy: 'Cluster' | 'Local';
  readonly selector: Labels;
  readonly ports: readonly ServicePort[];
  readonly status: ServiceStatus;
}

/** `EndpointSlice` (discovery.k8s.io/v1), reduced to what decides. */
export interface EndpointSlice extends Metadata {
  readonly namespace: string;
  /** Label `kubernetes.io/service-name`. */
  readonly serviceName: string;
  readonly endpoints: readonly {
    readonly nodeName?: string;
    readonly ready: boolean;
    readonly serving: boolean;
    readonly terminating: boolean;
  }[];
}

/** `Node` (v1): only its labels matter. */
export interface NodeResource extends Metadata {
  readonly addresses: readonly string[];
}

export interface InterfaceAddress {
  readonly family: Family;
  readonly address: string;
  readonly prefixLength: number;
  /** IPv6: duplicate address detection goes on or has failed, so that nothing may be sent from it (RFC 4862 §5.4). */
  readonly tentative?: boolean;
}

/** A network interface of this node, as the kernel reports it. */
export interface Interface {
  readonly name: string;
  readonly index: number;
  /** Lower-case colon text, empty when the interface has none. */
  readonly mac: string;
  readonly up: boolean;
  readonly carrier: boolean;
  /** How often the carrier has come up since the interface exists (IFLA_CARRIER_UP_COUNT): sees flaps that are over. */
  readonly carrierUps: number;
  readonly loopback: boolean;
  /** False for IFF_NOARP, tunnels and everything that has no Ethernet header. */
  readonly arp: boolean;
  /** Name of the bridge or bond this interface is a port of; such a port is never used, its master is. */
  readonly master: string | null;
  readonly addresses: readonly InterfaceAddress[];
  /** Next hops of default routes through this interface. */
  readonly gateways: readonly string[];
}

/** Everything declared, from whatever source. */
export interface Inputs {
  readonly pools: readonly Pool[];
  readonly policies: readonly Policy[];
  readonly services: readonly Service[];
  readonly endpointSlices: readonly EndpointSlice[];
  readonly nodes: readonly NodeResource[];
}

/** `namespace/name`, the identity of a service in every map, row and message. */
export function serviceKey(service: { readonly namespace: string; readonly name: string }): string {
  return `${service.namespace}/${service.name}`;
}
