// The fields of a zod schema as rows: path, what it takes, what it is for.
import { z } from 'zod';
import type { SchemaNode } from './json-schema.ts';

export interface Field {
  /** `spec.blocks[].cidr`. */
  readonly path: string;
  readonly takes: string;
  readonly description: string;
  readonly required: boolean;
}

/** Rows of everything below the fields named in `top`. */
export function schemaFields(schema: z.ZodType, top: readonly string[]): readonly Field[] {
  const root = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as SchemaNode;
  return top.flatMap((name) => {
    const node = root.properties?.[name];
    if (!node) throw new Error(`The schema has no field "${name}"`);
    return node.properties || bare(node).properties ? below(name, bare(node)) : fieldsOf(name, node, false);
  });
}

function below(path: string, node: SchemaNode): readonly Field[] {
  return Object.entries(node.properties ?? {}).flatMap(([name, child]) => {
    const required = node.required?.includes(name) ?? false;
    return fieldsOf(`${path}.${name}`, child, required);
  });
}

function fieldsOf(path: string, declared: SchemaNode, required: boolean): readonly Field[] {
  const node = bare(declared);
  // The description inside `nullish()` says what it takes; the one around it what it is for.
  const description = declared === node ? '' : (declared.description ?? '');
  const row: Field = { path, takes: takes(node), description, required };
  if (isSelector(node)) return [row];
  if (node.properties) return [...(description === '' ? [] : [row]), ...below(path, node)];
  const items = node.items && bare(node.items);
  return [row, ...(items?.properties ? below(`${path}[]`, items) : [])];
}

/** Without the choice of null, which means the same as leaving the field out. */
function bare(node: SchemaNode): SchemaNode {
  if (Array.isArray(node.type)) return { type: node.type.find((word) => word !== 'null') ?? 'null' };
  const [first, second, ...rest] = node.anyOf ?? [];
  return first && second?.type === 'null' && rest.length === 0 ? first : node;
}

function isSelector({ properties }: SchemaNode): boolean {
  return properties !== undefined && 'matchLabels' in properties;
}

function takes(node: SchemaNode): string {
  if (node.description) return node.description;
  if (node.enum) return node.enum.map((value) => `\`${value === '' ? '""' : value}\``).join(', ');
  if (isSelector(node)) return 'label selector';
  switch (node.type) {
    case 'integer':
      return `${node.minimum} to ${node.maximum}`;
    case 'boolean':
      return 'true or false';
    case 'array':
      return `list: ${node.items ? takes(bare(node.items)) : 'anything'}${listBounds(node)}`;
    case 'object':
      return 'mapping';
    case 'string':
      return node.maxLength === undefined ? 'text' : `text of at most ${node.maxLength} characters`;
    default:
      return 'anything';
  }
}

function listBounds({ minItems, maxItems }: SchemaNode): string {
  if (minItems !== undefined && maxItems !== undefined) return `; ${minItems} to ${maxItems} entries`;
  if (maxItems !== undefined) return `; at most ${maxItems} entries`;
  return minItems === undefined ? '' : `; at least ${minItems} entry`;
}
