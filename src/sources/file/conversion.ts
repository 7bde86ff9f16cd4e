// What every converter is given, and what they all read the same way.
import type { LabelSelector, Labels } from '#model/labels.ts';
import { selectorFault } from '#model/labels.ts';
import type { Position } from '#model/resources.ts';
import { type Path, pathText, type RawDocument } from './document.ts';
import type { Finding, Reporter } from './reporter.ts';
import { show } from './schema-issues.ts';
import type { Metadata, SelectorInput } from './schema-metadata.ts';

/** Asked for the age of an object without `creationTimestamp`. */
export type CreatedMs = (object: {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}) => number;

export interface Conversion {
  readonly document: RawDocument;
  readonly reporter: Reporter;
  readonly createdMs: CreatedMs;
}

interface ConvertedMetadata {
  readonly name: string;
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly createdMs: number;
  readonly position: Position;
}

/** One object for all that have none. */
export const noLabels: Labels = {};

/** Metadata of the model; `namespace` is empty for kinds without one. */
export function convertMetadata(
  conversion: Conversion,
  kind: string,
  namespace: string,
  metadata: Metadata,
): ConvertedMetadata {
  const { document, reporter, createdMs } = conversion;
  const written = metadata.creationTimestamp ? Date.parse(metadata.creationTimestamp) : Number.NaN;
  return {
    name: metadata.name,
    labels: metadata.labels ?? noLabels,
    annotations: metadata.annotations ?? noLabels,
    createdMs: Number.isNaN(written) ? createdMs({ kind, namespace, name: metadata.name }) : written,
    position: reporter.positionAt(document.start),
  };
}

/** Positions of all fields, for strict kinds. */
export function fieldPositions(conversion: Conversion): ReadonlyMap<string, Position> {
  const fields = new Map<string, Position>();
  for (const [path, mark] of conversion.document.marks()) fields.set(path, conversion.reporter.positionAt(mark.value));
  return fields;
}

/** An object error or warning. */
export function objectProblem(conversion: Conversion, finding: Finding): void {
  conversion.reporter.inDocument(conversion.document, 'object', finding);
}

const trueWords: ReadonlySet<string> = new Set(['yes', 'on', 'y']);
const falseWords: ReadonlySet<string> = new Set(['no', 'off', 'n']);

/** True, false, or a word that YAML 1.1 takes for one: then with a warning. Anything else is a document error. */
export function readBoolean(conversion: Conversion, path: Path, value: boolean | string | null | undefined): boolean {
  if (typeof value === 'boolean') return value;
  if (value === null || value === undefined) return false;
  const meaning = trueWords.has(value.toLowerCase());
  const name = pathText(path);
  if (!meaning && !falseWords.has(value.toLowerCase())) {
    const word = value.toLowerCase();
    const hint = word === 'true' || word === 'false' ? `write: ${name.split('.').at(-1)}: ${word}` : '';
    const message = `${name}: expected true or false, got ${show(value)}`;
    conversion.reporter.inDocument(conversion.document, 'document', { code: 'LL-CFG-010', path, message, hint });
    // Nothing of this document is used; true keeps quiet about what false would entail.
    return true;
  }
  const key = String(path.at(-1));
  objectProblem(conversion, {
    code: 'LL-CFG-021',
    severity: 'warning',
    path,
    message: `${key}: ${show(value)} is text in YAML 1.2; read as ${meaning}, as Kubernetes does`,
    hint: `write: ${key}: ${meaning}`,
  });
  return meaning;
}

/** The selector as written; what is wrong with it is an object error. */
export function readSelector(conversion: Conversion, path: Path, selector: SelectorInput): LabelSelector | undefined {
  if (!selector) return undefined;
  for (const [key, value] of Object.entries(selector.matchLabels ?? {})) {
    const fault = selectorFault({ matchLabels: { [key]: value } });
    if (fault === null) continue;
    const at = [...path, 'matchLabels', key];
    const hint = 'keys: [prefix/]name, names and values of letters, digits, "-", "_" and ".", at most 63 characters';
    objectProblem(conversion, {
      code: 'LL-CFG-019',
      path: at,
      message: `${pathText([...path, 'matchLabels'])}: ${fault}`,
      hint,
    });
  }
  const requirements = selector.matchExpressions ?? [];
  const matchExpressions = requirements.map(({ key, operator, values }) => ({
    key,
    operator,
    ...(values && { values }),
  }));
  for (const [index, requirement] of matchExpressions.entries()) {
    const fault = selectorFault({ matchExpressions: [requirement] });
    if (fault === null) continue;
    const at = [...path, 'matchExpressions', index];
    const wrong = ['In', 'NotIn', 'Exists', 'DoesNotExist'].includes(requirement.operator) ? 'values' : 'operator';
    objectProblem(conversion, {
      code: 'LL-CFG-019',
      path: [...at, wrong],
      message: `${pathText(at)}: ${fault}`,
      hint: wrong === 'operator' ? 'operators: In, NotIn, Exists, DoesNotExist' : '',
    });
  }
  return { ...(selector.matchLabels && { matchLabels: selector.matchLabels }), matchExpressions };
}
