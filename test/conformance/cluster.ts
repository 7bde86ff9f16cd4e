// A little cluster in memory: objects with their statuses, and the product running on them.
import { evaluate } from '#core/evaluate.ts';
import { policyStatus, poolStatus, serviceStatus } from '#core/status.ts';
import { formatAddress, parseAddress } from '#model/address.ts';
import { defaultNodeConfig } from '#model/node-config.ts';
import type { Condition, Interface, Service, ServiceStatus } from '#model/resources.ts';
import type { Desired, Leadership, Memory, Observed } from '#model/snapshot.ts';
import { type ManifestObject, objectKey } from '#sources/file/manifest-object.ts';
import type { CaseFile, Leader } from './case-file.ts';

const emptyMemory: Memory = { allocations: [], goodPools: new Map(), goodPolicies: new Map() };
const emptyStatus: ServiceStatus = { ingress: [], conditions: [] };
/** A round that follows from the one before may follow; more than a few means that it never settles. */
const mostRounds = 8;

export class Cluster {
  readonly #file: CaseFile;
  readonly #objects = new Map<string, ManifestObject>();
  readonly #appliedStatus = new Map<string, ServiceStatus>();
  readonly #conditions = new Map<string, readonly Condition[]>();
  readonly warnings = new Set<string>();
  #nodeLabels: Readonly<Record<string, string>>;
  #interfaces: readonly Interface[];
  #leadership: Leadership;
  #memory: Memory = emptyMemory;
  #running = true;
  #desired: Desired | null = null;
  /** Whether a restart loses what the state store keeps: then only statuses tell who had what. */
  readonly #forgetful: boolean;

  constructor(file: CaseFile, forgetful = false) {
    this.#file = file;
    this.#forgetful = forgetful;
    this.#nodeLabels = file.node?.labels ?? {};
    this.#interfaces = (file.node?.interfaces ?? []).map(device);
    this.#leadership = leadership(file.leader ?? 'all');
  }

  /** Creates or replaces an object. A status in the manifest replaces the old one whole, otherwise that stays. */
  put(object: ManifestObject): void {
    const key = objectKey(object);
    const old = this.#objects.get(key);
    const replaced = withKept(object, old);
    this.#objects.set(key, replaced);
    if (replaced.kind === 'Service') this.#appliedStatus.set(key, replaced.resource.status);
  }

