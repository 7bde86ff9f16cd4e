// Objects of manifests sorted into one list per kind.
import type { EndpointSlice, NodeResource, Policy, Pool, Position, Service } from '#model/resources.ts';
import type { ManifestObject } from './manifest-object.ts';
import type { NodeConfigSpec } from './schema-node-config.ts';

export interface ObjectLists {
  readonly pools: readonly Pool[];
  readonly policies: readonly Policy[];
  readonly services: readonly Service[];
  readonly endpointSlices: readonly EndpointSlice[];
  readonly nodes: readonly NodeResource[];
  /** The fields that a NodeConfig sets; see `mergeNodeConfig`. */
  readonly nodeConfig: NodeConfigSpec | null;
  /** Where a NodeConfig sets them, by path in the manifest. */
  readonly nodeConfigFields: ReadonlyMap<string, Position>;
}

const nowhere: ReadonlyMap<string, Position> = new Map();

/** Objects sorted into their lists, each list in the order given. */
export function byKind(objects: readonly ManifestObject[]): ObjectLists {
  const pools: Pool[] = [];
  const policies: Policy[] = [];
  const services: Service[] = [];
  const endpointSlices: EndpointSlice[] = [];
  const nodes: NodeResource[] = [];
  let nodeConfig: NodeConfigSpec | null = null;
  let nodeConfigFields = nowhere;
  for (const object of objects) {
    if (object.kind === 'Service') services.push(object.resource);
    else if (object.kind === 'EndpointSlice') endpointSlices.push(object.resource);
    else if (object.kind === 'CiliumLoadBalancerIPPool') pools.push(object.resource);
    else if (object.kind === 'CiliumL2AnnouncementPolicy') policies.push(object.resource);
    else if (object.kind === 'Node') nodes.push(object.resource);
    else {
      nodeConfig = object.resource;
      nodeConfigFields = object.fields;
    }
  }
  return { pools, policies, services, endpointSlices, nodes, nodeConfig, nodeConfigFields };
}
