// The linear look at a file before anything parses it: limits, forbidden characters, and where documents start.
import type { Reporter } from './reporter.ts';

/** A directory with 100,000 services is legitimate; a file beyond this is not a manifest. */
export const maxFileBytes = 64 * 1024 * 1024;
export const maxDocuments = 200_000;
/** Deepest nesting of mappings and lists that is read. Real manifests stay below 15. */
export const maxNesting = 32;

export interface DocumentSpan {
  /** Offset of the marker `---`, or of the content when there is none. */
  readonly start: number;
  /** Offset behind the marker: where content can start. */
  readonly content: number;
  readonly end: number;
}

// YAML 1.2 §5.1: C0 controls other than tab, line feed and carriage return are not printable.
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const control = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/;
const marker = /^(?:---|\.\.\.)(?=[ \t\r\n]|$)|^%[^\r\n]*/gm;

/** The documents of a text, or null after reporting why the file is refused whole. */
export function preScan(text: string, reporter: Reporter): readonly DocumentSpan[] | null {
  if (text.length > maxFileBytes || Buffer.byteLength(text) > maxFileBytes) {
    reporter.atOffset(0, 'LL-CFG-009', 'the file has more than 64 MiB', 'split it into several files of a directory');
    return null;
  }
  const bad = control.exec(text);
  if (bad) {
    const code = bad[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
    reporter.atOffset(
      bad.index,
      'LL-CFG-038',
      `the control character U+${code} is refused`,
      'write it as an escape in double quotes',
    );
    return null;
  }
  return split(text, reporter);
}

/**
 * YAML 1.2 §9.1: a line that starts with `---` or `...` ends a document whatever it stands in, so the split needs no
 * parser. Directives are only looked at before a document's content.
 */
function split(text: string, reporter: Reporter): readonly DocumentSpan[] | null {
  const spans: DocumentSpan[] = [];
  let start = 0;
  let content = 0;
  // A directive is only one in front of `---`; else the line is content, and faulty.
  let directive = false;
  const close = (end: number) => {
    if (hasContent(text, content, end)) spans.push({ start, content: directive ? start : content, end });
    directive = false;
  };
  for (const match of text.matchAll(marker)) {
    const at = match.index;
    if (match[0].startsWith('%')) {
      if (hasContent(text, content, at)) continue;
      if (!/^%YAML[ \t]+1\.2\s*$/.test(match[0])) {
        reporter.atOffset(
          at,
          'LL-CFG-040',
          `the directive ${match[0].slice(0, 40).trim()} is refused`,
          'manifests are YAML 1.2',
        );
        return null;
      }
      content = at + match[0].length;
      directive = true;
      continue;
    }
    close(at);
    start = match[0] === '...' ? at + 3 : at;
    content = at + 3;
    if (spans.length > maxDocuments) break;
  }
  close(text.length);
  if (spans.length <= maxDocuments) return spans;
  reporter.atOffset(
    spans[maxDocuments]?.start ?? 0,
    'LL-CFG-009',
    'the file has more than 200,000 documents',
    'split it into several files of a directory',
  );
  return null;
}

/** Whether there is anything but blank lines and comments. */
function hasContent(text: string, from: number, to: number): boolean {
  let at = from;
  while (at < to) {
    const c = text.charCodeAt(at);
    if (c === 0x23) {
      const end = text.indexOf('\n', at);
      if (end < 0 || end >= to) return false;
      at = end + 1;
    } else if (c === 0x20 || c === 0x0a || c === 0x0d || c === 0x09) at++;
    else return true;
  }
  return false;
}
