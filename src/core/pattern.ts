// Interface patterns: regular expressions of Go (RE2), searched anywhere in the name, in linear time.

export type Pattern =
  | { readonly ok: true; readonly finds: (name: string) => boolean }
  | { readonly ok: false; readonly why: string };

// BOUNDED: emptied when full. Compiling again is only slower, so this is memoization and no state.
const compiled = new Map<string, Pattern>();
const mostCompiled = 1024;
/** Names of interfaces have at most 15 characters; a longer pattern is a mistake or an attack on memory. */
const longestPattern = 1024;

export function compilePattern(text: string): Pattern {
  const known = compiled.get(text);
  if (known) return known;
  const pattern = compile(text);
  if (compiled.size >= mostCompiled) compiled.clear();
  if (text.length <= longestPattern) compiled.set(text, pattern);
  return pattern;
}

function compile(text: string): Pattern {
  if (text.length > longestPattern) return { ok: false, why: `a pattern has at most ${longestPattern} characters` };
  const finds = plain(text);
  if (finds) return { ok: true, finds };
  try {
    // Its tables of Unicode take two megabytes: a box whose patterns are all plain never has them.
    const { RE2JS }: typeof import('re2js') = require('re2js');
    const expression = RE2JS.compile(text);
    return { ok: true, finds: (name) => expression.matcher(name).find() };
  } catch (error) {
    return { ok: false, why: error instanceof Error ? error.message : String(error) };
  }
}

/** Letters, digits, `_` and `-`, with or without anchors, mean the same in every language: `^eth1$`, `^docker`. */
const plainPattern = /^(?<start>\^?)(?<name>[\w-]*)(?<end>\$?)$/;

/** Null: not plain. */
function plain(text: string): ((name: string) => boolean) | null {
  const { start, name: wanted = '', end } = plainPattern.exec(text)?.groups ?? {};
  if (start === undefined) return null;
  if (start !== '' && end !== '') return (name) => name === wanted;
  if (start !== '') return (name) => name.startsWith(wanted);
  return end === '' ? (name) => name.includes(wanted) : (name) => name.endsWith(wanted);
}
