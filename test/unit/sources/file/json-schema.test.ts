import { expect, test } from 'bun:test';
import { kindSchema, manifestSchema, type SchemaNode, schemaKinds } from '#sources/file/json-schema.ts';

function nodes(value: unknown): readonly SchemaNode[] {
  if (typeof value !== 'object' || value === null) return [];
  return [value as SchemaNode, ...Object.values(value).flatMap(nodes)];
}

test('every kind that is read has a schema that names its versions', () => {
  expect(schemaKinds.length).toBeGreaterThan(4);
  for (const kind of schemaKinds) {
    const { properties, required } = kindSchema(kind);
    expect(required).toEqual(expect.arrayContaining(['apiVersion', 'kind']));
    expect(properties?.['kind']?.const).toBe(kind);
    expect(properties?.['apiVersion']?.enum?.length).toBeGreaterThan(0);
  }
});

test('kinds that refuse unknown fields say so, the others do not', () => {
  expect(kindSchema('CiliumLoadBalancerIPPool').additionalProperties).toBe(false);
  expect(kindSchema('NodeConfig').additionalProperties).toBe(false);
  expect(kindSchema('Service').additionalProperties).not.toBe(false);
});

test('one schema holds all of them, is draft 7, and has nothing in it that JSON cannot say', () => {
  const all = manifestSchema();
  expect(all['$schema']).toBe('http://json-schema.org/draft-07/schema#');
  expect(JSON.parse(JSON.stringify(all))).toEqual(all);
  expect(all['allOf']).toHaveLength(schemaKinds.length);
  // Words of later drafts, which editors would not heed.
  const keys = new Set(nodes(all).flatMap((node) => Object.keys(node)));
  for (const later of ['$defs', 'prefixItems', 'unevaluatedProperties', '$dynamicRef'])
    expect(keys).not.toContain(later);
});
