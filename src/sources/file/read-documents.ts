// The text of a file as documents: the fast reader where it is certain, the careful one for everything else.
import type { RawDocument } from './document.ts';
import { readFast } from './fast-reader.ts';
import { findTooDeep } from './nesting.ts';
import { type DocumentSpan, maxNesting, preScan } from './pre-scan.ts';
import { readWithYaml } from './read-with-yaml.ts';
import type { Reporter } from './reporter.ts';

/** Documents with a value, in order; what cannot be read is reported and left out. */
export function* readDocuments(text: string, reporter: Reporter): Generator<RawDocument, void, undefined> {
  for (const span of preScan(text, reporter) ?? []) {
    const fast = readFast(text, span);
    const document = fast.certain ? fast.document : readCarefully(text, span, fast.offset, reporter);
    if (document) yield document;
  }
}

/** The careful reader needs some 40 times the size of a document in memory: beyond this it is not let near it. */
const maxCareful = 2 * 1024 * 1024;

function readCarefully(text: string, span: DocumentSpan, gaveUp: number, reporter: Reporter): RawDocument | null {
  const deep = findTooDeep(text, span.content, span.end);
  if (deep >= 0) {
    reporter.atOffset(deep, 'LL-CFG-008', `nested deeper than ${maxNesting} levels`, '');
    return null;
  }
  if (span.end - span.content > maxCareful) {
    const hint =
      'documents beyond 2 MiB must be plain block YAML or JSON: split the list, or convert it with kubectl -o json';
    reporter.atOffset(
      gaveUp,
      'LL-CFG-001',
      'malformed YAML, or a form that is not read in a document this large',
      hint,
    );
    return null;
  }
  const { document, faults } = readWithYaml(text, span.start, span.end, gaveUp);
  for (const { offset, code, message, hint } of faults) reporter.atOffset(offset, code, message, hint);
  return document;
}
