// The careful reader: the `yaml` package on one document, with its errors as problems and the marks of every node.
import { isAlias, isMap, isNode, isScalar, isSeq, type Node, type Pair, parseDocument, visit } from 'yaml';
import type { ConfigCode } from './codes.ts';
import { documentWithin, type Mark, type Marks, type RawDocument, stepText } from './document.ts';
import { maxNesting } from './pre-scan.ts';
import { duplicateKey, findRegexTrap, type ReadFault, syntaxFault } from './syntax-fault.ts';

const coreTag = /^tag:yaml\.org,2002:(?:str|int|float|bool|null|map|seq)$/;

/** What was read, and what is wrong with it. A document with faults can still be looked at for more of them. */
export interface CarefulResult {
  readonly document: RawDocument | null;
  readonly faults: readonly ReadFault[];
}

/**
 * Reads `text` from `start` to `end`: one document. The caller has bounded the nesting before (`findTooDeep`).
 * `gaveUp` is where the fast reader stopped.
 */
export function readWithYaml(text: string, start: number, end: number, gaveUp: number): CarefulResult {
  const source = text.slice(start, end);
  const parsed = parseDocument(source, { version: '1.2', schema: 'core', prettyErrors: false });
  const syntax = parsed.errors.filter(({ code }) => code !== 'DUPLICATE_KEY')[0];
  if (syntax) {
    const trap = findRegexTrap(text, start + syntax.pos[0]);
    if (!trap) return { document: null, faults: [syntaxFault(text, start, end, gaveUp, syntax)] };
    // The rest of the document is read as if the list were empty: its other problems belong in the same report.
    const rest = readWithYaml(trap.withoutList, start, end, gaveUp);
    return { document: rest.document && { ...rest.document, faulty: true }, faults: [trap.fault, ...rest.faults] };
  }
  const refused = refusals(parsed.contents, text, start);
  if (refused.length > 0) return { document: null, faults: refused };
  const faults = parsed.errors.map(({ pos }) => duplicateKey(text, start + pos[0]));
  const contents = parsed.contents;
  const value: unknown = parsed.toJS({ maxAliasCount: 0 });
  if (!contents || value === null || value === undefined) return { document: null, faults };
  let marks: Marks | undefined;
  const allMarks = () => {
    marks ??= marksOf(contents, start, text);
    return marks;
  };
  const document = documentWithin(value, start + (contents.range?.[0] ?? 0), allMarks, '');
  return { document: faults.length > 0 ? { ...document, faulty: true } : document, faults };
}

function refusals(contents: Node | null, text: string, start: number): ReadFault[] {
  const faults: ReadFault[] = [];
  const add = (code: ConfigCode, node: Node, sign: string, message: string, hint: string) => {
    const at = start + (node.range?.[0] ?? 0);
    faults.push({ code, offset: sign === '' ? at : startOfSign(text, sign, at), message, hint });
  };
  visit(contents, {
    Node: (_key, node, path) => {
      if (isAlias(node)) add('LL-CFG-006', node, '', `the alias *${node.source} is refused`, 'write the value out');
      else if (node.anchor) {
        add('LL-CFG-006', node, `&${node.anchor}`, `the anchor &${node.anchor} is refused`, 'write the value out');
      }
      if (node.tag && !coreTag.test(node.tag))
        add('LL-CFG-007', node, '!', `the tag ${node.tag} is refused`, 'remove it');
      if (path.filter((step) => isMap(step) || isSeq(step)).length >= maxNesting && !isScalar(node)) {
        add('LL-CFG-008', node, '', `nested deeper than ${maxNesting} levels`, '');
        return visit.BREAK;
      }
      return undefined;
    },
    Pair: (_key, pair) => {
      if (isNode(pair.key) && !isScalar(pair.key)) add('LL-CFG-001', pair.key, '', 'a key must be text', '');
    },
  });
  return faults;
}

/** Where the anchor or tag in front of a node starts. */
function startOfSign(text: string, sign: string, node: number): number {
  let at = Math.max(0, text.lastIndexOf(sign, node));
  while (text[at - 1] === '!') at--;
  return at;
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
