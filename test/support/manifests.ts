// Manifests for tests, written as Cilium's and Kubernetes' documentation write them.

/**
 * `spec` in flow style, such as `{delivery: local}`. Addresses are claimed without asking the LAN first: a test that is not
 * about probing should not wait for it.
 */
export function nodeConfig(spec: string): string {
  const rest = spec.slice(1, -1);
  return `apiVersion: lanlord.dev/v1\nkind: NodeConfig\nspec: {conflict: {probe: false}${rest === '' ? '' : `, ${rest}`}}\n`;
}

export function pool(name: string, start: string, stop: string): string {
  return `apiVersion: "cilium.io/v2"
kind: CiliumLoadBalancerIPPool
metadata:
  name: "${name}"
spec:
  blocks:
  - start: "${start}"
    stop: "${stop}"
`;
}

export interface PolicyParts {
  readonly interfaces?: readonly string[];
  readonly color?: string;
}

export function policy(name: string, { interfaces = ['^eth[0-9]+'], color }: PolicyParts = {}): string {
  const selector = color === undefined ? '' : `  serviceSelector:\n    matchLabels:\n      color: ${color}\n`;
  return `apiVersion: "cilium.io/v2alpha1"
kind: CiliumL2AnnouncementPolicy
metadata:
  name: ${name}
spec:
${selector}  interfaces:
${interfaces.map((pattern) => `  - '${pattern}'\n`).join('')}  externalIPs: true
  loadBalancerIPs: true
`;
}

export interface ServiceParts {
  readonly port?: number;
  readonly color?: string;
  /** Requested addresses. */
  readonly ips?: string;
  readonly sharingKey?: string;
}

export function service(name: string, { port = 80, color, ips, sharingKey }: ServiceParts = {}): string {
  const annotations = [
    ...(ips === undefined ? [] : [`    "lbipam.cilium.io/ips": "${ips}"\n`]),
    ...(sharingKey === undefined ? [] : [`    "lbipam.cilium.io/sharing-key": "${sharingKey}"\n`]),
  ];
  return `apiVersion: v1
kind: Service
metadata:
  name: ${name}
  namespace: default
${color === undefined ? '' : `  labels:\n    color: ${color}\n`}${annotations.length === 0 ? '' : `  annotations:\n${annotations.join('')}`}spec:
  type: LoadBalancer
  ports:
  - port: ${port}
`;
}

/** Of both families, in the virtual router of this id. */
export function pairedService(id: number): string {
  return `apiVersion: v1
kind: Service
metadata:
  name: s${id}
  namespace: default
  annotations: {lanlord.dev/group: "${id}"}
spec:
  type: LoadBalancer
  ipFamilyPolicy: RequireDualStack
  ipFamilies: [IPv4, IPv6]
  ports: [{port: 80}]
`;
}

export function documents(...texts: readonly string[]): string {
  return texts.join('---\n');
}
