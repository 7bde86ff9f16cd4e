// Small builders of model objects for tests.
import { parseAddress } from '#model/address.ts';
import { defaultNodeConfig } from '#model/node-config.ts';
import type { Inputs, Interface, Policy, Pool, Service } from '#model/resources.ts';
import type { Allocation, Memory } from '#model/snapshot.ts';

export function address(text: string) {
  const parsed = parseAddress(text);
  if (!parsed) throw new Error(`not an address: ${text}`);
  return parsed;
}

export function allocation(service: string, ip: string, more: Partial<Allocation> = {}): Allocation {
  return { service, address: address(ip), pool: 'blue', origin: 'auto', sinceMs: 1000, ...more };
}

export function memory(allocations: readonly Allocation[] = [], pools: readonly Pool[] = []): Memory {
  return { allocations, goodPools: new Map(pools.map((pool) => [pool.name, pool])), goodPolicies: new Map() };
}

export function pool(name: string, cidr = '10.0.0.0/24', more: Partial<Pool> = {}): Pool {
  return {
    name,
    labels: {},
    annotations: {},
    createdMs: 0,
    blocks: [{ cidr }],
    allowFirstLastIPs: true,
    disabled: false,
    usesCidrs: false,
    ...more,
  };
}

export function policy(name: string, more: Partial<Policy> = {}): Policy {
  return {
    name,
    labels: {},
    annotations: {},
    createdMs: 0,
    interfaces: [],
    externalIPs: false,
    loadBalancerIPs: true,
    ...more,
  };
}

export function service(key: string, more: Partial<Service> = {}): Service {
  const [namespace = 'default', name = key] = key.split('/');
  return {
    namespace,
    name,
    labels: {},
    annotations: {},
    createdMs: 0,
    type: 'LoadBalancer',
    externalIPs: [],
    ipFamilies: [],
    externalTrafficPolicy: 'Cluster',
    selector: {},
    ports: [{ port: 80, protocol: 'TCP' }],
    status: { ingress: [], conditions: [] },
    ...more,
  };
}

export function inputs(more: Partial<Inputs> = {}): Inputs {
  return { pools: [], policies: [], services: [], endpointSlices: [], nodes: [], ...more };
}

export function networkInterface(name: string, more: Partial<Interface> = {}): Interface {
  return {
    name,
    index: 2,
    mac: '02:00:00:00:00:01',
    up: true,
    carrier: true,
    carrierUps: 1,
    loopback: false,
    arp: true,
    master: null,
    addresses: [],
    gateways: [],
    ...more,
  };
}

export function nodeConfig(name = 'node-1') {
  return defaultNodeConfig(name);
}
