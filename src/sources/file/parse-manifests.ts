// The text of one file to objects of the model and problems.
import type { ConfigProblem } from '#model/problem.ts';
import { byKind, type ObjectLists } from './by-kind.ts';
import type { CreatedMs } from './conversion.ts';
import { convertDocument, readHeader } from './convert-document.ts';
import type { RawDocument } from './document.ts';
import { LineIndex } from './line-index.ts';
import type { ManifestObject } from './manifest-object.ts';
import { maxDocuments } from './pre-scan.ts';
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
  const room = { left: maxDocuments };
  for (const document of readDocuments(text, reporter)) {
    documents++;
    room.left--;
    for (const part of partsOf(document, reporter, createdMs, room)) if (!document.faulty || !part.object) yield part;
  }
  reporter.finish();
  yield { problems: reporter.problems, documents };
}

/** `room`: how many more objects the file may have; entries of lists count like documents. */
function* partsOf(
  document: RawDocument,
  reporter: Reporter,
  createdMs: CreatedMs,
  room: { left: number },
): Generator<Part, void, undefined> {
  const conversion = { document, reporter, createdMs };
  const header = readHeader(conversion);
  if (!header) return;
  if (header.kind === 'List' && header.apiVersion === 'v1') {
    for (const item of entriesOf(document, reporter, room)) yield* partsOf(item, reporter, createdMs, room);
    return;
  }
  const converted = convertDocument(conversion, header);
  if (converted.result === 'object') yield { object: converted.object };
  else if (converted.result === 'skipped') yield { skipped: converted.kind };
}

/** The entries of a list, none after reporting that it is no list or has too many. */
function* entriesOf(document: RawDocument, reporter: Reporter, room: { left: number }): Iterable<RawDocument> {
  const { items = null } = document.value as { readonly items?: unknown };
  if (items === null) return;
  if (!Array.isArray(items)) {
    reporter.inDocument(document, 'document', {
      code: 'LL-CFG-010',
      path: ['items'],
      message: 'items: expected a list',
    });
    return;
  }
  const first = Math.max(0, room.left);
  room.left -= items.length;
  if (room.left < 0) tooMany(document, reporter, first);
  else for (const index of items.keys()) yield document.item(index);
}

function tooMany(document: RawDocument, reporter: Reporter, index: number): void {
  reporter.inDocument(document, 'document', {
    code: 'LL-CFG-009',
    path: ['items', index],
    message: 'the file has more than 200,000 documents, counting entries of lists',
    hint: 'split it into several files of a directory',
  });
}
