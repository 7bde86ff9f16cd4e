// JSON that also carries big integers, maps and sets: `{"$":"bigint","v":"1"}`, and so on.

const tag = '$';

/** ASCII only, as every answer. A key `$` of somebody's own is carried, too. */
export function taggedJson(value: unknown): string {
  return JSON.stringify(value, mark).replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** @throws SyntaxError */
export function readTaggedJson(text: string): unknown {
  return JSON.parse(text, unmark);
}

function mark(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return { [tag]: 'bigint', v: String(value) };
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Map) return { [tag]: 'map', v: [...value] };
  if (value instanceof Set) return { [tag]: 'set', v: [...value] };
  if (!Object.hasOwn(value, tag) || Array.isArray(value)) return value;
  return { [tag]: 'object', v: Object.entries(value) };
}

function unmark(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || !Object.hasOwn(value, tag)) return value;
  const { [tag]: kind, v } = value as { readonly [tag]: unknown; readonly v: unknown };
  switch (kind) {
    case 'bigint':
      return BigInt(String(v));
    case 'map':
      return new Map(v as [unknown, unknown][]);
    case 'set':
      return new Set(v as unknown[]);
    default:
      return Object.fromEntries(v as [string, unknown][]);
  }
}
