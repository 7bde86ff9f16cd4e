// One document to an object of the model: which kind it is, whether its schema holds, what it becomes.
import type { z } from 'zod';
import { checkAnnotations } from './check-annotations.ts';
import { type Conversion, fieldPositions } from './conversion.ts';
import { convertNodeConfig } from './convert-node-config.ts';
import { convertPolicy } from './convert-policy.ts';
import { convertPool } from './convert-pool.ts';
import { convertEndpointSlice, convertNode, convertService, defaultNamespace } from './convert-service.ts';
import type { Identity, ManifestKind, ManifestObject } from './manifest-object.ts';
import { insteadOfMetallb, metallbGroup } from './metallb.ts';
import { clip, meetsSchema, show } from './schema-issues.ts';
import type { Metadata } from './schema-metadata.ts';
import { type NodeConfigInput, nodeConfigSchema } from './schema-node-config.ts';
import { type PolicyInput, policySchema } from './schema-policy.ts';
import { type PoolInput, poolSchema } from './schema-pool.ts';
import {
  type EndpointSliceInput,
  endpointSliceSchema,
  type NodeInput,
  nodeSchema,
  type ServiceInput,
  serviceSchema,
} from './schema-service.ts';
import { suggest } from './suggest.ts';

interface KindRule {
  readonly group: string;
  readonly versions: readonly string[];
  readonly schema: z.ZodType;
  readonly namespaced: boolean;
}

export const kindRules: Readonly<Record<ManifestKind, KindRule>> = {
  CiliumLoadBalancerIPPool: { group: 'cilium.io', versions: ['v2', 'v2alpha1'], schema: poolSchema, namespaced: false },
  CiliumL2AnnouncementPolicy: { group: 'cilium.io', versions: ['v2alpha1'], schema: policySchema, namespaced: false },
  Service: { group: '', versions: ['v1'], schema: serviceSchema, namespaced: true },
  EndpointSlice: { group: 'discovery.k8s.io', versions: ['v1'], schema: endpointSliceSchema, namespaced: true },
  Node: { group: '', versions: ['v1'], schema: nodeSchema, namespaced: false },
  NodeConfig: { group: 'lanlord.dev', versions: ['v1'], schema: nodeConfigSchema, namespaced: false },
};

/** What becomes of a document: an object, nothing (its problems are reported), or a kind that is not ours. */
export type Converted =
  | { readonly result: 'object'; readonly object: ManifestObject }
  | { readonly result: 'faulty' }
  | { readonly result: 'skipped'; readonly kind: string };

interface Header {
  readonly apiVersion: string;
  readonly kind: string;
}

/** A document's kind and version, or null after reporting that it has none. */
export function readHeader(conversion: Conversion): Header | null {
  const { document, reporter } = conversion;
  const value = document.value;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    const message = `expected a Kubernetes object, got ${show(value)}`;
    reporter.inDocument(document, 'document', { code: 'LL-CFG-030', path: [], message });
    return null;
  }
  const { apiVersion, kind } = value as { readonly apiVersion?: unknown; readonly kind?: unknown };
  for (const [field, found] of [
    ['apiVersion', apiVersion],
    ['kind', kind],
  ] as const) {
    if (typeof found === 'string' && found !== '') continue;
    const message = found === undefined ? `${field} is missing` : `${field}: expected text, got ${show(found)}`;
    reporter.inDocument(document, 'document', { code: 'LL-CFG-030', path: [field], message });
    return null;
  }
  return { apiVersion: String(apiVersion), kind: String(kind) };
}

