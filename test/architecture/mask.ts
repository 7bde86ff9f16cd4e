// Blanks comments and the insides of strings, templates and regular expressions, keeping every position and line.

const filler = '\u0001';

/** After one of these a slash begins a regular expression, after anything else it divides. */
const beforeExpression =
  /(?:^|[([{}=,;:!&|?+\-*%^~<>]|=>|\b(?:return|typeof|case|in|of|do|else|void|delete|throw|new|await|yield))$/;

interface Masked {
  text: string;
  end: number;
}

/** The code of a TypeScript file, same length and line breaks: words in it are code, never prose or data. */
export function mask(source: string): string {
  return maskUntil(source, 0, undefined).text;
}

function maskUntil(source: string, start: number, closing: '}' | undefined): Masked {
  let text = '';
  let at = start;
  let depth = 0;
  while (at < source.length) {
    const char = source.charAt(at);
    if (closing !== undefined && char === '}' && depth === 0) break;
    if (char === '{') depth++;
    if (char === '}') depth--;
    const next = special(source, at, text) ?? { text: char, end: at + 1 };
    text += next.text;
    at = next.end;
  }
  return { text, end: at };
}

function special(source: string, at: number, before: string): Masked | undefined {
  const pair = source.slice(at, at + 2);
  const char = source.charAt(at);
  if (pair === '//') return blank(source, at, endOf(source, '\n', at), ' ');
  if (pair === '/*') return blank(source, at, endOf(source, '*/', at + 2) + 2, ' ');
  if (char === "'" || char === '"') return quoted(source, at, char);
  if (char === '`') return template(source, at);
  if (char === '/' && beforeExpression.test(before.trimEnd().slice(-12))) return regularExpression(source, at);
  return undefined;
}

function endOf(source: string, mark: string, from: number): number {
  const found = source.indexOf(mark, from);
  return found === -1 ? source.length : found;
}

function blank(source: string, from: number, to: number, by: string): Masked {
  const end = Math.min(to, source.length);
  return { text: source.slice(from, end).replaceAll(/[^\n]/g, by), end };
}

function quoted(source: string, at: number, quote: string): Masked {
  let end = at + 1;
  while (end < source.length && source.charAt(end) !== quote && source.charAt(end) !== '\n') {
    end += source.charAt(end) === '\\' ? 2 : 1;
  }
  const inside = blank(source, at + 1, end, filler);
  return { text: quote + inside.text + quote, end: end + 1 };
}

function template(source: string, at: number): Masked {
  let text = '`';
  let end = at + 1;
  while (end < source.length && source.charAt(end) !== '`') {
    if (source.slice(end, end + 2) === '${') {
      const inner = maskUntil(source, end + 2, '}');
      text += `\${${inner.text}}`;
      end = inner.end + 1;
      continue;
    }
    const step = source.charAt(end) === '\\' ? 2 : 1;
    text += blank(source, end, end + step, filler).text;
    end += step;
  }
  return { text: `${text}\``, end: end + 1 };
}

function regularExpression(source: string, at: number): Masked {
  let end = at + 1;
  let inClass = false;
  while (end < source.length && source.charAt(end) !== '\n') {
    const char = source.charAt(end);
    if (char === '/' && !inClass) break;
    if (char === '[') inClass = true;
    if (char === ']') inClass = false;
    end += char === '\\' ? 2 : 1;
  }
  return { text: `/${blank(source, at + 1, end, filler).text}/`, end: end + 1 };
}
