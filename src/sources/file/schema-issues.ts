// What a schema says against a document, in the words of somebody who writes manifests.

import type { z } from 'zod';
import { quote } from '#model/safe-text.ts';
import type { Path, RawDocument } from './document.ts';
import { pathText } from './document.ts';
import type { Finding, Reporter } from './reporter.ts';
import { suggest } from './suggest.ts';

type Issue = z.core.$ZodIssue;

/**
 * Checks a document; every issue becomes a document error. True when its values can be used: unknown fields beside
 * them are errors, but hide no others.
 */
export function meetsSchema(schema: z.ZodType, document: RawDocument, reporter: Reporter): boolean {
  const result = schema.safeParse(document.value);
  if (result.success) return true;
  const issues = result.error.issues.map(innermost);
  for (const issue of issues) {
    for (const finding of findings(schema, document.value, issue)) reporter.inDocument(document, 'document', finding);
  }
  return issues.every(({ code }) => code === 'unrecognized_keys');
}

/** Of a choice that failed, the branch that got furthest: its complaint is the useful one. */
function innermost(issue: Issue): Issue {
  if (issue.code !== 'invalid_union') return issue;
  for (const branch of issue.errors) {
    const [first] = branch;
    if (branch.length === 1 && first && (first.path.length > 0 || first.code === 'unrecognized_keys')) {
      return innermost({ ...first, path: [...issue.path, ...first.path] });
    }
  }
  return issue;
}

function findings(schema: z.ZodType, root: unknown, issue: Issue): Finding[] {
  const path = issue.path.filter((step) => typeof step !== 'symbol');
  if (issue.code === 'unrecognized_keys') {
    const known = knownFields(schema, path);
    return issue.keys.map((key) => unknownField(path, key, known));
  }
  const value = valueAt(root, path);
  const name = pathText(path);
  const wanted = expected(schema, path, issue);
  if (value === undefined) {
    return [{ code: 'LL-CFG-011', path, message: `${name} is missing` }];
  }
  const found = show(value);
  switch (issue.code) {
    case 'too_big':
      return [tooBig(path, issue, found, wanted)];
    case 'custom':
      return [{ code: 'LL-CFG-012', path, message: `${name}: ${found} is not allowed`, hint: `it takes ${wanted}` }];
    case 'too_small':
      return [{ code: 'LL-CFG-012', path, message: `${name}: ${found} is out of range`, hint: `it takes ${wanted}` }];
    case 'invalid_value': {
      const near = typeof value === 'string' ? suggest(value, issue.values.map(String)) : null;
      const hint = near ? `did you mean ${near}` : `it takes ${wanted}`;
      return [{ code: 'LL-CFG-012', path, message: `${name}: ${found} is not allowed`, hint }];
    }
    default: {
      const hint = wanted === 'text' && isScalar(value) ? `quote it: "${String(value)}"` : '';
      return [{ code: 'LL-CFG-010', path, message: `${name}: expected ${wanted}, got ${found}`, hint }];
    }
  }
}

function tooBig(path: Path, issue: z.core.$ZodIssueTooBig, found: string, wanted: string): Finding {
  const name = pathText(path);
  if (issue.origin === 'array' || issue.origin === 'string') {
    const what = issue.origin === 'array' ? 'entries' : 'characters';
    return { code: 'LL-CFG-026', path, message: `${name} has more than ${issue.maximum} ${what}` };
  }
  return { code: 'LL-CFG-012', path, message: `${name}: ${found} is out of range`, hint: `it takes ${wanted}` };
}

function unknownField(path: Path, key: string, known: readonly string[]): Finding {
  const near = suggest(key, known);
  const full = [...path, key];
  const hint = near ? `did you mean ${near}` : `known here: ${known.join(', ')}`;
  return { code: 'LL-CFG-002', path: full, atKey: true, message: `unknown field ${clip(pathText(full))}`, hint };
}

/** The schema of the node at `path`, without the wrappers for "may be absent". */
function schemaAt(schema: z.ZodType, path: Path): z.core.$ZodType | null {
  let at: z.core.$ZodType | null = schema;
  for (const step of path) at = at && child(at, step);
  return at && described(at);
}

interface Definition {
  readonly type: string;
  readonly innerType?: z.core.$ZodType;
  readonly shape?: Readonly<Record<string, z.core.$ZodType>>;
  readonly element?: z.core.$ZodType;
  readonly valueType?: z.core.$ZodType;
  readonly options?: readonly z.core.$ZodType[];
}

function definition(schema: z.core.$ZodType): Definition {
  return schema._zod.def as Definition;
}

function described(schema: z.core.$ZodType): z.core.$ZodType {
  let at = schema;
  for (let inner = definition(at).innerType; inner; inner = definition(at).innerType) at = inner;
  return at;
}

function child(schema: z.core.$ZodType, step: string | number): z.core.$ZodType | null {
  const def = definition(described(schema));
  if (def.options) return def.options.map((option) => child(option, step)).find((found) => found !== null) ?? null;
  if (typeof step === 'number') return def.element ?? null;
  if (def.shape) return Object.hasOwn(def.shape, step) ? (def.shape[step] ?? null) : null;
  return def.valueType ?? null;
}

/** Names of the fields that the mapping at `path` may have. */
function knownFields(schema: z.ZodType, path: Path): readonly string[] {
  const at = schemaAt(schema, path);
  if (!at) return [];
  const def = definition(at);
  const shape = def.shape ?? def.options?.map((option) => definition(option).shape).find((found) => found);
  return Object.keys(shape ?? {});
}

const typeWords: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'a mapping',
  record: 'a mapping',
  array: 'a list',
};

function expected(schema: z.ZodType, path: Path, issue: Issue): string {
  const at = schemaAt(schema, path);
  const description = at && (at as z.ZodType).description;
  if (description) return description;
  if (issue.code === 'invalid_value') return issue.values.map((value) => JSON.stringify(value)).join(', ');
  if (issue.code === 'invalid_type') return typeWords[issue.expected] ?? issue.expected;
  const { minValue, maxValue } = (at ?? {}) as { minValue?: number; maxValue?: number };
  if (minValue !== undefined && maxValue !== undefined) return `${minValue} to ${maxValue}`;
  const word = typeWords[at ? definition(at).type : ''];
  if (issue.code === 'too_small' && issue.origin === 'array') return `at least ${issue.minimum} entry`;
  return word ?? 'another value';
}

function valueAt(root: unknown, path: Path): unknown {
  let at = root;
  for (const step of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, step)) return undefined;
    at = (at as Readonly<Record<string | number, unknown>>)[step];
  }
  return at;
}

function isScalar(value: unknown): boolean {
  return typeof value === 'number' || typeof value === 'boolean';
}

/** A value for a message: short, quoted when it is text. */
export function show(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'a mapping';
  return typeof value === 'string' ? quote(value) : clip(String(value));
}

/** Long names and values are cut: messages go to terminals. */
export function clip(text: string): string {
  return text.length > 100 ? `${text.slice(0, 97)}…` : text;
}
