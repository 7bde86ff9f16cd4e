// Files, or the texts of files, to objects and problems; large amounts in a worker.
import type { ConfigProblem } from '#model/problem.ts';
import { fileProblem, reasonOf } from './find-files.ts';
import type { ManifestObject } from './manifest-object.ts';
import { parseInWorker } from './parse-in-worker.ts';
import { SharedParts } from './shared-parts.ts';
import type { FileInput, Step } from './steps.ts';

export interface ParsedFiles {
  readonly objects: readonly ManifestObject[];
  readonly problems: readonly ConfigProblem[];
  readonly skipped: ReadonlyMap<string, number>;
  readonly documents: readonly { readonly file: string; readonly text: string }[];
  /** Number of YAML documents that could be read. */
  readonly count: number;
}

/** Below this a worker takes longer to start than the parsing does. */
const fewBytes = 256 * 1024;

/**
 * @param bytes size of all files together
 * @param inlineBelow amounts smaller than this are parsed on the calling thread, which then keeps the parser's code
 */
export async function parseFiles(
  inputs: readonly FileInput[],
  bytes: number,
  inlineBelow = fewBytes,
): Promise<ParsedFiles> {
  const shared = new SharedParts();
  const objects: ManifestObject[] = [];
  const problems: ConfigProblem[] = [];
  const skipped = new Map<string, number>();
  const documents: { file: string; text: string }[] = [];
  let count = 0;
  const take = (steps: Iterable<Step>) => {
    for (const step of steps) {
      if (step.type === 'object') {
        shared.take(step.object);
        objects.push(step.object);
      } else if (step.type === 'text') documents.push({ file: step.file, text: step.text });
      else if (step.type === 'end') {
        problems.push(...step.problems);
        count += step.documents;
      } else skipped.set(step.kind, (skipped.get(step.kind) ?? 0) + 1);
    }
  };
  try {
    if (bytes < inlineBelow) {
      const { stepsOf } = await import('./steps.ts');
      for (const input of inputs) take(stepsOf(input));
    } else for await (const steps of parseInWorker(inputs)) take(steps);
  } catch (error) {
    // A bug, or a worker that could not start: the load is refused, and what runs goes on running.
    problems.push(fileProblem(inputs[0]?.path ?? '', 'LL-CFG-013', `cannot parse: ${reasonOf(error)}`, ''));
  }
  return { objects, problems, skipped, documents, count };
}
