// JSON Schema of every kind that is read, for editors: made of the schemas that judge the manifests.
import { z } from 'zod';
import { kindRules } from './convert-document.ts';
import type { ManifestKind } from './manifest-object.ts';

/** As much of a JSON Schema as ours use. */
export interface SchemaNode {
  readonly description?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly SchemaNode[];
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly required?: readonly string[];
  readonly items?: SchemaNode;
  readonly additionalProperties?: SchemaNode | boolean;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly maxLength?: number;
}

export const schemaKinds = Object.keys(kindRules) as readonly ManifestKind[];

/** Schema of one kind. Draft 7 is what editors understand. */
export function kindSchema(kind: ManifestKind): SchemaNode {
  const { group, versions, schema } = kindRules[kind];
  const node = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any', target: 'draft-7' }) as SchemaNode;
  const apiVersions = versions.map((version) => (group === '' ? version : `${group}/${version}`));
  const { $schema: _draft, ...rest } = node as SchemaNode & { readonly $schema?: string };
  return {
    ...rest,
    properties: { ...rest.properties, apiVersion: { enum: apiVersions }, kind: { const: kind } },
    required: [...new Set(['apiVersion', 'kind', ...(rest.required ?? [])])],
  };
}

/** One schema for a document of any kind; what is of no kind of ours is nobody's business here. */
export function manifestSchema(): Readonly<Record<string, unknown>> {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Manifests of lanlord',
    type: 'object',
    required: ['apiVersion', 'kind'],
    properties: { apiVersion: { type: 'string' }, kind: { type: 'string' } },
    allOf: schemaKinds.map((kind) => ({
      if: { properties: { kind: { const: kind } }, required: ['kind'] },
      // biome-ignore lint/suspicious/noThenProperty: the word of JSON Schema
      then: kindSchema(kind),
    })),
  };
}
