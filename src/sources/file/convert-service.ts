// `Service`, `EndpointSlice` and `Node` to the model.
import type { EndpointSlice, NodeResource, Service, ServiceStatus } from '#model/resources.ts';
import { checkRequests } from './check-requests.ts';
import { type Conversion, convertMetadata, noLabels } from './conversion.ts';
import type { EndpointSliceInput, NodeInput, ServiceInput } from './schema-service.ts';

/** Kubernetes: what has a namespace and names none is in this one. */
export const defaultNamespace = 'default';

// One object for all that have nothing: most services have neither status nor external addresses.
const none: readonly never[] = [];
const noStatus: ServiceStatus = { ingress: none, conditions: none };

export function convertService(conversion: Conversion, input: ServiceInput): Service {
  checkRequests(conversion, input);
  const spec = input.spec ?? {};
  const namespace = input.metadata.namespace || defaultNamespace;
  return {
    ...convertMetadata(conversion, 'Service', namespace, input.metadata),
    namespace,
    // Kubernetes: a service without type is a ClusterIP.
    type: spec.type || 'ClusterIP',
    ...(spec.loadBalancerClass && { loadBalancerClass: spec.loadBalancerClass }),
    ...(spec.loadBalancerIP && { loadBalancerIP: spec.loadBalancerIP }),
    externalIPs: spec.externalIPs ?? none,
    ipFamilies: spec.ipFamilies ?? none,
    ...(spec.ipFamilyPolicy && { ipFamilyPolicy: spec.ipFamilyPolicy }),
    externalTrafficPolicy: spec.externalTrafficPolicy || 'Cluster',
    selector: spec.selector ?? noLabels,
    ports: (spec.ports ?? []).map(({ port, protocol }) => ({ port, protocol: protocol || 'TCP' })),
    status: input.status ? convertStatus(input.status) : noStatus,
  };
}

function convertStatus(status: NonNullable<ServiceInput['status']>): ServiceStatus {
  const ingress = status.loadBalancer?.ingress ?? [];
  return {
    ingress: ingress.map(({ ip, hostname }) => ({ ip: ip ?? '', hostname: hostname ?? '' })),
    conditions: (status.conditions ?? []).map(({ type, status: state, reason, message }) => ({
      type,
      status: state ?? '',
      reason: reason ?? '',
      message: message ?? '',
    })),
  };
}

export function convertEndpointSlice(conversion: Conversion, input: EndpointSliceInput): EndpointSlice {
  const namespace = input.metadata.namespace || defaultNamespace;
  return {
    ...convertMetadata(conversion, 'EndpointSlice', namespace, input.metadata),
    namespace,
    serviceName: input.metadata.labels?.['kubernetes.io/service-name'] ?? '',
    endpoints: (input.endpoints ?? []).map(({ nodeName, conditions }) => ({
      ...(nodeName && { nodeName }),
      // discovery.k8s.io/v1 EndpointConditions: unset ready counts as true, unset serving follows ready.
      ready: conditions?.ready ?? true,
      serving: conditions?.serving ?? conditions?.ready ?? true,
      terminating: conditions?.terminating ?? false,
    })),
  };
}

export function convertNode(conversion: Conversion, input: NodeInput): NodeResource {
  return {
    ...convertMetadata(conversion, 'Node', '', input.metadata),
    addresses: (input.status?.addresses ?? []).flatMap(({ address }) => (address ? [address] : [])),
  };
}
