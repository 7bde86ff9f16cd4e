// The text of one file to objects of the model and problems.
import type { ConfigProblem } from '#model/problem.ts';
import { byKind, type ObjectLists } from './by-kind.ts';
import type { CreatedMs } from './conversion.ts';
import { convertDocument, readHeader } from './convert-document.ts';
import type { RawDocument } from './document.ts';
import { LineIndex } from './line-index.ts';
import type { ManifestObject } from './manifest-object.ts';
import { readDocuments } from './read-documents.ts';
import { Reporter } from './reporter.ts';

export interface ParseOptions {
  /** Age of objects without `creationTimestamp`, milliseconds since 1970. Default: 0 for all, that is equally old. */
  readonly createdMs?: CreatedMs;
}

export interface ParsedManifests extends ObjectLists {
  /** Everything in the order written; the lists are the same objects by kind. */
  readonly objects: readonly ManifestObject[];
  readonly problems: readonly ConfigProblem[];
  /** Documents of other kinds: how many of each. */
  readonly skipped: ReadonlyMap<string, number>;
}

/** Parses one file. Never throws; documents with document errors yield no object. */
export function parseManifests(text: string, file: string, options: ParseOptions = {}): ParsedManifests {
  const skipped = new Map<string, number>();
  const objects: ManifestObject[] = [];
  const problems: ConfigProblem[] = [];
  for (const part of parseInParts(text, file, options)) {
    if (part.object) objects.push(part.object);
    if (part.skipped !== undefined) skipped.set(part.skipped, (skipped.get(part.skipped) ?? 0) + 1);
    if (part.problems) problems.push(...part.problems);
  }
  return { objects, ...byKind(objects), problems, skipped };
}

export interface Part {
  readonly object?: ManifestObject;
  readonly skipped?: string;
  /** Once, in the last part; so is `documents`, their number. */
  readonly problems?: readonly ConfigProblem[];
  readonly documents?: number;
}

/** The same, an object at a time, for callers that hand it on in pieces. */
export function* parseInParts(text: string, file: string, options: ParseOptions): Generator<Part, void, undefined> {
  let index: LineIndex | undefined;
  const reporter = new Reporter(file, () => {
    index ??= new LineIndex(text);
    return index;
  });
  const createdMs = options.createdMs ?? (() => 0);
  let documents = 0;
  for (const document of readDocuments(text, reporter)) {
    documents++;
    for (const part of partsOf(document, reporter, createdMs)) if (!document.faulty || !part.object) yield part;
  }
  reporter.finish();
  yield { problems: reporter.problems, documents };
}

function* partsOf(document: RawDocument, reporter: Reporter, createdMs: CreatedMs): Generator<Part, void, undefined> {
  const conversion = { document, reporter, createdMs };
  const header = readHeader(conversion);
  if (!header) return;
  if (header.kind === 'List' && header.apiVersion === 'v1') {
    const { items } = document.value as { readonly items?: unknown };
    if (Array.isArray(items)) {
      for (const index of items.keys()) yield* partsOf(document.item(index), reporter, createdMs);
    } else if (items !== null && items !== undefined) {
      reporter.inDocument(document, 'document', {
        code: 'LL-CFG-010',
        path: ['items'],
        message: 'items: expected a list',
      });
    }
    return;
  }
  const converted = convertDocument(conversion, header);
  if (converted.result === 'object') yield { object: converted.object };
  else if (converted.result === 'skipped') yield { skipped: converted.kind };
}