export function convertDocument(conversion: Conversion, header: Header): Converted {
  const { document, reporter } = conversion;
  const slash = header.apiVersion.lastIndexOf('/');
  const group = slash < 0 ? '' : header.apiVersion.slice(0, slash);
  const rule = Object.hasOwn(kindRules, header.kind) ? kindRules[header.kind as ManifestKind] : undefined;
  if (!rule || rule.group !== group) {
    if (group === metallbGroup) warnForeign(conversion, header);
    else warnMisspelt(conversion, header, group);
    return { result: 'skipped', kind: clip(header.kind) };
  }
  if (!rule.versions.includes(header.apiVersion.slice(slash + 1))) {
    const supported = rule.versions.map((version) => (group === '' ? version : `${group}/${version}`));
    reporter.inDocument(document, 'document', {
      code: 'LL-CFG-029',
      path: ['apiVersion'],
      message: `apiVersion ${show(header.apiVersion)} of ${header.kind} is not supported`,
      hint: `supported: ${supported.join(', ')}`,
    });
    return { result: 'faulty' };
  }
  const before = reporter.errorCount();
  if (!meetsSchema(rule.schema, document, reporter)) return { result: 'faulty' };
  const kind = header.kind as ManifestKind;
  const input = document.value as { readonly metadata?: Metadata | null; readonly status?: unknown };
  if (kind !== 'NodeConfig' && !hasGoodNames(conversion, input.metadata)) return { result: 'faulty' };
  checkAnnotations(conversion, kind, input.metadata?.annotations);
  const typed = convertAs(conversion, kind, document.value);
  if (reporter.errorCount() > before) return { result: 'faulty' };
  const identity = {
    namespace: rule.namespaced ? input.metadata?.namespace || defaultNamespace : '',
    name: input.metadata?.name ?? '',
    position: reporter.positionAt(document.start),
    hasStatus: input.status !== undefined,
    hasCreationTimestamp: Boolean(input.metadata?.creationTimestamp),
  };
  return { result: 'object', object: { ...identity, ...typed } };
}

type Typed = ManifestObject extends infer Each
  ? Each extends ManifestObject
    ? Omit<Each, keyof Identity>
    : never
  : never;

/** The schema of `kind` holds for `value`. */
function convertAs(conversion: Conversion, kind: ManifestKind, value: unknown): Typed {
  switch (kind) {
    case 'CiliumLoadBalancerIPPool':
      return { kind, resource: convertPool(conversion, value as PoolInput) };
    case 'CiliumL2AnnouncementPolicy':
      return { kind, resource: convertPolicy(conversion, value as PolicyInput) };
    case 'Service':
      return { kind, resource: convertService(conversion, value as ServiceInput) };
    case 'EndpointSlice':
      return { kind, resource: convertEndpointSlice(conversion, value as EndpointSliceInput) };
    case 'Node':
      return { kind, resource: convertNode(conversion, value as NodeInput) };
    case 'NodeConfig':
      return {
        kind,
        resource: convertNodeConfig(conversion, value as NodeConfigInput),
        fields: fieldPositions(conversion),
      };
  }
}

// Kubernetes: RFC 1123 subdomain names, at most 253 characters.
const goodName = /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/;

function hasGoodNames(conversion: Conversion, metadata: Metadata | null | undefined): boolean {
  for (const field of ['name', 'namespace'] as const) {
    const name = metadata?.[field];
    if (name === null || name === undefined || (field === 'namespace' && name === '') || goodName.test(name)) continue;
    conversion.reporter.inDocument(conversion.document, 'document', {
      code: 'LL-CFG-035',
      path: ['metadata', field],
      message: `metadata.${field}: ${show(name)} is not a name that Kubernetes allows`,
      hint: 'lower-case letters, digits, "-" and ".", at most 253',
    });
    return false;
  }
  const written = metadata?.creationTimestamp;
  if (written && Number.isNaN(Date.parse(written))) {
    conversion.reporter.inDocument(conversion.document, 'document', {
      code: 'LL-CFG-012',
      path: ['metadata', 'creationTimestamp'],
      message: `metadata.creationTimestamp: ${show(written)} is not a time`,
      hint: 'such as 2026-01-31T12:00:00Z',
    });
    return false;
  }
  return true;
}

function warnForeign(conversion: Conversion, { kind }: Header): void {
  const instead = insteadOfMetallb(kind, conversion.document.value);
  if (!instead) return;
  conversion.reporter.inDocument(conversion.document, 'object', {
    code: 'LL-CFG-046',
    severity: 'warning',
    path: ['kind'],
    message: `kind ${show(kind)} ${instead.what}: it is skipped`,
    hint: instead.hint,
  });
}

function warnMisspelt(conversion: Conversion, header: Header, group: string): void {
  const near = suggest(
    header.kind,
    // Within two letters of "Node" there are words, such as Pod, that are nobody's mistake.
    Object.keys(kindRules).filter((kind) => kindRules[kind as ManifestKind].group === group && kind !== 'Node'),
  );
  if (!near) return;
  conversion.reporter.inDocument(conversion.document, 'object', {
    code: 'LL-CFG-037',
    severity: 'warning',
    path: ['kind'],
    message: `kind ${show(header.kind)} is unknown and skipped`,
    hint: `did you mean ${near}`,
  });
}
