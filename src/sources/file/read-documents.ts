// The text of a file as documents: the fast reader where it is certain, the careful one for everything else.
import type { RawDocument } from './document.ts';
import { preScan } from './pre-scan.ts';
import { readWithYaml } from './read-with-yaml.ts';
import type { Reporter } from './reporter.ts';

/** Documents with a value, in order; what cannot be read is reported and left out. */
export function* readDocuments(text: string, reporter: Reporter): Generator<RawDocument, void, undefined> {
  for (const { start, end } of preScan(text, reporter) ?? []) {
    const result = readWithYaml(text, start, end);
    if (result.ok) {
      if (result.document) yield result.document;
      continue;
    }
    for (const fault of result.faults) reporter.atOffset(fault.offset, fault.code, fault.message, fault.hint);
  }
}
