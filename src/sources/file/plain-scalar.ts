// What an unquoted scalar means in the core schema of YAML 1.2.
// Read YAML 1.2 §10.3.2 before changing this file.

const keywords: ReadonlyMap<string, boolean | null> = new Map([
  ...['~', 'null', 'Null', 'NULL', ''].map((text) => [text, null] as const),
  ...['true', 'True', 'TRUE'].map((text) => [text, true] as const),
  ...['false', 'False', 'FALSE'].map((text) => [text, false] as const),
]);
const number = /^(?:[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|0o[0-7]+|0x[0-9a-fA-F]+)$/;
const infinity = /^[-+]?\.(?:inf|Inf|INF)$/;
const notANumber = /^\.(?:nan|NaN|NAN)$/;

export type Scalar = string | number | boolean | null;

/** `No`, `y`, `010.0.0.1`, dates: all text. `0o17`, `0x1f`, `1e3`, `017`: numbers. */
export function resolvePlain(text: string): Scalar {
  const c = text.charCodeAt(0);
  // Most scalars are longer words.
  if (c >= 0x41 && text.length > 5) return text;
  const keyword = keywords.get(text);
  if (keyword !== undefined) return keyword;
  if (c >= 0x41) return text;
  if (number.test(text)) return Number(text);
  if (infinity.test(text)) return text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return notANumber.test(text) ? Number.NaN : text;
}
