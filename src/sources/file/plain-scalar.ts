// What an unquoted scalar means in the core schema of YAML 1.2.
// Read YAML 1.2 §10.3.2 before changing this file.

const nullText = /^(?:~|[Nn]ull|NULL)?$/;
const trueText = /^(?:[Tt]rue|TRUE)$/;
const falseText = /^(?:[Ff]alse|FALSE)$/;
const number = /^(?:[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|0o[0-7]+|0x[0-9a-fA-F]+)$/;
const infinity = /^[-+]?\.(?:inf|Inf|INF)$/;
const notANumber = /^\.(?:nan|NaN|NAN)$/;

export type Scalar = string | number | boolean | null;

/** `No`, `y`, `010.0.0.1`, dates: all text. `0o17`, `0x1f`, `1e3`, `017`: numbers. */
export function resolvePlain(text: string): Scalar {
  const c = text.charCodeAt(0);
  // Most scalars start with a letter that starts no keyword: n N t T f F ~ or nothing at all may be one.
  if (c >= 0x41) {
    if (text.length > 5) return text;
    if (nullText.test(text)) return null;
    if (trueText.test(text)) return true;
    return falseText.test(text) ? false : text;
  }
  if (number.test(text)) return Number(text);
  if (text === '') return null;
  if (infinity.test(text)) return text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return notANumber.test(text) ? Number.NaN : text;
}
