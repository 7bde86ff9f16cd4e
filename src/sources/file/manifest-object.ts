// What a manifest file yields: objects with their identity and place.
import type { EndpointSlice, NodeResource, Policy, Pool, Position, Service } from '#model/resources.ts';
import type { NodeConfigSpec } from './schema-node-config.ts';

export interface Identity {
  readonly namespace: string;
  readonly name: string;
  readonly position: Position;
  /** Whether the manifest has a `status` / a `metadata.creationTimestamp` of its own. */
  readonly hasStatus: boolean;
  readonly hasCreationTimestamp: boolean;
}

/** One object; `namespace` is empty for kinds without one. */
export type ManifestObject = Identity &
  (
    | { readonly kind: 'CiliumLoadBalancerIPPool'; readonly resource: Pool }
    | { readonly kind: 'CiliumL2AnnouncementPolicy'; readonly resource: Policy }
    | { readonly kind: 'Service'; readonly resource: Service }
    | { readonly kind: 'EndpointSlice'; readonly resource: EndpointSlice }
    | { readonly kind: 'Node'; readonly resource: NodeResource }
    | {
        readonly kind: 'NodeConfig';
        readonly resource: NodeConfigSpec;
        /** Positions of its values by path: `spec.election.mode`. */
        readonly fields: ReadonlyMap<string, Position>;
      }
  );

export type ManifestKind = ManifestObject['kind'];

/** `Kind/namespace/name`, or `Kind/name` for kinds without a namespace. */
export function objectKey(object: {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}): string {
  const { kind, namespace, name } = object;
  return namespace === '' ? `${kind}/${name}` : `${kind}/${namespace}/${name}`;
}