  remove(key: string): void {
    if (!this.#objects.delete(key)) throw new Error(`${key} does not exist`);
    this.#conditions.delete(key);
  }

  set nodeLabels(labels: Readonly<Record<string, string>>) {
    this.#nodeLabels = labels;
  }

  set interfaces(names: readonly string[]) {
    this.#interfaces = names.map(device);
  }

  set leader(leader: Leader) {
    this.#leadership = leadership(leader);
  }

  stop(): void {
    this.#running = false;
  }

  restart(): void {
    this.#running = true;
    this.#memory = this.#forgetful ? emptyMemory : structuredClone(this.#memory);
  }

  get desired(): Desired {
    if (!this.#desired) throw new Error('nothing was evaluated yet');
    return this.#desired;
  }

  service(key: string): Service | undefined {
    const object = this.#objects.get(`Service/${key}`);
    return object?.kind === 'Service' ? object.resource : undefined;
  }

  appliedStatus(key: string): ServiceStatus {
    return this.#appliedStatus.get(`Service/${key}`) ?? emptyStatus;
  }

  services(): readonly string[] {
    return [...this.#objects.values()].flatMap((object) =>
      object.kind === 'Service' ? [`${object.namespace}/${object.name}`] : [],
    );
  }

  conditions(kind: string, name: string): readonly Condition[] {
    return this.#conditions.get(`${kind}/${name}`) ?? [];
  }

  /** Evaluates and publishes until nothing changes any more. */
  settle(): void {
    if (!this.#running) return;
    for (let round = 0; round < mostRounds; round++) {
      const desired = evaluate(this.#observed());
      this.#desired = desired;
      this.#memory = desired.memory;
      for (const text of desired.warnings) this.warnings.add(text);
      if (!this.#publish(desired)) return;
    }
    throw new Error(`not settled after ${mostRounds} rounds`);
  }

  #observed(): Observed {
    const { cluster = {}, node } = this.#file;
    const objects = [...this.#objects.values()];
    const name = node?.name ?? 'node-1';
    const config = defaultNodeConfig(name);
    return {
      inputs: {
        pools: objects.flatMap((object) => (object.kind === 'CiliumLoadBalancerIPPool' ? [object.resource] : [])),
        policies: objects.flatMap((object) => (object.kind === 'CiliumL2AnnouncementPolicy' ? [object.resource] : [])),
        services: objects.flatMap((object) => (object.kind === 'Service' ? [object.resource] : [])),
        endpointSlices: objects.flatMap((object) => (object.kind === 'EndpointSlice' ? [object.resource] : [])),
        nodes: objects.flatMap((object) => (object.kind === 'Node' ? [object.resource] : [])),
      },
      // The case lists the devices that are selected already, so nothing more is left out of them.
      config: { ...config, devices: { exclude: [] } },
      options: {
        ipv4: cluster.ipv4 ?? true,
        ipv6: cluster.ipv6 ?? true,
        defaultLBServiceIPAM: cluster.defaultLBServiceIPAM ?? 'lbipam',
        l2Announcements: cluster.l2Announcements ?? true,
        bgpControlPlane: cluster.bgpControlPlane ?? false,
        adoptStatus: true,
        nowMs: 0,
      },
      node: { name, labels: this.#nodeLabels },
      interfaces: this.#interfaces,
      deliveredAddresses: new Set(),
      leadership: this.#leadership,
      memory: this.#memory,
    };
  }

  /** Writes what the round would publish; true when something was written. */
  #publish(desired: Desired): boolean {
    let wrote = false;
    for (const outcome of desired.services) {
      const key = `Service/${outcome.key}`;
      const object = this.#objects.get(key);
      const status = object?.kind === 'Service' ? serviceStatus(object.resource.status, outcome) : null;
      if (!status || object?.kind !== 'Service') continue;
      this.#objects.set(key, { ...object, resource: { ...object.resource, status } });
      wrote = true;
    }
    for (const pool of desired.pools) {
      const key = `CiliumLoadBalancerIPPool/${pool.name}`;
      wrote = this.#keep(key, poolStatus(this.#conditions.get(key) ?? [], pool)) || wrote;
    }
    for (const policy of desired.policies) {
      const key = `CiliumL2AnnouncementPolicy/${policy.name}`;
      wrote = this.#keep(key, policyStatus(this.#conditions.get(key) ?? [], policy)) || wrote;
    }
    return wrote;
  }

  #keep(key: string, conditions: readonly Condition[] | null): boolean {
    if (!conditions) return false;
    this.#conditions.set(key, conditions);
    for (const { message } of conditions) if (message) this.warnings.add(message);
    return true;
  }
}

function withKept(object: ManifestObject, old: ManifestObject | undefined): ManifestObject {
  if (object.kind === 'NodeConfig' || !old || old.kind === 'NodeConfig') return object;
  const createdMs = object.hasCreationTimestamp ? object.resource.createdMs : old.resource.createdMs;
  if (object.kind === 'Service' && old.kind === 'Service') {
    const status = object.hasStatus ? object.resource.status : old.resource.status;
    return { ...object, resource: { ...object.resource, createdMs, status } };
  }
  return { ...object, resource: { ...object.resource, createdMs } } as ManifestObject;
}

function device(name: string, index: number): Interface {
  return {
    name,
    index: index + 2,
    mac: `02:00:00:00:00:${(index + 1).toString(16).padStart(2, '0')}`,
    up: true,
    carrier: true,
    carrierUps: 0,
    loopback: false,
    arp: true,
    master: null,
    addresses: [],
    gateways: [],
  };
}

function leadership(leader: Leader): Leadership {
  if (typeof leader === 'string') return { kind: leader };
  const addresses = leader.map(parseAddress).filter((address) => address !== null);
  const services = leader.filter((entry) => parseAddress(entry) === null);
  return { kind: 'some', addresses: new Set(addresses.map(formatAddress)), services: new Set(services) };
}
