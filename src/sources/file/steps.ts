// What files yield, a step at a time: the form that travels from the parsing worker.
import type { ConfigProblem } from '#model/problem.ts';
import type { ManifestObject } from './manifest-object.ts';
import { parseInParts } from './parse-manifests.ts';
import { readText } from './read-text.ts';

/** A file to read, or one whose text is at hand. */
export interface FileInput {
  readonly path: string;
  readonly text?: string;
}

/** One step of the way through some files. */
export type Step =
  | { readonly type: 'text'; readonly file: string; readonly text: string }
  | { readonly type: 'object'; readonly object: ManifestObject }
  | { readonly type: 'skipped'; readonly kind: string }
  | { readonly type: 'end'; readonly problems: readonly ConfigProblem[]; readonly documents: number };

/** Worker to main: a slice of steps. Main to worker: the files first, then `next` for each further slice. */
export type WorkerAnswer = { readonly steps: readonly Step[]; readonly done: boolean } | { readonly fault: string };
export type WorkerRequest = { readonly inputs: readonly FileInput[] } | { readonly next: true };

/** Everything one file yields. */
export function* stepsOf(input: FileInput): Generator<Step, void, undefined> {
  const read = input.text === undefined ? readText(input.path) : { text: input.text };
  if ('problem' in read) {
    yield { type: 'end', problems: [read.problem], documents: 0 };
    return;
  }
  yield { type: 'text', file: input.path, text: read.text };
  for (const part of parseInParts(read.text, input.path, {})) {
    if (part.object) yield { type: 'object', object: part.object };
    if (part.skipped !== undefined) yield { type: 'skipped', kind: part.skipped };
    if (part.problems) yield { type: 'end', problems: part.problems, documents: part.documents ?? 0 };
  }
}
