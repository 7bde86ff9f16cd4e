// The careful reader: the `yaml` package on one document, with its errors as problems and the marks of every node.
import { isAlias, isMap, isNode, isPair, isScalar, isSeq, type Node, type Pair, parseDocument, visit } from 'yaml';
import type { ConfigCode } from './codes.ts';
import { documentWithin, type Mark, type Marks, type RawDocument, stepText } from './document.ts';

/** Deepest nesting of mappings and lists that is read. Real manifests stay below 15. */
export const maxNesting = 32;

export interface ReadFault {
  readonly code: ConfigCode;
  readonly offset: number;
  readonly message: string;
  readonly hint: string;
}

export type CarefulResult =
  | { readonly ok: true; readonly document: RawDocument | null }
  | { readonly ok: false; readonly faults: readonly ReadFault[] };

const codeOf: Readonly<Record<string, ConfigCode>> = { TAB_AS_INDENT: 'LL-CFG-004', DUPLICATE_KEY: 'LL-CFG-005' };
const coreTag = /^tag:yaml\.org,2002:(?:str|int|float|bool|null|map|seq)$/;

/** Reads `text` from `start` to `end`: one document. The caller has bounded the nesting before (`scanNesting`). */
export function readWithYaml(text: string, start: number, end: number): CarefulResult {
  const parsed = parseDocument(text.slice(start, end), { version: '1.2', schema: 'core', prettyErrors: false });
  const first = parsed.errors[0];
  if (first) return { ok: false, faults: [syntaxFault(text, start, first)] };
  const faults = refusals(parsed.contents, start);
  if (faults.length > 0) return { ok: false, faults };
  const contents = parsed.contents;
  const value: unknown = parsed.toJS({ maxAliasCount: 0 });
  if (!contents || value === null || value === undefined) return { ok: true, document: null };
  let marks: Marks | undefined;
  const allMarks = () => {
    marks ??= marksOf(contents, start, text);
    return marks;
  };
  return { ok: true, document: documentWithin(value, start + (contents.range?.[0] ?? 0), allMarks, '') };
}

function syntaxFault(
  text: string,
  start: number,
  error: { code: string; message: string; pos: [number, number] },
): ReadFault {
  const offset = start + error.pos[0];
  const trap = regexTrap(text, offset);
  if (trap) return trap;
  const code = codeOf[error.code] ?? 'LL-CFG-001';
  if (code === 'LL-CFG-004') return { code, offset, message: 'a tab cannot indent YAML', hint: 'use spaces' };
  if (code === 'LL-CFG-005') {
    const key = /^[^\s:]+/.exec(text.slice(offset, offset + 200))?.[0] ?? '';
    return { code, offset, message: `the key ${key} is here twice`, hint: 'keep one of them' };
  }
  return { code, offset, message: `malformed YAML: ${error.message}`, hint: '' };
}

/** `interfaces: [ ^eth[0-9]+ ]`: the inner bracket starts a list inside, and the parser's words help nobody. */
function regexTrap(text: string, offset: number): ReadFault | null {
  const lineStart = text.lastIndexOf('\n', offset - 1) + 1;
  const lineEnd = text.indexOf('\n', offset);
  const line = text.slice(lineStart, lineEnd < 0 ? text.length : lineEnd);
  const found = /^(\s*(?:- )?([\w-]+):\s*\[\s*)([^\s"',\]#][^\s"',]*\[[^\s,]*)/.exec(line);
  if (!found) return null;
  const [, lead = '', key = '', pattern = ''] = found;
  const quoted = JSON.stringify(pattern.endsWith(']]') ? pattern.slice(0, -1) : pattern);
  return {
    code: 'LL-CFG-003',
    offset: lineStart + lead.length + pattern.indexOf('['),
    message: `${key}: "[" starts a nested list here, so the regex is not text`,
    hint: `quote it: ${key}: [${quoted}]`,
  };
}

function refusals(contents: Node | null, start: number): ReadFault[] {
  const faults: ReadFault[] = [];
  const add = (code: ConfigCode, node: Node, message: string, hint: string) => {
    faults.push({ code, offset: start + (node.range?.[0] ?? 0), message, hint });
  };
  visit(contents, {
    Node: (_key, node, path) => {
      if (isAlias(node)) add('LL-CFG-006', node, `the alias *${node.source} is refused`, 'write the value out');
      else if (node.anchor) add('LL-CFG-006', node, `the anchor &${node.anchor} is refused`, 'write the value out');
      if (node.tag && !coreTag.test(node.tag)) add('LL-CFG-007', node, `the tag ${node.tag} is unknown`, 'remove it');
      if (path.filter((step) => !isPair(step)).length > maxNesting && !isScalar(node)) {
        add('LL-CFG-008', node, `nested deeper than ${maxNesting} levels`, '');
        return visit.BREAK;
      }
      return undefined;
    },
    Pair: (_key, pair) => {
      if (isNode(pair.key) && !isScalar(pair.key)) add('LL-CFG-001', pair.key, 'a key must be text', '');
    },
  });
  return faults;
}

function marksOf(contents: Node, start: number, text: string): Marks {
  const marks = new Map<string, Mark>();
  const walk = (node: unknown, path: string, key: number | null): void => {
    const value = startOf(node, key);
    marks.set(path, { key: key ?? value, value });
    if (isMap(node)) for (const pair of node.items) walkPair(pair as Pair, path);
    else if (isSeq(node)) for (const [index, entry] of node.items.entries()) walk(entry, stepText(path, index), null);
  };
  const startOf = (node: unknown, key: number | null): number => {
    if (!isNode(node) || !node.range) return key ?? start;
    const [from, to] = node.range;
    if (from < to) return start + from;
    // Nothing is written there: the key, or the dash of the entry, is what can be pointed at.
    return key ?? text.lastIndexOf('-', start + from);
  };
  const walkPair = (pair: Pair, path: string): void => {
    const key = pair.key;
    if (!isScalar(key)) return;
    walk(pair.value, stepText(path, String(key.value)), key.range ? start + key.range[0] : null);
  };
  walk(contents, '', null);
  return marks;
}
