// Fields of a JSON object that somebody else wrote: whatever is not of the wanted type counts as absent.

export type Field = string | number | boolean | null | undefined | object;

export interface Fields {
  /** Empty when absent. BOUNDED: `mostText` characters. */
  text(name: string): string;
  /** A whole number from 0 to 2^53 − 1; 0 when absent. */
  count(name: string): number;
  list(name: string): readonly Field[];
  /** Those of its items that are lists. */
  rows(name: string): readonly (readonly Field[])[];
  /** An object of texts. */
  texts(name: string): Readonly<Record<string, string>>;
}

/** A datagram is not larger either. */
const mostText = 1400;
const decoder = new TextDecoder();
const nothing: readonly Field[] = [];

/** Null: no JSON object. */
export function fieldsOf(bytes: Uint8Array): Fields | null {
  const object = parsed(bytes);
  if (object === null) return null;
  // Own fields only: one may be called `constructor`.
  const get = (name: string): Field => (Object.hasOwn(object, name) ? (object as Record<string, Field>)[name] : null);
  const list = (name: string) => {
    const value = get(name);
    return Array.isArray(value) ? (value as readonly Field[]) : nothing;
  };
  return {
    text(name) {
      const value = get(name);
      return typeof value === 'string' ? value.slice(0, mostText) : '';
    },
    count(name) {
      const value = get(name);
      return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : 0;
    },
    list,
    rows: (name) => list(name).flatMap((row) => (Array.isArray(row) ? [row as readonly Field[]] : [])),
    texts(name) {
      const value = get(name);
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return {};
      const pairs = Object.entries(value).filter((pair): pair is [string, string] => typeof pair[1] === 'string');
      return Object.fromEntries(pairs);
    },
  };
}

function parsed(bytes: Uint8Array): object | null {
  try {
    const value: unknown = JSON.parse(decoder.decode(bytes));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}
