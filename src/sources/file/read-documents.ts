// The text of a file as documents.
import type { RawDocument } from './document.ts';
import { readWithYaml } from './read-with-yaml.ts';
import type { Reporter } from './reporter.ts';

/** Documents with a value, in order; what cannot be read is reported and left out. */
export function* readDocuments(text: string, reporter: Reporter): Generator<RawDocument, void, undefined> {
  for (const { start, end } of splitDocuments(text)) {
    const result = readWithYaml(text, start, end);
    if (!result.ok)
      for (const fault of result.faults) reporter.atOffset(fault.offset, fault.code, fault.message, fault.hint);
    else if (result.document) yield result.document;
  }
}

function* splitDocuments(text: string): Generator<{ start: number; end: number }, void, undefined> {
  let start = 0;
  for (const match of text.matchAll(/^(?:---|\.\.\.)(?=\s|$)/gm)) {
    yield { start, end: match.index };
    start = match[0] === '...' ? match.index + 3 : match.index;
  }
  yield { start, end: text.length };
}
